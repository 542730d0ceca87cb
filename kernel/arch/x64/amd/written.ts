// What an extension wrote last into the registers that VMRUN checks, to explain a refusal
//
// Where a VS is refused, emulators have stored the processor's own registers in its VMCB by then (QEMU 7.2, Bochs 2.7):
// of what was refused nothing is left there. What is not known here is 0, which no rule forbids.

import { AMD_REG_DR6, AMD_REG_EFER, AMD_REG_EVENTINJ } from "../../../../abi/generated/bare/registers-amd";
import { Vs } from "../../../src/vs";
import { VS_WRITTEN_EVENT, VS_WRITTEN_STATE } from "../register-file";

/** A register is about to get a value. */
export function noteWritten(vs: Vs, register: u32, value: u64): void {
  if (isState(register)) vs.writeParked(VS_WRITTEN_STATE + (register - AMD_REG_EFER), value);
  else if (register == AMD_REG_EVENTINJ) vs.writeParked(VS_WRITTEN_EVENT, value);
}

/** What a register got last; 0 when that is not known. */
export function lastWritten(vs: Vs, register: u32): u64 {
  if (isState(register)) return vs.readParked(VS_WRITTEN_STATE + (register - AMD_REG_EFER));
  return register == AMD_REG_EVENTINJ ? vs.readParked(VS_WRITTEN_EVENT) : 0;
}

/** EFER, CR4, CR3, CR0, DR7 and DR6. */
function isState(register: u32): bool {
  return register >= AMD_REG_EFER && register <= AMD_REG_DR6;
}
