// AMD: SVM is there, switched on by the firmware, and nobody uses it (APM volume 2, 15.4)

import {
  ERROR_MEMORY_ENCRYPTION,
  ERROR_NO_SVM,
  ERROR_NONE,
  ERROR_SVM_IN_USE,
  ERROR_SVM_LOCKED,
} from "../../../abi/generated/bare/driver";
import { cpuidEax, cpuidEbx, cpuidEcx, rdmsr, readCr3 } from "./cpu";
import { EFER_SVME, MSR_EFER, MSR_VM_CR, VM_CR_SVMDIS } from "./msr";

/** CPUID leaves (APM volume 3, appendix E). */
const LEAF_EXTENDED_FEATURES: u32 = 0x8000_0001;
export const LEAF_SVM: u32 = 0x8000_000a;
const LEAF_ENCRYPTION: u32 = 0x8000_001f;

const ECX_SVM: u32 = 1 << 2;
const EAX_SME: u32 = 1;
/** EBX bits 5:0: the C-bit's place in a page table entry. */
const EBX_C_BIT: u32 = 0x3f;

/** ERROR_NONE, or the first thing that is missing. `highest`: the last extended CPUID leaf. */
export function checkAmd(highest: u32): u32 {
  if ((cpuidEcx(LEAF_EXTENDED_FEATURES, 0) & ECX_SVM) === 0 || highest < LEAF_SVM) return ERROR_NO_SVM;
  if ((rdmsr(MSR_EFER) & EFER_SVME) !== 0) return ERROR_SVM_IN_USE;
  if ((rdmsr(MSR_VM_CR) & VM_CR_SVMDIS) !== 0) return ERROR_SVM_LOCKED;
  return encryptsMemory(highest) ? ERROR_MEMORY_ENCRYPTION : ERROR_NONE;
}

/** Whether the page tables in use are encrypted: CR3 then has the C-bit, which host mode's tables have not (APM 2, 7.10). */
function encryptsMemory(highest: u32): bool {
  if (highest < LEAF_ENCRYPTION || (cpuidEax(LEAF_ENCRYPTION, 0) & EAX_SME) === 0) return false;
  const bit: u64 = cpuidEbx(LEAF_ENCRYPTION, 0) & EBX_C_BIT;
  return ((readCr3() >> bit) & 1) !== 0;
}
