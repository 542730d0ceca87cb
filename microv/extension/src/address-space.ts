// Address space identifiers of guests: AMD's ASIDs, Intel's VPIDs (APM volume 2, 15.16; SDM volume 3, 29.1)
//
// A processor of AMD's has few: QEMU's 16. vCPUs whose numbers are so many apart share one, and a processor that runs another
// one of them than the last time forgets its translations first.

import { cpuidRegister, isIntel, processorNumber } from "@bareflank/sdk";

/** Identifiers 0 and 1 are the hypervisor's and the root VM's. */
const FIRST: u32 = 2;
const LEAF_SVM: u32 = 0x8000_000a;
const EBX: u32 = 1;
const VPIDS: u32 = 0x1_0000;
const MOST: u32 = 256;

/** How many guests have identifiers of their own. */
let spaces: u32 = 0;
/** By processor and identifier: which vCPU has used it last, plus 1. */
const last: usize = memory.data(128 * 256 * 2, 2);

/** The identifier of a vCPU. */
export function addressSpace(vcpu: u32): u32 {
  if (spaces == 0) {
    const all = isIntel() ? VPIDS : cpuidRegister(LEAF_SVM, 0, EBX);
    // bf-allow shared-variable: vCPUs are made behind the lock
    spaces = min(all - FIRST, MOST);
  }
  return FIRST + (vcpu % spaces);
}

/** A processor is about to run a vCPU: whether it must forget what it knows of the identifier. */
export function takesOver(vcpu: u32): bool {
  const place = last + <usize>((processorNumber() * MOST + (vcpu % spaces)) << 1);
  if (load<u16>(place) == <u16>(vcpu + 1)) return false;
  store<u16>(place, <u16>(vcpu + 1));
  return true;
}
