// The registers of one simulated processor, and its opinion about what may be written into them

import { VmxUnit } from "./vmx-unit.ts";

/** A register, MSR or port was used as the processor does not allow. */
export class GeneralProtection extends Error {
  constructor(what: string) {
    super(`#GP: ${what}`);
    this.name = "GeneralProtection";
  }
}

export interface Segment {
  selector: number;
  attrib: number;
  limit: number;
  base: bigint;
}

export const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"] as const;
export type SegmentName = (typeof SEGMENTS)[number];

export const CR4_PCIDE = 1n << 17n;
export const CR4_OSXSAVE = 1n << 18n;
export const CR4_SMAP = 1n << 21n;

/** MSRs by name; each is known to the simulated processor, all others raise #GP. */
export const MSR = {
  SYSENTER_CS: 0x174,
  SYSENTER_ESP: 0x175,
  SYSENTER_EIP: 0x176,
  DEBUGCTL: 0x1d9,
  PAT: 0x277,
  EFER: 0xc000_0080,
  STAR: 0xc000_0081,
  LSTAR: 0xc000_0082,
  CSTAR: 0xc000_0083,
  SFMASK: 0xc000_0084,
  FS_BASE: 0xc000_0100,
  GS_BASE: 0xc000_0101,
  KERNEL_GS_BASE: 0xc000_0102,
  TSC_AUX: 0xc000_0103,
  VM_CR: 0xc001_0114,
  VM_HSAVE_PA: 0xc001_0117,
} as const;

/** MSRs that only an Intel processor knows here. */
export const INTEL_MSR = {
  VMX_BASIC: 0x480,
  VMX_MISC: 0x485,
  VMX_CR0_FIXED0: 0x486,
  VMX_CR0_FIXED1: 0x487,
  VMX_CR4_FIXED0: 0x488,
  VMX_CR4_FIXED1: 0x489,
  VMX_SECONDARY: 0x48b,
  VMX_EPT_VPID: 0x48c,
  MTRR_CAPABILITIES: 0xfe,
  MTRR_DEFAULT_TYPE: 0x2ff,
  VMX_TRUE_PIN: 0x48d,
  VMX_TRUE_PROCESSOR: 0x48e,
  VMX_TRUE_EXIT: 0x48f,
  VMX_TRUE_ENTRY: 0x490,
} as const;

const X2APIC_COMMAND = 0x830;
export const MSR_SPEC_CTRL = 0x48;
export const MSR_PRED_CMD = 0x49;
export const MSR_FLUSH_CMD = 0x10b;

const AMD_ONLY: readonly number[] = [MSR.VM_CR, MSR.VM_HSAVE_PA];

/** What a Skylake says of itself (SDM volume 3, appendix A): in the lower half what must be 1, in the upper what may be. */
const CAPABILITIES: ReadonlyMap<number, bigint> = new Map([
  [INTEL_MSR.VMX_BASIC, 0x00d8_1000_0000_002bn],
  [INTEL_MSR.VMX_MISC, 0x7004_c1e7n],
  [INTEL_MSR.VMX_CR0_FIXED0, 0x8000_0021n],
  [INTEL_MSR.VMX_CR0_FIXED1, 0xffff_ffffn],
  [INTEL_MSR.VMX_CR4_FIXED0, 0x2000n],
  [INTEL_MSR.VMX_CR4_FIXED1, 0x3f_67ffn],
  [INTEL_MSR.VMX_SECONDARY, 0x021f_ffff_0000_0000n],
  [INTEL_MSR.VMX_EPT_VPID, 0x0f01_0673_4141n],
  // No ranges at all
  [INTEL_MSR.MTRR_CAPABILITIES, 0n],
  [INTEL_MSR.VMX_TRUE_PIN, 0x0000_007f_0000_0016n],
  [INTEL_MSR.VMX_TRUE_PROCESSOR, 0xfff9_fffe_0400_6172n],
  [INTEL_MSR.VMX_TRUE_EXIT, 0x01ff_ffff_0003_6dfbn],
  [INTEL_MSR.VMX_TRUE_ENTRY, 0x0003_ffff_0000_11fbn],
]);

/** In the key of a leaf of CPUID. */
export const SUBLEAF = 2 ** 32;

