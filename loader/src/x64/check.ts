// Whether this processor can do what the microkernel needs; reads only

import {
  CPU_FEATURE_FLUSH_ASID,
  CPU_FEATURE_FSGSBASE,
  CPU_FEATURE_NRIP,
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "../../../abi/generated/bare/boot";
import {
  ERROR_LA57,
  ERROR_MEMORY_ENCRYPTION,
  ERROR_NO_LONG_MODE,
  ERROR_NO_NX,
  ERROR_NO_SVM,
  ERROR_NONE,
  ERROR_SVM_IN_USE,
  ERROR_SVM_LOCKED,
  ERROR_VENDOR,
} from "../../../abi/generated/bare/driver";
import { cpuidEax, cpuidEbx, cpuidEcx, cpuidEdx, rdmsr, readCr3, readCr4 } from "./cpu";
import { CR4_LA57, EFER_SVME, MSR_EFER, MSR_VM_CR, VM_CR_SVMDIS } from "./msr";

/** CPUID leaves (APM volume 3, appendix E). */
const LEAF_VENDOR: u32 = 0;
const LEAF_FEATURES: u32 = 1;
const LEAF_STRUCTURED: u32 = 7;
const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_EXTENDED_FEATURES: u32 = 0x8000_0001;
const LEAF_SVM: u32 = 0x8000_000a;

const LEAF_ENCRYPTION: u32 = 0x8000_001f;

const EAX_SME: u32 = 1;
/** EBX bits 5:0: the C-bit's place in a page table entry. */
const EBX_C_BIT: u32 = 0x3f;
const ECX_SVM: u32 = 1 << 2;
const EDX_NX: u32 = 1 << 20;
const EDX_LONG_MODE: u32 = 1 << 29;

/** First four letters of the vendors' names: "Auth"enticAMD, "Hygo"nGenuine, "Genu"ineIntel. */
const EBX_AMD: u32 = 0x6874_7541;
const EBX_HYGON: u32 = 0x6f67_7948;
const EBX_INTEL: u32 = 0x756e_6547;

/** VENDOR_*, or 0. */
export function readVendor(): u32 {
  const name = cpuidEbx(LEAF_VENDOR, 0);
  if (name === EBX_AMD || name === EBX_HYGON) return VENDOR_AMD;
  return name === EBX_INTEL ? VENDOR_INTEL : 0;
}

/** ERROR_NONE, or the first thing that this processor lacks. */
export function checkCpu(): u32 {
  if (readVendor() !== VENDOR_AMD) return ERROR_VENDOR;
  const highest = cpuidEax(LEAF_EXTENDED, 0);
  if (highest < LEAF_EXTENDED_FEATURES) return ERROR_NO_LONG_MODE;
  const features = cpuidEdx(LEAF_EXTENDED_FEATURES, 0);
  if ((features & EDX_LONG_MODE) === 0) return ERROR_NO_LONG_MODE;
  if ((features & EDX_NX) === 0) return ERROR_NO_NX;
  if ((cpuidEcx(LEAF_EXTENDED_FEATURES, 0) & ECX_SVM) === 0 || highest < LEAF_SVM) return ERROR_NO_SVM;
  if ((rdmsr(MSR_EFER) & EFER_SVME) !== 0) return ERROR_SVM_IN_USE;
  if ((rdmsr(MSR_VM_CR) & VM_CR_SVMDIS) !== 0) return ERROR_SVM_LOCKED;
  if ((readCr4() & CR4_LA57) !== 0) return ERROR_LA57;
  if (encryptsMemory(highest)) return ERROR_MEMORY_ENCRYPTION;
  return ERROR_NONE;
}

/** Whether the page tables in use are encrypted: CR3 then has the C-bit, which host mode's tables have not (APM 2, 7.10). */
function encryptsMemory(highest: u32): bool {
  if (highest < LEAF_ENCRYPTION || (cpuidEax(LEAF_ENCRYPTION, 0) & EAX_SME) === 0) return false;
  const bit: u64 = cpuidEbx(LEAF_ENCRYPTION, 0) & EBX_C_BIT;
  return ((readCr3() >> bit) & 1) !== 0;
}

/** CPU_FEATURE_* of a processor that passed checkCpu(). */
export function readFeatures(): u32 {
  const structured = cpuidEax(LEAF_VENDOR, 0) >= LEAF_STRUCTURED;
  const ebx7 = structured ? cpuidEbx(LEAF_STRUCTURED, 0) : 0;
  const ecx7 = structured ? cpuidEcx(LEAF_STRUCTURED, 0) : 0;
  const svm = cpuidEdx(LEAF_SVM, 0);
  return (
    feature(cpuidEcx(LEAF_FEATURES, 0), 26, CPU_FEATURE_XSAVE) |
    feature(ebx7, 0, CPU_FEATURE_FSGSBASE) |
    feature(ebx7, 7, CPU_FEATURE_SMEP) |
    feature(ebx7, 20, CPU_FEATURE_SMAP) |
    feature(ecx7, 2, CPU_FEATURE_UMIP) |
    feature(svm, 3, CPU_FEATURE_NRIP) |
    feature(svm, 6, CPU_FEATURE_FLUSH_ASID)
  );
}

function feature(register: u32, bit: u32, flag: u32): u32 {
  return ((register >> bit) & 1) !== 0 ? flag : 0;
}
