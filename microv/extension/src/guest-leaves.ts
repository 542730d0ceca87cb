// What CPUID can say to a guest: of this processor's features those that a guest has for itself
//
// Not among them: virtualization, what belongs to the machine (power, monitoring, debugging stores, thermal sensors), and
// whatever has registers that do not change hands with the guest. APM volume 3, appendix E; SDM volume 2, CPUID.

import { cpuidRegister, guest } from "@bareflank/sdk";

const EAX: u32 = 0;
const EBX: u32 = 1;
const ECX: u32 = 2;
const EDX: u32 = 3;

const LEAF_MAXIMUM: u32 = 0;
const LEAF_FEATURES: u32 = 1;
const LEAF_POWER: u32 = 6;
const LEAF_MORE: u32 = 7;
export const LEAF_XSAVE: u32 = 0xd;
const LAST_BASIC: u32 = 0xd;
const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_EXTENDED_FEATURES: u32 = 0x8000_0001;
const LEAF_INVARIANT: u32 = 0x8000_0007;
const LEAF_SIZES: u32 = 0x8000_0008;
const LAST_EXTENDED: u32 = 0x8000_0008;

/** SSE3, PCLMULQDQ, SSSE3, FMA, CX16, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, XSAVE, AVX, F16C, RDRAND; and "in a VM". */
const FEATURES_ECX: u32 =
  0xf6fa_3203 & ~((1 << 18) | (1 << 21) | (1 << 24) | (1 << 27) | (1 << 3) | (1 << 15) | (1 << 14));
const IN_A_VM: u32 = 1 << 31;
/** Where a guest has a local APIC at all, it is MicroV's, whatever the processor's can (exits/apic.ts). */
const X2APIC: u32 = 1 << 21;
/** FPU to PSE36, CLFSH, MMX, FXSR, SSE, SSE2, HTT. */
const FEATURES_EDX: u32 = 0x178b_fbff;
/** FSGSBASE, TSC_ADJUST, BMI1, AVX2, SMEP, BMI2, ERMS, INVPCID, AVX-512 and its parts, RDSEED, ADX, SMAP, CLFLUSHOPT, CLWB, SHA. */
const MORE_EBX: u32 = 0xf1bf_07ab & ~((1 << 4) | (1 << 11) | (1 << 12) | (1 << 14) | (1 << 15) | (1 << 25) | (1 << 22));
/** Every guest has it, whatever the processor has (msrs.ts). */
const TSC_ADJUST: u32 = 2;
/** AVX512_VBMI, UMIP, PKU, AVX512_VBMI2, GFNI, VAES, VPCLMULQDQ, AVX512_VNNI, BITALG, VPOPCNTDQ, RDPID. */
const MORE_ECX: u32 = 0x0040_5f4e;
/** AVX512_4VNNIW, 4FMAPS, fast short REP MOV. */
const MORE_EDX: u32 = 0x1c;
/** LAHF, CMP_LEGACY, CR8 by LOCK, ABM, SSE4A, misaligned SSE, PREFETCHW, XOP, FMA4, TBM, TOPOEXT. */
const EXTENDED_ECX: u32 = 0x0021_0800 | 0x1f3;
/** As leaf 1, with SYSCALL, NX, MMXEXT, FFXSR, pages of 1 GiB, RDTSCP, long mode. */
const EXTENDED_EDX: u32 = 0x2fd3_fbff;
const HAS_RDTSCP: u32 = 1 << 27;
/** CLZERO, XSAVEERPTR. */
const SIZES_EBX: u32 = 0x5;
const INVARIANT_TSC: u32 = 1 << 8;
const ARAT: u32 = 1 << 2;
/** x87, SSE, AVX, AVX-512. */
export const XSAVE_COMPONENTS: u32 = 0xe7;
/** XSAVEOPT, XSAVEC, XGETBV of 1. */
const XSAVE_FEATURES: u32 = 7;

/** Gives the registers of the root VM the answer for guests to a leaf and subleaf: R10: EAX | EBX << 32, R11: ECX | EDX << 32. */
export function guestLeaf(leaf: u32, subleaf: u32): void {
  let eax = cpuidRegister(leaf, subleaf, EAX);
  let ebx = cpuidRegister(leaf, subleaf, EBX);
  let ecx = cpuidRegister(leaf, subleaf, ECX);
  let edx = cpuidRegister(leaf, subleaf, EDX);
  switch (leaf) {
    case LEAF_MAXIMUM:
      eax = min(eax, LAST_BASIC);
      break;
    case LEAF_FEATURES:
      ebx &= 0x0000_ffff;
      ecx = (ecx & FEATURES_ECX) | IN_A_VM | X2APIC;
      edx &= FEATURES_EDX;
      break;
    case LEAF_POWER:
      eax &= ARAT;
      ebx = ecx = edx = 0;
      break;
    case LEAF_MORE:
      eax = 0;
      ebx = subleaf == 0 ? (ebx & MORE_EBX) | TSC_ADJUST : 0;
      ecx = subleaf == 0 ? ecx & MORE_ECX : 0;
      edx = subleaf == 0 ? edx & MORE_EDX : 0;
      break;
    case LEAF_XSAVE:
      if (subleaf == 0) {
        eax &= XSAVE_COMPONENTS;
        edx = 0;
      } else if (subleaf == 1) {
        eax &= XSAVE_FEATURES;
        ebx = ecx = edx = 0;
      } else if (subleaf > 31 || ((XSAVE_COMPONENTS >> subleaf) & 1) == 0) eax = ebx = ecx = edx = 0;
      break;
    case LEAF_EXTENDED:
      eax = min(eax, LAST_EXTENDED);
      break;
    case LEAF_EXTENDED_FEATURES:
      ecx &= EXTENDED_ECX;
      edx &= EXTENDED_EDX;
      break;
    case LEAF_INVARIANT:
      eax = ebx = ecx = 0;
      edx &= INVARIANT_TSC;
      break;
    case LEAF_SIZES:
      ebx &= SIZES_EBX;
      ecx = edx = 0;
      break;
    default:
      if (!isTold(leaf)) eax = ebx = ecx = edx = 0;
  }
  guest.r10 = <u64>eax | ((<u64>ebx) << 32);
  guest.r11 = <u64>ecx | ((<u64>edx) << 32);
}

/** Caches, names, sizes: whatever leads to no feature. */
function isTold(leaf: u32): bool {
  if (leaf >= LEAF_EXTENDED) return leaf <= LAST_EXTENDED && leaf > LEAF_EXTENDED_FEATURES;
  return leaf == 2 || leaf == 4;
}

/** Whether guests have TSC_AUX, which RDTSCP and RDPID read. */
export function hasTscAux(): bool {
  return (cpuidRegister(LEAF_EXTENDED_FEATURES, 0, EDX) & HAS_RDTSCP) != 0;
}

/** Bytes that XSAVE needs for what XCR0 enables: the guest's is loaded, so the processor knows. */
export function xsaveBytes(): u32 {
  return cpuidRegister(LEAF_XSAVE, 0, EBX);
}
