// MSRs that host mode lives by: an extension may read them, and change what nothing of it depends on
//
// The rule: no write may move memory from under the microkernel, change what its instructions do, make the processor write to
// an address of its own accord, lead into another handler, or bring interrupts where none are expected. The table names them
// all; it was made by going through the manuals' lists (APM volume 2, appendix A, and the PPRs of families 15h to 1Ah; SDM
// volume 4, chapter 2), which have more that a write may have. Of those that look dangerous and are not:
//
//     IA32_U_CET, S_CET, PLx_SSP,       host mode runs with CR4.CET, PKS, UINTR and FRED clear: they have no effect, and a
//     INTERRUPT_SSP_TABLE, PKRS,        guest's stay where they are
//     UINTR_*, FRED_*, BNDCFGS
//     XSS, XFD, XFD_ERR                 XSAVES is not used; fpu.ts lifts XFD while it saves and loads
//     SPEC_CTRL                         the active VS's, where host mode has a value of its own (speculation.ts)
//     PRED_CMD, FLUSH_CMD, TSX_CTRL,    slower or faster, never wrong; SDKs pass a guest's values on
//     MISC_ENABLE's rest
//     UMWAIT_CONTROL                    how long ring 3 may wait: it may loop as well
//     TSC, TSC_ADJUST, TSC_AUX          the machine's, not the kernel's: it measures no time
//     LBR_*, DEBUGCTL of AMD            they tell where host mode's code lies, and nothing that it works on
//     PMCs that raise no interrupt      they count host mode, too
//     X2APIC_*                          the APIC is memory as well, which an extension may map: it is trusted with the machine
//     HWP, P-states, thermal, RDT       speed and heat

