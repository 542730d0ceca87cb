// MMX registers in FXSAVE's area: the mantissas of the x87 registers, whichever of them is on top (APM volume 5, 5.2.1)

import { peek16, peek64, poke8, poke16, poke64 } from "../memory";

/** FXSAVE's format (APM volume 2, figure 11-7): status word, tags of a bit each, and ST(0) to ST(7). */
const AREA_FSW: u32 = 2;
const AREA_FTW: u32 = 4;
const AREA_ST: u32 = 32;
const REGISTER_BYTES: u32 = 16;
const REGISTERS: u32 = 8;

/** Status word: an exception waits; which register is on top. */
const PENDING: u32 = 1 << 7;
const TOP: u32 = 7 << 11;
const TOP_SHIFT: u32 = 11;
const ALL_VALID: u8 = 0xff;

/** Exponent and sign of a register that an instruction of MMX has written. */
export const MMX_TAG: u16 = 0xffff;

/** An exception of x87 that was not reported yet: #MF comes before the instruction. */
export function hasPendingException(area: u64): bool {
  return (peek16(area + AREA_FSW) & PENDING) !== 0;
}

/** Where MM0 to MM7 lie: the area has them as seen from the top. */
export function mmxRegister(area: u64, number: u32): u64 {
  return area + AREA_ST + ((number - top(area)) & (REGISTERS - 1)) * REGISTER_BYTES;
}

/** Each instruction of MMX has register 0 on top, and all in use. */
export function enterMmx(area: u64): void {
  for (let i = top(area); i > 0; i--) rotate(area + AREA_ST);
  poke16(area + AREA_FSW, <u16>(<u32>peek16(area + AREA_FSW) & ~TOP));
  poke8(area + AREA_FTW, ALL_VALID);
}

function top(area: u64): u32 {
  return (<u32>peek16(area + AREA_FSW) & TOP) >> TOP_SHIFT;
}

/** Moves each register one place on, and the last one to the first. */
function rotate(registers: u64): void {
  const last = registers + (REGISTERS - 1) * REGISTER_BYTES;
  const low = peek64(last);
  const high = peek64(last + 8);
  for (let at = last; at > registers; at -= REGISTER_BYTES) {
    poke64(at, peek64(at - REGISTER_BYTES));
    poke64(at + 8, peek64(at - REGISTER_BYTES + 8));
  }
  poke64(registers, low);
  poke64(registers + 8, high);
}
