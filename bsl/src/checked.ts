// Unsigned arithmetic that cannot wrap around unseen
//
// A result that does not fit is POISON, and whatever is computed from POISON is POISON, so that a whole formula needs
// one check at its end. POISON is the largest number: a comparison with a limit refuses it without being asked.
//
//     const end = checkedAdd(offset, checkedMultiply(count, 56));
//     if (end > fileBytes) return ELF_TRUNCATED;
//
// The price: 2^64 - 1 itself cannot be told from POISON. Narrower numbers are widened first, and checked32() says at the
// end whether the result still fits.

import { alignUp } from "./bits";

/** What a result that does not fit becomes. */
export const POISON: u64 = 0xffff_ffff_ffff_ffff;

/** Whether a result, or anything that it was computed from, did not fit. */
export function isPoisoned(value: u64): bool {
  return value === POISON;
}

/** a + b, or POISON. */
export function checkedAdd(a: u64, b: u64): u64 {
  const sum = a + b;
  return sum < a || a === POISON || b === POISON ? POISON : sum;
}

/** a - b, or POISON when b is larger. */
export function checkedSubtract(a: u64, b: u64): u64 {
  return a === POISON || b > a ? POISON : a - b;
}

/** a * b, or POISON. */
export function checkedMultiply(a: u64, b: u64): u64 {
  if (a === POISON || b === POISON) return POISON;
  return a !== 0 && b > POISON / a ? POISON : a * b;
}

/** The smallest multiple of `alignment`, a power of two, that is not below `value`, or POISON. */
export function checkedAlignUp(value: u64, alignment: u64): u64 {
  const aligned = alignUp(value, alignment);
  return value === POISON || aligned < value ? POISON : aligned;
}

/** `value`, or POISON when it does not fit into 32 bits. */
export function checked32(value: u64): u64 {
  return value >> 32 === 0 ? value : POISON;
}
