// DIV and IDIV (APM volume 3). All flags are undefined, and stay

import { EMULATION_VALUE } from "../../../abi/generated/bare/emulation";
import { peek64, poke64 } from "../memory";
import { topBit } from "./arithmetic";
import { general, maskOf, OK, RAX, RDX, raise, setGeneral } from "./context";

const DIVIDE_ERROR: u32 = 0;

/** rDX:rAX, or AX for bytes, by an operand: the quotient into rAX or AL, the remainder into rDX or AH. */
export function divideAccumulator(c: u64, isSigned: bool, operand: u64, bytes: u32): u32 {
  const mask = maskOf(bytes);
  let low = general(c, RAX) & mask;
  let high = bytes === 1 ? (general(c, RAX) >> 8) & mask : general(c, RDX) & mask;
  const isNegative = isSigned && topBit(high, bytes) !== 0;
  const isDivisorNegative = isSigned && topBit(operand, bytes) !== 0;
  // Magnitudes are divided
  if (isNegative) {
    low = (0 - low) & mask;
    high = (~high + (low === 0 ? 1 : 0)) & mask;
  }
  const divisor = isDivisorNegative ? (0 - operand) & mask : operand;
  if (high >= divisor) return raise(c, DIVIDE_ERROR, 0);
  divide(c, high, low, divisor, bytes);
  const quotient = peek64(c + EMULATION_VALUE);
  const remainder = peek64(c + EMULATION_VALUE + 8);
  const isOpposite = isNegative !== isDivisorNegative;
  const most = (mask >> 1) + (isOpposite ? 1 : 0);
  if (isSigned && quotient > most) return raise(c, DIVIDE_ERROR, 0);
  setResult(c, isOpposite ? 0 - quotient : quotient, isNegative ? 0 - remainder : remainder, bytes);
  return OK;
}

/** Bit by bit, as by hand: quotient and remainder into the two words of Emulation.value. */
function divide(c: u64, high: u64, low: u64, divisor: u64, bytes: u32): void {
  let remainder = high;
  let quotient: u64 = 0;
  for (let bit = bytes * 8; bit-- !== 0; ) {
    // The bit that leaves a remainder of 64 bits makes it larger than any divisor
    const isLarger = remainder >> 63 !== 0;
    remainder = (remainder << 1) | ((low >> bit) & 1);
    quotient <<= 1;
    if (isLarger || remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1;
    }
  }
  poke64(c + EMULATION_VALUE, quotient);
  poke64(c + EMULATION_VALUE + 8, remainder);
}

function setResult(c: u64, quotient: u64, remainder: u64, bytes: u32): void {
  if (bytes === 1) {
    setGeneral(c, RAX, 2, (quotient & 0xff) | ((remainder & 0xff) << 8));
    return;
  }
  setGeneral(c, RAX, bytes, quotient);
  setGeneral(c, RDX, bytes, remainder);
}
