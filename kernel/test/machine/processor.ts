// The registers of one simulated processor, and its opinion about what may be written into them

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

export const CR4_OSXSAVE = 1n << 18n;
export const CR4_SMAP = 1n << 21n;

/** MSRs by name; each is known to the simulated processor, all others raise #GP. */
export const MSR = {
  SYSENTER_CS: 0x174,
  SYSENTER_ESP: 0x175,
  SYSENTER_EIP: 0x176,
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

/** x87, SSE and AVX. */
const XCR0_SUPPORTED = 7n;

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
  /** Flushes of translations, in words. */
  readonly flushes: string[] = [];
  gdtr = { base: 0n, limit: 0 };
  idtr = { base: 0n, limit: 0 };
  readonly #msrs = new Map<number, bigint>([
    ...Object.values(MSR).map((index) => [index, 0n] as const),
    // As after a reset (APM volume 2, 7.8.1)
    [MSR.PAT, 0x0007_0406_0007_0406n],
  ]);

  /** EAX to EDX of each leaf of CPUID that is not zero: pages of 1 GiB, and physical addresses of 48 bits. */
  leaves = new Map<number, readonly [number, number, number, number]>([
    [0x8000_0001, [0, 0, 0, 1 << 26]],
    [0x8000_0008, [0x3030, 0, 0, 0]],
  ]);

  cpuid(leaf: number): readonly [number, number, number, number] {
    return this.leaves.get(leaf) ?? [0, 0, 0, 0];
  }

  rdmsr(index: number): bigint {
    if (index === MSR.FS_BASE) return this.segments.fs.base;
    if (index === MSR.GS_BASE) return this.segments.gs.base;
    const value = this.#msrs.get(index);
    if (value === undefined) throw new GeneralProtection(`rdmsr 0x${index.toString(16)}`);
    return value;
  }

  wrmsr(index: number, value: bigint): void {
    if (!this.#msrs.has(index)) throw new GeneralProtection(`wrmsr 0x${index.toString(16)}`);
    if (index === MSR.VM_HSAVE_PA && value % 4096n !== 0n) throw new GeneralProtection("VM_HSAVE_PA is no page");
    if (index === MSR.FS_BASE) this.segments.fs.base = value;
    else if (index === MSR.GS_BASE) this.segments.gs.base = value;
    else this.#msrs.set(index, value);
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
