// Allocations that fail on purpose, so that tests see what comes of it

/** How many allocations are left until one fails; 0: none is to. */
let left: u32 = 0;

/** Makes the nth allocation from now on fail, as if memory had run out, and only that one; 0: none. For tests. */
export function failAllocation(nth: u32): void {
  left = nth;
}

/** Whether the nth allocation is still to come. */
export function isFailureDue(): bool {
  return left !== 0;
}

/** An allocation begins: whether it is to fail. */
export function isToFail(): bool {
  if (left === 0) return false;
  left--;
  return left === 0;
}
