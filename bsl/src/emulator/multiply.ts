// MUL and IMUL (APM volume 3). CF and OF say whether the upper half matters; the other flags are undefined, and stay

import { topBit } from "./arithmetic";
import { FLAG_CF, FLAG_OF, general, maskOf, RAX, RDX, setFlags, setGeneral, signExtended } from "./context";

const LOWER: u64 = 0xffff_ffff;
const HALF: u64 = 32;

/** rAX times an operand, into rDX:rAX, or AX for bytes. */
export function multiplyAccumulator(c: u64, isSigned: bool, operand: u64, bytes: u32): void {
  const accumulator = general(c, RAX) & maskOf(bytes);
  const a = isSigned ? signExtended(accumulator, bytes) : accumulator;
  const b = isSigned ? signExtended(operand, bytes) : operand;
  const low = a * b;
  if (bytes === 1) {
    setGeneral(c, RAX, 2, low);
    setOverflow(c, isSigned ? signExtended(low, 1) !== low : low > maskOf(1));
    return;
  }
  const high = bytes === 8 ? upperHalf(a, b, isSigned) : low >> (bytes * 8);
  setGeneral(c, RAX, bytes, low);
  setGeneral(c, RDX, bytes, high);
  const unimportant = isSigned && topBit(low, bytes) !== 0 ? maskOf(bytes) : 0;
  setOverflow(c, (high & maskOf(bytes)) !== unimportant);
}

/** The product of two signed operands, cut to their size. */
export function multiplySigned(c: u64, first: u64, second: u64, bytes: u32): u64 {
  const a = signExtended(first, bytes);
  const b = signExtended(second, bytes);
  const low = a * b;
  const high = upperHalf(a, b, true);
  const isNegative = topBit(low, bytes) !== 0;
  const cut = signExtended(low & maskOf(bytes), bytes);
  setOverflow(c, cut !== low || high !== (isNegative ? ~(<u64>0) : 0));
  return low & maskOf(bytes);
}

/** Bits 127:64 of a product. */
function upperHalf(a: u64, b: u64, isSigned: bool): u64 {
  const aLow = a & LOWER;
  const aHigh = a >> HALF;
  const bLow = b & LOWER;
  const bHigh = b >> HALF;
  const middle = aHigh * bLow + ((aLow * bLow) >> HALF);
  const other = aLow * bHigh + (middle & LOWER);
  const high = aHigh * bHigh + (middle >> HALF) + (other >> HALF);
  if (!isSigned) return high;
  return high - (<i64>a < 0 ? b : 0) - (<i64>b < 0 ? a : 0);
}

function setOverflow(c: u64, isOverflow: bool): void {
  setFlags(c, FLAG_CF | FLAG_OF, isOverflow ? FLAG_CF | FLAG_OF : 0);
}
