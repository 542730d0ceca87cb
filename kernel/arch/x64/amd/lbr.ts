// DEBUGCTL and the last branch registers of a VM, where the VMCB has them (APM volume 2, 15.23)

import { Vs } from "../../../src/vs";
import { cpuidRegister } from "../cpu";

const LEAF_SVM: u32 = 0x8000_000a;
const EDX: u32 = 3;
const HAS_VIRTUAL_LBR: u32 = 1 << 1;

/** In the VMCB: the processor saves and loads them. */
export const VIRTUAL_LBR: u64 = 1;

export function hasVirtualLbr(): bool {
  return (cpuidRegister(LEAF_SVM, 0, EDX) & HAS_VIRTUAL_LBR) != 0;
}

/** What is forced: a closed guest records its branches for itself. */
export function forcedLbr(vs: Vs): u64 {
  return vs.isClosed() && hasVirtualLbr() ? VIRTUAL_LBR : 0;
}
