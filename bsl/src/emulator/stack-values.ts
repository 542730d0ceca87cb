// Values on the stack: SS:rSP (APM volume 2, 4.7.3; volume 3, PUSH, POP)

import { EMULATION_MODE } from "../../../abi/generated/bare/emulation";
import { peek32 } from "../memory";
import { MODE_64, SEGMENT_SS } from "../x64/instruction";
import { general, maskOf, OK, RSP, setGeneral } from "./context";
import { readAt, writeAt } from "./operands";
import { ATTRIBUTE_32, attributesOf } from "./segments";

export function pushValue(c: u64, bytes: u32, content: u64): u32 {
  const size = stackBytes(c);
  const top = (general(c, RSP) - bytes) & maskOf(size);
  const status = writeAt(c, SEGMENT_SS, top, bytes, content);
  if (status === OK) setGeneral(c, RSP, size, top);
  return status;
}

/** Into Emulation.value. */
export function popValue(c: u64, bytes: u32): u32 {
  const size = stackBytes(c);
  const top = general(c, RSP) & maskOf(size);
  const status = readAt(c, SEGMENT_SS, top, bytes);
  if (status === OK) setGeneral(c, RSP, size, top + bytes);
  return status;
}

/** Takes bytes off that nobody reads. */
export function addToStack(c: u64, bytes: u64): void {
  setGeneral(c, RSP, stackBytes(c), general(c, RSP) + bytes);
}

/** Bytes of rSP that count: the stack's segment decides, not that of the code (APM volume 2, 4.7.3). */
export function stackBytes(c: u64): u32 {
  if (peek32(c + EMULATION_MODE) === MODE_64) return 8;
  return (attributesOf(c, SEGMENT_SS) & ATTRIBUTE_32) !== 0 ? 4 : 2;
}
