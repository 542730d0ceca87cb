// The instruction at the guest's RIP: where the processor tells neither its length nor its operands

import { Register } from "../../../../abi/generated/bare/enumerations";
import { nativeAddress } from "../../../../bsl/src/memory";
import { decode } from "../../../../bsl/src/x64/decode";
import {
  DecodedInstruction,
  INSTRUCTION_BYTES,
  INSTRUCTION_MAX_BYTES,
  INTEL_BRANCHES,
  MODE_16,
  MODE_32,
  MODE_64,
} from "../../../../bsl/src/x64/instruction";
import { isIntel } from "../vendor/vendor";
import { ATTRIBUTE_32, ATTRIBUTE_LONG } from "../vs/segments";
import { guest } from "./guest";
import { inPage } from "./physical-memory";
import { ACCESS_EXECUTE, readGuestVirtual } from "./virtual-memory";

const bytes: usize = memory.data(16, 8);
const place: DecodedInstruction = changetype<DecodedInstruction>(memory.data(INSTRUCTION_BYTES, 8));

/**
 * Decodes it. There is one result, which the next call replaces. Its status is other than DECODED when the guest's
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
  decode(place, bytes, fetch(address), isIntel() ? mode | INTEL_BRANCHES : mode);
  return place;
}

/** MODE_16, MODE_32 or MODE_64, of the code that the guest executes. */
export function codeMode(): u32 {
  const attributes = guest.vs.get(Register.CsAttrib);
  if ((attributes & ATTRIBUTE_LONG) != 0) return MODE_64;
  return (attributes & ATTRIBUTE_32) != 0 ? MODE_32 : MODE_16;
}

/** Reads the longest instruction that can be there. Result: how much of it is mapped. */
function fetch(address: u64): u32 {
  const all: u64 = INSTRUCTION_MAX_BYTES;
  const first = inPage(address, all);
  const to = nativeAddress(<u32>bytes);
  if (!readGuestVirtual(to, address, first, ACCESS_EXECUTE)) return 0;
  if (!readGuestVirtual(to + first, address + first, all - first, ACCESS_EXECUTE)) return <u32>first;
  return INSTRUCTION_MAX_BYTES;
}