/** x87, SSE and AVX. */
const XCR0_SUPPORTED = 7n;
const XSAVE_BYTES = 832;

/** The x87 control word, MXCSR, the lower halves of XMM0 and of the upper half of YMM0. */
export interface FpuState {
  fcw: bigint;
  mxcsr: bigint;
  xmm: bigint;
  ymm: bigint;
}

/** As after FNINIT and a reset (SDM volume 1, 13.6). */
export const INITIAL_FPU: Readonly<FpuState> = { fcw: 0x37fn, mxcsr: 0x1f80n, xmm: 0n, ymm: 0n };

export class Processor {
  cr0 = 0n;
  cr2 = 0n;
  cr3 = 0n;
  cr4 = 0n;
  cr8 = 0n;
  xcr0 = 1n;
  readonly dr = [0n, 0n, 0n, 0n, 0n, 0n, 0xffff_0ff0n, 0x400n];
  readonly segments = Object.fromEntries(
    SEGMENTS.map((name) => [name, { selector: 0, attrib: 0, limit: 0, base: 0n }]),
  ) as Record<SegmentName, Segment>;
  /** What was done against speculation, in order: "IBPB", "L1D", "VERW", "return stack", "LFENCE", "SPEC_CTRL 0x1". */
  readonly barriers: string[] = [];
  /** Flushes of translations, in words. */
  readonly flushes: string[] = [];
  /** Address spaces (PCIDs) whose translations a write of CR3 dropped. */
  readonly droppedSpaces: bigint[] = [];
  /** A register of each kind that XSAVE holds. */
  fpu: FpuState = { ...INITIAL_FPU };
  gdtr = { base: 0n, limit: 0 };
  idtr = { base: 0n, limit: 0 };
  /** The time stamp counter, which only tests move. */
  tsc = 1_000_000n;
  /** Commands for the local APIC in x2APIC mode, and what becomes of them. */
  readonly commands: bigint[] = [];
  onCommand: (command: bigint) => void = () => undefined;
  /** An NMI that its APIC holds (AMD: while the global interrupt flag is clear). */
  hasNmi = false;
  /** AMD: the handler of an NMI runs in the VM, so that no other is taken there. */
  blocksNmis = false;
  /** How often the handler of an NMI that did not return let the next one come. */
  nextNmis = 0;
  /** On Intel. */
  readonly vmx: VmxUnit | undefined;
  readonly #msrs: Map<number, bigint>;

  constructor(isIntel = false) {
    this.vmx = isIntel ? new VmxUnit() : undefined;
    const common = Object.values(MSR).filter((index) => !isIntel || !AMD_ONLY.includes(index));
    const known = isIntel ? [...common, ...Object.values(INTEL_MSR)] : common;
    this.#msrs = new Map(known.map((index) => [index, CAPABILITIES.get(index) ?? 0n]));
    // MTRRs are on: write-back
    if (isIntel) this.#msrs.set(INTEL_MSR.MTRR_DEFAULT_TYPE, 0x806n);
    // As after a reset (APM volume 2, 7.8.1)
    this.#msrs.set(MSR.PAT, 0x0007_0406_0007_0406n);
  }

  /**
   * EAX to EDX of each leaf of CPUID that is not zero: XSAVE, UMIP, FSGSBASE, SMEP and SMAP; NX and pages of 1 GiB;
   * physical addresses of 48 bits; SVM with 16 address spaces. A subleaf's key is 2^32 times it more.
   */
  leaves = new Map<number, readonly [number, number, number, number]>([
    [0, [13, 0, 0, 0]],
    [1, [0, 0, 1 << 26, 0]],
    [7, [0, (1 << 20) | (1 << 7) | 1, 1 << 2, 0]],
    [13, [Number(XCR0_SUPPORTED), XSAVE_BYTES, XSAVE_BYTES, 0]],
    [0x8000_0000, [0x8000_001e | 0, 0, 0, 0]],
    [0x8000_0001, [0, 0, 1 << 2, (1 << 26) | (1 << 20)]],
    [0x8000_0008, [0x3030, 0, 0, 0]],
    [0x8000_000a, [1, 16, 0, 1]],
  ]);

