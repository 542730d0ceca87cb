// What the extension says of itself in EBX of the interface leaf (CPUID 0x40000001), besides hypercalls

import { lockInstance, unlockInstance } from "./instance";

let bits: u32 = 0;

/** Says CPUID_INTERFACE_* from now on. */
export function announce(which: u32): void {
  lockInstance();
  bits |= which;
  unlockInstance();
}

export function announced(): u32 {
  return bits;
}
