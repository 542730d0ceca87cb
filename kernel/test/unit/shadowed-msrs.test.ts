// MSRs that host mode lives by: what an extension may not change of them, and what it may

import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, HANDLE, inBootstrap, inVmexit, status } from "../machine/extension-life.ts";
import { TEXT } from "../machine/instructions.ts";

/** From the manuals: index, and a bit whose change would be felt in host mode. */
const COMMON: readonly (readonly [name: string, index: number, bit: number])[] = [
  ["APIC_BASE", 0x1b, 12],
  ["SYSENTER_CS", 0x174, 3],
  ["SYSENTER_EIP", 0x176, 12],
  ["MCG_STATUS", 0x17a, 2],
  ["MCG_CTL", 0x17b, 0],
  ["MTRRphysBase0", 0x200, 12],
  ["MTRRphysMask7", 0x20f, 11],
  ["MTRRfix64K_00000", 0x250, 0],
  ["MTRRfix4K_F8000", 0x26f, 0],
  ["PAT", 0x277, 0],
  ["MTRRdefType", 0x2ff, 11],
  ["MC0_CTL", 0x400, 0],
  ["MC3_STATUS", 0x40d, 0],
  ["EFER", 0xc000_0080, 11],
  ["STAR", 0xc000_0081, 32],
  ["LSTAR", 0xc000_0082, 12],
  ["CSTAR", 0xc000_0083, 12],
  ["SFMASK", 0xc000_0084, 18],
  ["FS_BASE", 0xc000_0100, 12],
  ["GS_BASE", 0xc000_0101, 12],
  ["KERNEL_GS_BASE", 0xc000_0102, 12],
];

const AMD: typeof COMMON = [
  ["LWP_CFG", 0xc000_0105, 0],
  ["LWP_CBADDR", 0xc000_0106, 12],
  ["MC4_MISC1", 0xc000_0408, 51],
  ["MCA_CTL of bank 0", 0xc000_2000, 0],
  ["PERF_LEGACY_CTL0, interrupt", 0xc001_0000, 20],
  ["SYSCFG, MtrrFixDramModEn", 0xc001_0010, 19],
  ["SYSCFG, SMEE", 0xc001_0010, 23],
  ["HWCR, McStatusWrEn", 0xc001_0015, 18],
  ["HWCR, CpuidUserDis", 0xc001_0015, 35],
  ["IORR_BASE0", 0xc001_0016, 12],
  ["TOP_MEM", 0xc001_001a, 23],
  ["TOM2", 0xc001_001d, 23],
  ["PATCH_LOADER", 0xc001_0020, 12],
  ["McExcepRedir", 0xc001_0022, 8],
  ["MC0_CTL_MASK", 0xc001_0044, 0],
  ["SMI_ON_IO_TRAP_0", 0xc001_0050, 0],
  ["MMIO_CFG_BASE", 0xc001_0058, 20],
  ["SMM_BASE", 0xc001_0111, 17],
  ["SMMMask", 0xc001_0113, 0],
  ["VM_CR", 0xc001_0114, 4],
  ["VM_HSAVE_PA", 0xc001_0117, 12],
  ["SVM_KEY", 0xc001_0118, 0],
  ["RMP_BASE", 0xc001_0132, 13],
  ["PERF_CTL0, interrupt", 0xc001_0200, 20],
  ["PERF_CTL5, interrupt", 0xc001_020a, 20],
  ["IBS_FETCH_CTL, enable", 0xc001_1030, 48],
  ["IBS_OP_CTL, enable", 0xc001_1033, 17],
];

const INTEL: typeof COMMON = [
  ["FEATURE_CONTROL", 0x3a, 2],
  ["SMM_MONITOR_CTL", 0x9b, 0],
  ["MISC_FEATURES_ENABLES, CPUID faulting", 0x140, 0],
  ["PERFEVTSEL0, interrupt", 0x186, 20],
  ["MISC_ENABLE, limit CPUID", 0x1a0, 22],
  ["MISC_ENABLE, XD disable", 0x1a0, 34],
  ["DEBUGCTL, BTS", 0x1d9, 7],
  ["SMRR_PHYSBASE", 0x1f2, 12],
  ["MC0_CTL2", 0x280, 30],
  ["FIXED_CTR_CTRL, interrupt", 0x38d, 7],
  ["PEBS_ENABLE", 0x3f1, 0],
  ["MCG_EXT_CTL", 0x4d0, 0],
  ["RTIT_OUTPUT_BASE", 0x560, 12],
  ["RTIT_OUTPUT_MASK_PTRS", 0x561, 7],
  ["RTIT_CTL", 0x570, 0],
  ["DS_AREA", 0x600, 12],
  ["TME_ACTIVATE", 0x982, 1],
  ["DEBUG_INTERFACE", 0xc80, 0],
  ["HW_FEEDBACK_PTR", 0x17d0, 12],
  ["HW_FEEDBACK_CONFIG", 0x17d1, 0],
];

