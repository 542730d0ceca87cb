// A block of the heap: a header, and behind it what it holds, at a multiple of 16
//
//      8 bytes before a multiple of 16
//     ├── bytes of the whole block | FREE or TAKEN ──┼── the block before it, 0: none ──┼── what it holds, or links ─ …
//
// Blocks lie one behind the other; the last one has no bytes and is taken, so that every other has a next one.

/** Sizes and places are multiples of it. */
export const GRAIN: u32 = 16;
export const HEADER: u32 = 8;

const FREE: u32 = 1;
const TAKEN: u32 = 2;
const FLAGS: u32 = 15;

/** Writes a header, all but what is before. */
export function setTaken(block: u32, bytes: u32): void {
  store<u32>(<usize>block, bytes | TAKEN);
}
export function setFree(block: u32, bytes: u32): void {
  store<u32>(<usize>block, bytes | FREE);
}
/** What was a header is none any more: it would still say "taken" to whoever gives the block back twice. */
export function forget(block: u32): void {
  store<u32>(<usize>block, 0);
}

export function isFree(block: u32): bool {
  return (load<u32>(<usize>block) & FLAGS) === FREE;
}
export function isTaken(block: u32): bool {
  return (load<u32>(<usize>block) & FLAGS) === TAKEN;
}

export function bytesOf(block: u32): u32 {
  return load<u32>(<usize>block) & ~FLAGS;
}

export function nextOf(block: u32): u32 {
  return block + bytesOf(block);
}

export function previousOf(block: u32): u32 {
  return load<u32>(<usize>block, 4);
}
export function setPrevious(block: u32, previous: u32): void {
  store<u32>(<usize>block, previous, 4);
}
