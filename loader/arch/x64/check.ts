// Whether this processor can do what the microkernel needs; reads only

import {
  CPU_FEATURE_FLUSH_ASID,
  CPU_FEATURE_FSGSBASE,
  CPU_FEATURE_NRIP,
  CPU_FEATURE_PCID,
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "../../../abi/generated/bare/boot";
import {
  ERROR_LA57,
  ERROR_NO_LONG_MODE,
  ERROR_NO_NX,
  ERROR_NONE,
  ERROR_VENDOR,
} from "../../../abi/generated/bare/driver";
import { checkAmd, LEAF_SVM } from "./check-amd";
import { checkIntel } from "./check-intel";
import { cpuidEax, cpuidEbx, cpuidEcx, cpuidEdx, readCr4 } from "./cpu";
import { hostCr4 } from "./host";
import { CR4_LA57 } from "./msr";

/** CPUID leaves (APM volume 3, appendix E; SDM volume 2, CPUID). */
const LEAF_VENDOR: u32 = 0;
const LEAF_FEATURES: u32 = 1;
const LEAF_STRUCTURED: u32 = 7;
const LEAF_COUNTERS: u32 = 0xa;
const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_EXTENDED_FEATURES: u32 = 0x8000_0001;

const EBX_NO_CYCLES: u32 = 1;
const ECX_CORE_COUNTERS: u32 = 1 << 23;
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

/** ERROR_NONE, or the first thing that this processor lacks; checkDetail() then says more. */
export function checkCpu(): u32 {
  const vendor = readVendor();
  if (vendor === 0) return ERROR_VENDOR;
  const highest = cpuidEax(LEAF_EXTENDED, 0);
  if (highest < LEAF_EXTENDED_FEATURES) return ERROR_NO_LONG_MODE;
  const features = cpuidEdx(LEAF_EXTENDED_FEATURES, 0);
  if ((features & EDX_LONG_MODE) === 0) return ERROR_NO_LONG_MODE;
  if ((features & EDX_NX) === 0) return ERROR_NO_NX;
  const error = vendor === VENDOR_AMD ? checkAmd(highest) : checkIntel(hostCr4(readFeatures(vendor)));
  return error !== ERROR_NONE ? error : checkPaging();
}

/** Whether the operating system pages as the hand-off code does. */
export function checkPaging(): u32 {
  return (readCr4() & CR4_LA57) !== 0 ? ERROR_LA57 : ERROR_NONE;
}

/**
 * Whether it has a performance counter that can watch it: core performance counters on AMD, on Intel architectural
 * performance monitoring with unhalted core cycles (kernel/arch/x64/amd/counter.ts and intel/counter.ts).
 */
export function hasWatchCounter(): bool {
  if (readVendor() === VENDOR_AMD) return (cpuidEcx(LEAF_EXTENDED_FEATURES, 0) & ECX_CORE_COUNTERS) !== 0;
  if (cpuidEax(LEAF_VENDOR, 0) < LEAF_COUNTERS) return false;
  const counters = cpuidEax(LEAF_COUNTERS, 0);
  const isCounted = (cpuidEbx(LEAF_COUNTERS, 0) & EBX_NO_CYCLES) === 0;
  return (counters & 0xff) !== 0 && (counters & 0xff00) !== 0 && isCounted;
}

/** CPU_FEATURE_* of a processor of this vendor. */
export function readFeatures(vendor: u32): u32 {
  const structured = cpuidEax(LEAF_VENDOR, 0) >= LEAF_STRUCTURED;
  const ebx7 = structured ? cpuidEbx(LEAF_STRUCTURED, 0) : 0;
  const ecx7 = structured ? cpuidEcx(LEAF_STRUCTURED, 0) : 0;
  // Intel answers a leaf that it does not have with the data of another one.
  const svm = vendor === VENDOR_AMD ? cpuidEdx(LEAF_SVM, 0) : 0;
  return (
    feature(cpuidEcx(LEAF_FEATURES, 0), 17, CPU_FEATURE_PCID) |
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