/** What an operating system changes, and host mode does not feel. */
const FREE: typeof COMMON = [
  ["SPEC_CTRL", 0x48, 0],
  ["UMWAIT_CONTROL", 0xe1, 1],
  ["S_CET", 0x6a2, 0],
  ["PL0_SSP", 0x6a4, 3],
  ["PKRS", 0x6e1, 0],
  ["XSS", 0xda0, 8],
  ["TSC_AUX", 0xc000_0103, 0],
];
const FREE_AMD: typeof COMMON = [
  ["DEBUGCTL, LBR", 0x1d9, 0],
  ["HWCR, CpbDis", 0xc001_0015, 25],
  ["HWCR, IRPerfEn", 0xc001_0015, 30],
  ["PERF_CTL0, event", 0xc001_0200, 0],
  ["PERF_CTR0", 0xc001_0201, 20],
  ["IBS_FETCH_CTL, maximum", 0xc001_1030, 0],
];
const FREE_INTEL: typeof COMMON = [
  ["MISC_ENABLE, fast strings", 0x1a0, 0],
  ["PERFEVTSEL0, event", 0x186, 0],
  ["FIXED_CTR_CTRL, rings", 0x38d, 4],
];

const ALL = 0xffff_ffff_ffff_ffffn;
const [VMX_BASIC, SFMASK] = [0x480, 0xc000_0084];
/**
 * From the manuals (APM volume 2, appendix A; SDM volume 4): first and last of those that stand together, the bits that host
 * mode would feel, and whose they are.
 */
const RANGES: readonly (readonly [first: number, last: number, bits: bigint, vendors: number])[] = [
  [0x1b, 0x1b, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x200, 0x213, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x250, 0x26f, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x277, 0x277, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x2ff, 0x2ff, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x1f2, 0x1f3, ALL, VENDOR_INTEL],
  [0x981, 0x983, ALL, VENDOR_INTEL],
  [0xc001_0010, 0xc001_0010, ALL, VENDOR_AMD],
  [0xc001_0016, 0xc001_001a, ALL, VENDOR_AMD],
  [0xc001_001d, 0xc001_001d, ALL, VENDOR_AMD],
  [0xc001_0058, 0xc001_0058, ALL, VENDOR_AMD],
  [0xc001_0111, 0xc001_0113, ALL, VENDOR_AMD],
  [0xc001_0132, 0xc001_0138, ALL, VENDOR_AMD],
  [0x1a0, 0x1a0, 0x4_0040_0000n, VENDOR_INTEL],
  [0x140, 0x140, 0x1n, VENDOR_INTEL],
  [0x79, 0x79, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0xc001_0015, 0xc001_0015, 0xffff_ffff_bcff_ffffn, VENDOR_AMD],
  [0xc001_0020, 0xc001_0020, ALL, VENDOR_AMD],
  [0x174, 0x176, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0xc000_0080, 0xc000_0084, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0xc000_0100, 0xc000_0102, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x3a, 0x3a, ALL, VENDOR_INTEL],
  [0x9b, 0x9b, ALL, VENDOR_INTEL],
  [0xc80, 0xc80, ALL, VENDOR_INTEL],
  [0xc001_0050, 0xc001_0056, ALL, VENDOR_AMD],
  [0xc001_0114, 0xc001_0119, ALL, VENDOR_AMD],
  [0x1d9, 0x1d9, ALL, VENDOR_INTEL],
  [0x3f1, 0x3f1, ALL, VENDOR_INTEL],
  [0x560, 0x561, ALL, VENDOR_INTEL],
  [0x570, 0x570, ALL, VENDOR_INTEL],
  [0x600, 0x600, ALL, VENDOR_INTEL],
  [0x17d0, 0x17d1, ALL, VENDOR_INTEL],
  [0xc000_0105, 0xc000_0106, ALL, VENDOR_AMD],
  [0x186, 0x18d, 0x10_0000n, VENDOR_INTEL],
  [0x38d, 0x38d, 0x8888_8888_8888_8888n, VENDOR_INTEL],
  [0xc001_0000, 0xc001_0003, 0x10_0000n, VENDOR_AMD],
  [0xc001_0200, 0xc001_0200, 0x10_0000n, VENDOR_AMD],
  [0xc001_0202, 0xc001_0202, 0x10_0000n, VENDOR_AMD],
  [0xc001_0204, 0xc001_0204, 0x10_0000n, VENDOR_AMD],
  [0xc001_0206, 0xc001_0206, 0x10_0000n, VENDOR_AMD],
  [0xc001_0208, 0xc001_0208, 0x10_0000n, VENDOR_AMD],
  [0xc001_020a, 0xc001_020a, 0x10_0000n, VENDOR_AMD],
  [0xc001_1030, 0xc001_1030, 0x1_0000_0000_0000n, VENDOR_AMD],
  [0xc001_1033, 0xc001_1033, 0x2_0000n, VENDOR_AMD],
  [0x179, 0x17b, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x280, 0x29f, ALL, VENDOR_INTEL],
  [0x400, 0x47f, ALL, VENDOR_AMD | VENDOR_INTEL],
  [0x4d0, 0x4d0, ALL, VENDOR_INTEL],
  [0xc000_0408, 0xc000_040f, ALL, VENDOR_AMD],
  [0xc000_2000, 0xc000_2fff, ALL, VENDOR_AMD],
  [0xc001_0022, 0xc001_0022, ALL, VENDOR_AMD],
  [0xc001_0044, 0xc001_004f, ALL, VENDOR_AMD],
  [0xc001_0400, 0xc001_043f, ALL, VENDOR_AMD],
];

