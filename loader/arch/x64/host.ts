// Control registers to enter host mode with; the kernel sets the others itself

import {
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
  VENDOR_AMD,
} from "../../../abi/generated/bare/boot";
import {
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_OSXSAVE,
  CR4_PAE,
  CR4_SMAP,
  CR4_SMEP,
  CR4_UMIP,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
  EFER_SCE,
  EFER_SVME,
} from "./msr";

/** CR4 for processors that all have `features`: every protection there is; no PGE, no PCIDE, no VMXE. */
export function hostCr4(features: u32): u64 {
  let cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT;
  if ((features & CPU_FEATURE_XSAVE) !== 0) cr4 |= CR4_OSXSAVE;
  if ((features & CPU_FEATURE_SMEP) !== 0) cr4 |= CR4_SMEP;
  if ((features & CPU_FEATURE_SMAP) !== 0) cr4 |= CR4_SMAP;
  if ((features & CPU_FEATURE_UMIP) !== 0) cr4 |= CR4_UMIP;
  return cr4;
}

/** CR0 of the kernel: PE, MP, ET, NE, WP, PG. */
export const HOST_CR0: u64 = 0x8001_0033;

/** EFER: 64-bit mode, SYSCALL, no-execute, and SVM on AMD. */
export function hostEfer(vendor: u32): u64 {
  const common = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
  return vendor === VENDOR_AMD ? common | EFER_SVME : common;
}
