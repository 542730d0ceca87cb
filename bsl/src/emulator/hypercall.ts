// VMCALL on AMD's processors and VMMCALL on Intel's, in guests that were not made for both: the processor's own takes their place

import { EMULATION_FLAG_INTEL, EMULATION_FLAGS } from "../../../abi/generated/bare/emulation";
import { peek32 } from "../memory";
import { DecodedInstruction } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { ACCESS_WRITE } from "../x64/paging";
import { AGAIN, OK, undefinedOpcode } from "./context";
import { linearRip } from "./fetch";
import { setValue } from "./operands";
import { hasPiece, openSpan, writeSpan } from "./span";

/** Both are 0F 01 and a byte, behind any prefixes. */
const HYPERCALL_BYTES: u32 = 3;
const VMCALL: u64 = 0xc1_010f;
const VMMCALL: u64 = 0xd9_010f;

/** AGAIN: it is to be executed again. The guest must be able to write where it is. */
export function replaceHypercall(c: u64, i: DecodedInstruction): u32 {
  const isIntel = (peek32(c + EMULATION_FLAGS) & EMULATION_FLAG_INTEL) !== 0;
  if (i.operation !== (isIntel ? Operation.Vmmcall : Operation.Vmcall)) return undefinedOpcode(c);
  const address = linearRip(c, i.length - HYPERCALL_BYTES);
  let status = openSpan(c, address, HYPERCALL_BYTES, ACCESS_WRITE);
  if (status !== OK) return status;
  setValue(c, isIntel ? VMCALL : VMMCALL);
  status = writeSpan(c, address, HYPERCALL_BYTES);
  if (status !== OK) return status;
  // Memory that is read-only has none of it
  return hasPiece(c) ? undefinedOpcode(c) : AGAIN;
}