describe.each([
  { name: "AMD", vendor: VENDOR_AMD, kept: [...COMMON, ...AMD], free: [...FREE, ...FREE_AMD] },
  { name: "Intel", vendor: VENDOR_INTEL, kept: [...COMMON, ...INTEL], free: [...FREE, ...FREE_INTEL] },
])("on $name", ({ vendor, kept, free }) => {
  /** An extension on a processor that has the MSR, whose value host mode's own is not to be disturbed by. */
  function having(index: number) {
    const { pp } = inBootstrap({ vendor });
    try {
      pp.processor.rdmsr(index);
    } catch {
      pp.processor.addMsr(index, 0n);
    }
    return pp;
  }

  test("ranges begin and end where the manuals say, and nothing beside them is kept", () => {
    const own = RANGES.filter(([, , , vendors]) => (vendors & vendor) !== 0);
    const bitsOf = (index: number) => own.find(([first, last]) => first <= index && index <= last)?.[2] ?? 0n;
    const places = new Set(own.flatMap(([first, last]) => [first - 1, first, last, last + 1]));
    const { pp } = inBootstrap({ vendor });
    let looked = 0;
    const write = (index: number, value: bigint) => status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(index), value);
    for (const index of places) {
      pp.processor.addMsr(index, 0n);
      // Those that the processor itself has are other tests' matter
      if (pp.processor.rdmsr(index) !== 0n || index === VMX_BASIC || index === SFMASK) continue;
      looked++;
      const bits = bitsOf(index);
      const each = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit)).filter((bit) => (bits & bit) !== 0n);
      const kept = bits === ALL ? [1n, 1n << 31n, 1n << 32n, 1n << 63n] : each;
      for (const bit of kept) expect(write(index, bit), index.toString(16)).toBe(STATUS_FAILURE_UNKNOWN);
      expect(write(index, ALL ^ bits), index.toString(16)).toBe(STATUS_SUCCESS);
      expect(pp.processor.rdmsr(index)).toBe(ALL ^ bits);
    }
    expect(looked).toBeGreaterThan(80);
  });

  test.each(kept)("%s keeps its value: what was read may be written back", (_, index, bit) => {
    const pp = having(index);
    const before = pp.processor.rdmsr(index);
    const value = call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(index));
    const changed = value ^ (1n << BigInt(bit));
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(index), changed)).toBe(STATUS_FAILURE_UNKNOWN);
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(index), value)).toBe(STATUS_SUCCESS);
    expect(pp.processor.rdmsr(index)).toBe(before);
  });

  test.each(free)("%s is the extension's to write", (_, index, bit) => {
    const pp = having(index);
    const value = pp.processor.rdmsr(index) ^ (1n << BigInt(bit));
    expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(index), value)).toBe(STATUS_SUCCESS);
    expect(pp.processor.rdmsr(index)).toBe(value);
  });
});

test("what cannot be read, such as the address of new microcode, is not written either", () => {
  const { pp } = inBootstrap({ vendor: VENDOR_INTEL });
  expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, 0x79n, 0n)).toBe(STATUS_FAILURE_UNKNOWN);
});

test("what only the processor refuses, such as VMX_BASIC behind the last bank, is refused with any value", () => {
  const { pp } = inBootstrap({ vendor: VENDOR_INTEL });
  const value = call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, BigInt(VMX_BASIC));
  expect(status(pp, SYSCALL_INTRINSIC_WRMSR, HANDLE, BigInt(VMX_BASIC), value)).toBe(STATUS_FAILURE_UNKNOWN);
});

test("LSTAR does not tell where the kernel lies", () => {
  const { pp } = inVmexit({ textSlide: 0x1234_5000n });
  pp.processor.wrmsr(0xc000_0082, TEXT.SYSCALL_ENTRY + 0x1234_5000n);
  expect(call(pp, SYSCALL_INTRINSIC_RDMSR, HANDLE, 0xc000_0082n)).toBe(TEXT.SYSCALL_ENTRY);
});