  cpuid(leaf: number, subleaf = 0): readonly [number, number, number, number] {
    return this.leaves.get(leaf + subleaf * SUBLEAF) ?? [0, 0, 0, 0];
  }

  /** Gives it an MSR that it would not have otherwise. */
  addMsr(index: number, value: bigint): void {
    this.#msrs.set(index, value);
  }

  /** MOV to CR3: bit 63 keeps translations, and like the lower 12 it is for processors with CR4.PCIDE (SDM volume 3, 4.10.4.1). */
  loadCr3(value: bigint): void {
    const [keeps, space] = [value >> 63n === 1n, value & 0xfffn];
    if ((this.cr4 & CR4_PCIDE) === 0n && (keeps || space !== 0n))
      throw new GeneralProtection("an address space in CR3");
    if (!keeps) this.droppedSpaces.push(space);
    this.cr3 = value & ~(1n << 63n);
  }

  rdmsr(index: number): bigint {
    if (index === MSR_PRED_CMD || index === MSR_FLUSH_CMD) {
      throw new GeneralProtection(`rdmsr 0x${index.toString(16)}, which is write-only`);
    }
    if (index === MSR.FS_BASE) return this.segments.fs.base;
    if (index === MSR.GS_BASE) return this.segments.gs.base;
    const value = this.#msrs.get(index);
    if (value === undefined) throw new GeneralProtection(`rdmsr 0x${index.toString(16)}`);
    return value;
  }

  wrmsr(index: number, value: bigint): void {
    if (!this.#msrs.has(index)) throw new GeneralProtection(`wrmsr 0x${index.toString(16)}`);
    if (CAPABILITIES.has(index)) throw new GeneralProtection(`wrmsr 0x${index.toString(16)}, which is read-only`);
    const isReserved = index === MSR.DEBUGCTL && this.vmx !== undefined && (value & ~0xffc3n) !== 0n;
    if (isReserved) throw new GeneralProtection("reserved in DEBUGCTL");
    if (index === MSR.VM_HSAVE_PA && value % 4096n !== 0n) throw new GeneralProtection("VM_HSAVE_PA is no page");
    this.#noteBarrier(index, value);
    if (index === X2APIC_COMMAND) {
      this.commands.push(value);
      this.onCommand(value);
    }
    // A counter takes 32 bits, extended by their sign (SDM volume 3, 20.2.2)
    const isCounter = this.vmx !== undefined && index >= 0xc1 && index <= 0xc8;
    if (isCounter) this.#msrs.set(index, BigInt.asUintN(48, BigInt.asIntN(32, value)));
    else if (index === MSR.FS_BASE) this.segments.fs.base = value;
    else if (index === MSR.GS_BASE) this.segments.gs.base = value;
    else this.#msrs.set(index, value);
  }

  #noteBarrier(index: number, value: bigint): void {
    if (index === MSR_SPEC_CTRL) this.barriers.push(`SPEC_CTRL 0x${value.toString(16)}`);
    if (index !== MSR_PRED_CMD && index !== MSR_FLUSH_CMD) return;
    if (value !== 1n) throw new GeneralProtection(`wrmsr 0x${index.toString(16)} with ${value}`);
    this.barriers.push(index === MSR_PRED_CMD ? "IBPB" : "L1D");
  }

  readDr(index: number): bigint {
    return this.dr[index] ?? 0n;
  }

  writeDr(index: number, value: bigint): void {
    if (index >= 6 && value >> 32n !== 0n) throw new GeneralProtection(`dr${index} with upper bits`);
    this.dr[index] = value;
  }

  writeCr8(value: bigint): void {
    if (value > 15n) throw new GeneralProtection(`cr8 with ${value}`);
    this.cr8 = value;
  }

  /** XSETBV; false when the processor refuses the value, or the instruction. */
  tryWriteXcr0(value: bigint): boolean {
    const needsSse = (value & 4n) !== 0n && (value & 2n) === 0n;
    if (!this.hasXsave || (value & 1n) === 0n || (value & ~XCR0_SUPPORTED) !== 0n || needsSse) return false;
    this.xcr0 = value;
    return true;
  }

  /** Whether XGETBV and XSETBV are instructions. */
  get hasXsave(): boolean {
    return (this.cr4 & CR4_OSXSAVE) !== 0n;
  }
}
