// The bytes of an instruction that is being decoded, one after the other

import { DECODE_INCOMPLETE, DECODE_TOO_LONG, DecodedInstruction, INSTRUCTION_MAX_BYTES } from "./instruction";

/** The next byte; 0, with a status that says so, when there is none. */
export function next8(into: DecodedInstruction): u32 {
  const at = into.length;
  if (at >= INSTRUCTION_MAX_BYTES || at >= into.available) {
    into.status = at >= INSTRUCTION_MAX_BYTES ? DECODE_TOO_LONG : DECODE_INCOMPLETE;
    return 0;
  }
  into.length = at + 1;
  return load<u8>(into.bytes + <usize>at);
}

/** The same byte, which stays the next one. */
export function peek(into: DecodedInstruction): u32 {
  const at = into.length;
  return at < into.available && at < INSTRUCTION_MAX_BYTES ? load<u8>(into.bytes + <usize>at) : 0;
}

/** The next 1, 2, 4 or 8 bytes as a signed number. */
export function nextSigned(into: DecodedInstruction, bytes: u32): i64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < bytes; i++) value |= (<u64>next8(into)) << (i * 8);
  const unused = 64 - bytes * 8;
  return <i64>(value << unused) >> unused;
}