import { VENDOR_AMD, VENDOR_INTEL } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { KERNEL_IMAGE_BASE, PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { activeVs } from "../../src/pp";
import { rdmsr, textStart, tryRdmsr, tryWrmsr } from "./cpu";
import { faultingBit, readShared, setFaulting } from "./cpuid-faulting";
import { HOST_SFMASK, HOST_STAR } from "./host-registers";
import { isSpecCtrl, MSR_SPEC_CTRL, specCtrlOf, writeSpecCtrl } from "./speculation";
import { isIntel } from "./vendor";

const MSR_STAR: u32 = 0xc000_0081;
const MSR_LSTAR: u32 = 0xc000_0082;
const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

const BOTH: u32 = VENDOR_AMD | VENDOR_INTEL;
const ALL: u32 = 0xffff_ffff;
const ALL_BITS: u64 = 0xffff_ffff_ffff_ffff;
const SCRATCH: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** First and last MSR, the bits that keep their value (31:0, 63:32), VENDOR_*. */
// prettier-ignore
// biome-ignore format: a table
const KEPT: usize = memory.data<u32>([
  // What memory is: a window of the APIC, of devices, of memory that is another's, or of another type
  0x0000_001b, 0x0000_001b, ALL, ALL, BOTH, // APIC_BASE
  0x0000_0200, 0x0000_0213, ALL, ALL, BOTH, // MTRRs of variable ranges
  0x0000_0250, 0x0000_026f, ALL, ALL, BOTH, // MTRRs of fixed ranges
  0x0000_0277, 0x0000_0277, ALL, ALL, BOTH, // PAT
  0x0000_02ff, 0x0000_02ff, ALL, ALL, BOTH, // MTRR_DEF_TYPE
  0x0000_01f2, 0x0000_01f3, ALL, ALL, VENDOR_INTEL, // SMRR
  0x0000_0981, 0x0000_0983, ALL, ALL, VENDOR_INTEL, // TME: encryption
  0xc001_0010, 0xc001_0010, ALL, ALL, VENDOR_AMD, // SYSCFG: fixed MTRRs as memory, encryption, SNP
  0xc001_0016, 0xc001_001a, ALL, ALL, VENDOR_AMD, // IORRs, TOP_MEM
  0xc001_001d, 0xc001_001d, ALL, ALL, VENDOR_AMD, // TOM2
  0xc001_0058, 0xc001_0058, ALL, ALL, VENDOR_AMD, // MMIO_CFG_BASE
  0xc001_0111, 0xc001_0113, ALL, ALL, VENDOR_AMD, // SMM_BASE, SMM_ADDR, SMM_MASK
  0xc001_0132, 0xc001_0138, ALL, ALL, VENDOR_AMD, // RMP: pages that only their owner writes
  // What instructions do: NX and CPUID's leaves; CPUID in ring 3 (cpuid-faulting.ts); new microcode, from an address in host mode
  0x0000_01a0, 0x0000_01a0, 1 << 22, 1 << 2, VENDOR_INTEL, // MISC_ENABLE: Limit CPUID, XD Disable
  0x0000_0140, 0x0000_0140, 1, 0, VENDOR_INTEL, // MISC_FEATURES_ENABLES: CPUID faulting
  0x0000_0079, 0x0000_0079, ALL, ALL, BOTH, // BIOS_UPDT_TRIG
  0xc001_0015, 0xc001_0015, 0xbcff_ffff, ALL, VENDOR_AMD, // HWCR, but for TscFreqSel, CpbDis and IRPerfEn
  0xc001_0020, 0xc001_0020, ALL, ALL, VENDOR_AMD, // PATCH_LOADER
  // Where calls lead, and what ring 3 finds
  0x0000_0174, 0x0000_0176, ALL, ALL, BOTH, // SYSENTER
  0xc000_0080, 0xc000_0084, ALL, ALL, BOTH, // EFER, STAR, LSTAR, CSTAR, SFMASK
  0xc000_0100, 0xc000_0102, ALL, ALL, BOTH, // FS, GS and kernel GS base
  // Virtualization itself, and system management
  0x0000_003a, 0x0000_003a, ALL, ALL, VENDOR_INTEL, // FEATURE_CONTROL
  0x0000_009b, 0x0000_009b, ALL, ALL, VENDOR_INTEL, // SMM_MONITOR_CTL
  0x0000_0c80, 0x0000_0c80, ALL, ALL, VENDOR_INTEL, // DEBUG_INTERFACE
  0xc001_0050, 0xc001_0056, ALL, ALL, VENDOR_AMD, // SMI by ports
  0xc001_0114, 0xc001_0119, ALL, ALL, VENDOR_AMD, // VM_CR, IGNNE, SMM_CTL, VM_HSAVE_PA, SVM_KEY, SMM_KEY
  // Records that the processor writes to memory, by an address of host mode or past all page tables
  0x0000_01d9, 0x0000_01d9, ALL, ALL, VENDOR_INTEL, // DEBUGCTL: BTS; 0 in host mode, a VS has its own
  0x0000_03f1, 0x0000_03f1, ALL, ALL, VENDOR_INTEL, // PEBS_ENABLE
  0x0000_0560, 0x0000_0561, ALL, ALL, VENDOR_INTEL, // RTIT_OUTPUT_BASE, RTIT_OUTPUT_MASK_PTRS
  0x0000_0570, 0x0000_0570, ALL, ALL, VENDOR_INTEL, // RTIT_CTL
  0x0000_0600, 0x0000_0600, ALL, ALL, VENDOR_INTEL, // DS_AREA
  0x0000_17d0, 0x0000_17d1, ALL, ALL, VENDOR_INTEL, // HW_FEEDBACK_PTR, HW_FEEDBACK_CONFIG
  0xc000_0105, 0xc000_0106, ALL, ALL, VENDOR_AMD, // LWP_CFG, LWP_CBADDR
  // Interrupts of counters and samplers: their enabling bits
  0x0000_0186, 0x0000_018d, 1 << 20, 0, VENDOR_INTEL, // PERFEVTSEL
  0x0000_038d, 0x0000_038d, 0x8888_8888, 0x8888_8888, VENDOR_INTEL, // FIXED_CTR_CTRL
  0xc001_0000, 0xc001_0003, 1 << 20, 0, VENDOR_AMD, // PERF_LEGACY_CTL
  0xc001_0200, 0xc001_0200, 1 << 20, 0, VENDOR_AMD, // PERF_CTL0 to 5
  0xc001_0202, 0xc001_0202, 1 << 20, 0, VENDOR_AMD,
  0xc001_0204, 0xc001_0204, 1 << 20, 0, VENDOR_AMD,
  0xc001_0206, 0xc001_0206, 1 << 20, 0, VENDOR_AMD,
  0xc001_0208, 0xc001_0208, 1 << 20, 0, VENDOR_AMD,
  0xc001_020a, 0xc001_020a, 1 << 20, 0, VENDOR_AMD,
  0xc001_1030, 0xc001_1030, 0, 1 << 16, VENDOR_AMD, // IBS_FETCH_CTL
  0xc001_1033, 0xc001_1033, 1 << 17, 0, VENDOR_AMD, // IBS_OP_CTL
  // Machine checks: which come, where they lead, and what is known of the last one
  0x0000_0179, 0x0000_017b, ALL, ALL, BOTH, // MCG_CAP, MCG_STATUS, MCG_CTL
  0x0000_0280, 0x0000_029f, ALL, ALL, VENDOR_INTEL, // MCi_CTL2
  0x0000_0400, 0x0000_047f, ALL, ALL, BOTH, // Banks
  0x0000_04d0, 0x0000_04d0, ALL, ALL, VENDOR_INTEL, // MCG_EXT_CTL
  0xc000_0408, 0xc000_040f, ALL, ALL, VENDOR_AMD, // MC4_MISC1 to 8
  0xc000_2000, 0xc000_2fff, ALL, ALL, VENDOR_AMD, // Banks of scalable MCA
  0xc001_0022, 0xc001_0022, ALL, ALL, VENDOR_AMD, // MC_EXCEP_REDIR
  0xc001_0044, 0xc001_004f, ALL, ALL, VENDOR_AMD, // MCi_CTL_MASK
  0xc001_0400, 0xc001_043f, ALL, ALL, VENDOR_AMD, // The same of scalable MCA
]);
const ROWS: u32 = 53;
const ROW_BYTES: u32 = 20;

/** The bits of an MSR that a write must not change; 0 for nearly every one. */
function keptBits(msr: u32): u64 {
  const vendor: u32 = isIntel() ? VENDOR_INTEL : VENDOR_AMD;
  for (let i: u32 = 0; i < ROWS; i++) {
    const row = KEPT + <usize>(i * ROW_BYTES);
    if (msr < load<u32>(row) || msr > load<u32>(row, 4) || (load<u32>(row, 16) & vendor) == 0) continue;
    return load<u32>(row, 8) | ((<u64>load<u32>(row, 12)) << 32);
  }
  return 0;
}

/**
 * Reads an MSR as it is in host mode into the native u64 at `out`; false when the processor does not have it. Whether CPUID
 * faults is the active VS's.
 */
export function readMsr(msr: u32, out: u64): bool {
  if (isSpecCtrl(msr)) return readSpecCtrl(out);
  const vs = faultingBit(msr) != 0 ? activeVs() : null;
  return vs !== null ? readShared(vs, msr, out) : readHost(msr, out);
}

/** Writes one; false when the processor does not have it, or the value changes what must be kept. */
export function writeMsr(msr: u32, value: u64): bool {
  if (isSpecCtrl(msr)) {
    const active = activeVs();
    return active !== null && writeSpecCtrl(active, value);
  }
  const own = faultingBit(msr);
  const vs = own != 0 ? activeVs() : null;
  if (vs === null) return writeHost(msr, value);
  if (!writeHost(msr, value & ~own)) return false;
  setFaulting(vs, (value & own) != 0);
  return true;
}

/** SPEC_CTRL in host mode is the kernel's own. */
function readSpecCtrl(out: u64): bool {
  const active = activeVs();
  if (active === null) return readHost(MSR_SPEC_CTRL, out);
  poke64(out, specCtrlOf(active));
  return true;
}

function writeHost(msr: u32, value: u64): bool {
  const kept = keptBits(msr);
  if (kept != 0 && !keeps(msr, value, kept)) return false;
  // What host mode holds by itself is not written at all
  return kept == ALL_BITS || tryWrmsr(msr, value) != 0;
}

/** Whether a value has some bits as the MSR has them. One that cannot be read keeps none. */
function keeps(msr: u32, value: u64, bits: u64): bool {
  return readHost(msr, SCRATCH) && ((peek64(SCRATCH) ^ value) & bits) == 0;
}

function readHost(msr: u32, out: u64): bool {
  if (msr == MSR_LSTAR) return readLstar(out);
  if (!isIntel() || !isGuests(msr)) return tryRdmsr(msr, out) != 0;
  poke64(out, msr == MSR_STAR ? HOST_STAR : msr == MSR_SFMASK ? HOST_SFMASK : 0);
  return true;
}

/** It leads into the kernel's code: as its image has it, for where that lies is nobody's business. */
function readLstar(out: u64): bool {
  poke64(out, rdmsr(MSR_LSTAR) - textStart() + KERNEL_IMAGE_BASE);
  return true;
}

/** Whether the assembly leaves a guest's value in it on Intel, because host mode does without. */
function isGuests(msr: u32): bool {
  return msr == MSR_STAR || msr == MSR_SFMASK || msr == MSR_CSTAR || msr == MSR_KERNEL_GS_BASE;
}
