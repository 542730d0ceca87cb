// The instruction at the guest's RIP: where the processor tells neither its length nor its operands

import { Register } from "../../../../abi/generated/bare/enumerations";
import { nativeAddress } from "../../../../bsl/src/memory";
import { decode } from "../../../../bsl/src/x64/decode";
import {
  DecodedInstruction,
  INSTRUCTION_BYTES,
  INSTRUCTION_MAX_BYTES,
  INTEL_BRANCHES,
  MODE_64,
} from "../../../../bsl/src/x64/instruction";
import { OWN_PLACES, ownPlace } from "../calls/own";
import { isIntel } from "../vendor/vendor";
import { modeOf } from "../vs/segments";
import { guest } from "./guest";
import { inPage } from "./physical-memory";
import { ACCESS_EXECUTE, readGuestVirtual } from "./virtual-memory";

/** For each processor the result, and the bytes that it was made of. */
const PLACE_BYTES: i32 = INSTRUCTION_BYTES + 16;
const places: usize = memory.data(PLACE_BYTES * OWN_PLACES, 8);

/**
 * Decodes it. There is one result for each processor, which the next call replaces. Its status is other than DECODED when the guest's
 * memory cannot be read, or holds no instruction.
 *
 * @example
 * const instruction = guestInstruction();
 * if (instruction.status == DECODED) guest.skip(instruction.length);
 */
export function guestInstruction(): DecodedInstruction {
  const mode = codeMode();
  const rip = guest.rip;
  const address = mode == MODE_64 ? rip : (rip + guest.vs.get(Register.CsBase)) & 0xffff_ffff;
  const place = places + <usize>(ownPlace() * PLACE_BYTES);
  const bytes = place + INSTRUCTION_BYTES;
  const instruction = changetype<DecodedInstruction>(place);
  decode(instruction, bytes, fetch(nativeAddress(<u32>bytes), address), isIntel() ? mode | INTEL_BRANCHES : mode);
  return instruction;
}

/** MODE_16, MODE_32 or MODE_64, of the code that the guest executes. */
export function codeMode(): u32 {
  return modeOf(guest.vs.get(Register.CsAttrib));
}

/** Reads the longest instruction that can be there. Result: how much of it is mapped. */
function fetch(to: u64, address: u64): u32 {
  const all: u64 = INSTRUCTION_MAX_BYTES;
  const first = inPage(address, all);
  if (!readGuestVirtual(to, address, first, ACCESS_EXECUTE)) return 0;
  if (!readGuestVirtual(to + first, address + first, all - first, ACCESS_EXECUTE)) return <u32>first;
  return INSTRUCTION_MAX_BYTES;
}
