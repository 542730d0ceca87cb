// Bit fields, masks, alignment and logarithms of 64-bit integers

/** A word with bit `index` (0 to 63) set. */
export function bit(index: u32): u64 {
  const one: u64 = 1;
  return one << index;
}

/** `count` (0 to 64) ones from bit `low` upwards. */
export function mask(low: u32, count: u32): u64 {
  const ones: u64 = count >= 64 ? ~(<u64>0) : bit(count) - 1;
  return ones << low;
}

/** Whether bit `index` is set. */
export function isSet(value: u64, index: u32): bool {
  return (value & bit(index)) !== 0;
}

/** The field of `count` bits that starts at bit `low`. */
export function extract(value: u64, low: u32, count: u32): u64 {
  return (value & mask(low, count)) >> low;
}

/** `value` with the field of `count` bits at `low` replaced by `field`, whose upper bits are ignored. */
export function insert(value: u64, low: u32, count: u32, field: u64): u64 {
  const m = mask(low, count);
  return (value & ~m) | ((field << low) & m);
}

/** Whether exactly one bit is set. */
export function isPowerOfTwo(value: u64): bool {
  return value !== 0 && (value & (value - 1)) === 0;
}

/** Whether `value` is a multiple of `alignment`, a power of two. */
export function isAligned(value: u64, alignment: u64): bool {
  return (value & (alignment - 1)) === 0;
}

/** The largest multiple of `alignment`, a power of two, that is not above `value`. */
export function alignDown(value: u64, alignment: u64): u64 {
  return value & ~(alignment - 1);
}

/** The smallest multiple of `alignment`, a power of two, that is not below `value`; 0 when there is none in 64 bits. */
export function alignUp(value: u64, alignment: u64): u64 {
  return (value + (alignment - 1)) & ~(alignment - 1);
}

/** Position of the highest set bit; `value` must not be 0. */
export function log2Floor(value: u64): u32 {
  return 63 - <u32>clz<u64>(value);
}

/** The smallest n with 2^n at least `value`; `value` must not be 0. */
export function log2Ceil(value: u64): u32 {
  return value === 1 ? 0 : log2Floor(value - 1) + 1;
}

/** Position of the lowest set bit; 64 when there is none. */
export function lowestBit(value: u64): u32 {
  return <u32>ctz<u64>(value);
}

/** How many bits are set. */
export function countBits(value: u64): u32 {
  return <u32>popcnt<u64>(value);
}
