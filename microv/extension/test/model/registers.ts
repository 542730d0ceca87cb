// Registers and MSRs of a vCPU as MicroV keeps them: what a reset leaves there, and what it takes

import * as mv from "../../../../abi/generated/node/hypercalls.ts";

const ALL = 0xffff_ffff_ffff_ffffn;
const LOW = 0xffff_ffffn;

const SEGMENTS = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"];
const TABLES = ["GDTR", "IDTR"];

const constants: ReadonlyMap<string, number | bigint> = new Map(Object.entries<number | bigint>(mv));
function register(name: string): number {
  const number = constants.get(`MV_REG_${name}`);
  if (number === undefined) throw new RangeError(`MV_REG_${name} does not exist`);
  return Number(number);
}

/** Every register that there is. */
export const REGISTERS: readonly number[] = [
  ...Array.from({ length: mv.MV_REG_XCR0 }, (_, index) => index + 1),
  ...Array.from({ length: mv.MV_REG_NMI - mv.MV_REG_EFER + 1 }, (_, index) => mv.MV_REG_EFER + index),
];
const known = new Set(REGISTERS);
export const isRegister = (number: bigint): boolean => number <= 0xffffn && known.has(Number(number));

/** Bits that a register has; the others are dropped. */
const widths = new Map<number, bigint>([
  ...[...SEGMENTS, ...TABLES].flatMap((name): [number, bigint][] => [
    [register(`${name}_SELECTOR`), TABLES.includes(name) ? 0n : 0xffffn],
    [register(`${name}_ATTRIB`), TABLES.includes(name) ? 0n : 0xfffn],
    [register(`${name}_LIMIT`), LOW],
  ]),
]);

const SEGMENT_ATTRIBUTES = new Set(SEGMENTS.map((name) => register(`${name}_ATTRIB`)));
/** Present, of code or data; and accessed. */
const CODE_OR_DATA = 0x90n;
const ACCESSED = 1n;

/** After a reset (APM volume 2, table 14-1). */
const reset = new Map<number, bigint>([
  ...SEGMENTS.map((name): [number, bigint] => [register(`${name}_ATTRIB`), 0x93n]),
  ...[...SEGMENTS, ...TABLES].map((name): [number, bigint] => [register(`${name}_LIMIT`), 0xffffn]),
  [mv.MV_REG_CS_ATTRIB, 0x9bn],
  [mv.MV_REG_LDTR_ATTRIB, 0x82n],
  [mv.MV_REG_TR_ATTRIB, 0x8bn],
  [mv.MV_REG_CS_SELECTOR, 0xf000n],
  [mv.MV_REG_CS_BASE, 0xffff_0000n],
  [mv.MV_REG_RIP, 0xfff0n],
  [mv.MV_REG_RFLAGS, 2n],
  [mv.MV_REG_DR6, 0xffff_0ff0n],
  [mv.MV_REG_DR7, 0x400n],
  [mv.MV_REG_CR0, 0x10n],
  [mv.MV_REG_XCR0, 1n],
  [mv.MV_REG_APIC_BASE, 0xfee0_0900n],
]);

const EFER_LME = 1n << 8n;
const CR0_PG = 1n << 31n;
/** SCE, LME, NXE. What else a processor has is its own affair. */
const EFER_KNOWN = 0x901n;
/** LMA, which follows CR0.PG; and SVME, which AMD's processors want. */
const EFER_KEPT = 1n << 10n;
const EFER_SVME = 1n << 12n;
/** SCE, LME, LMA, NXE, FFXSR: all that a guest sees. */
const EFER_SHOWN = 0x4d01n;
/** VME to OSXMMEXCPT. Of other bits it depends on CPUID whether a guest has them. */
export const CR4_KNOWN = 0x7ffn;
/** What of XCR0 guests may have. */
const XCR0_OF_GUESTS = 0xe7n;
const X87 = 1n;

export const isCanonical = (value: bigint): boolean => {
  const upper = BigInt.asUintN(64, value) >> 47n;
  return upper === 0n || upper === 0x1_ffffn;
};
const isPat = (value: bigint): boolean =>
  Array.from({ length: 8 }, (_, i) => (value >> BigInt(8 * i)) & 0xffn).every((type) =>
    [0n, 1n, 4n, 5n, 6n, 7n].includes(type),
  );

const MSR_MCG_CAP = 0x179;
const MSR_MCG_CTL = 0x17b;

/** MSRs that are kept, of both vendors: number, bits that can be written, value after a reset. */
const keptMsrs: readonly (readonly [number, bigint, bigint])[] = [
  [0x8b, ALL, 0n],
  [0xfe, 0n, 0x508n],
  [MSR_MCG_CAP, 0n, 32n],
  [0x17a, 7n, 0n],
  [MSR_MCG_CTL, ALL, ALL],
  [0x1a0, ALL, 1n],
  [0x1fc, ALL, 0n],
  [0x2ff, 0xcffn, 0n],
  [0x250, ALL, 0n],
  [0x258, ALL, 0n],
  [0x259, ALL, 0n],
  [0x3a, 0n, 1n],
  [0xce, 0n, 0n],
  [0xc001_0010, ALL, 0n],
  [0xc001_0015, 0x0100_0000n, 0x0100_0000n],
  [0xc001_001f, ALL, 0n],
  [0xc001_1029, 0n, 2n],
  [mv.MV_MSR_KVM_WALL_CLOCK, ALL, 0n],
  [mv.MV_MSR_KVM_SYSTEM_TIME, ALL, 0n],
  [mv.MV_MSR_KVM_WALL_CLOCK_NEW, ALL, 0n],
  [mv.MV_MSR_KVM_SYSTEM_TIME_NEW, ALL, 0n],
];
const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const VARIABLE = range(0x200, 16);
const FIXED = range(0x268, 8);
const BANKS = range(0x400, 128);
const COUNTERS = range(0xc001_0000, 8);
const IN_VS = [0x174, 0x175, 0x176, 0x277, 0xc000_0080, 0xc000_0081, 0xc000_0082, 0xc000_0083, 0xc000_0084];
const BASES = [0xc000_0100, 0xc000_0101, 0xc000_0102];
const MSR_TSC = 0x10;
const NMI_BITS = BigInt(mv.MV_NMI_WAITS | mv.MV_NMI_BLOCKED);
/** The event word: valid, and its type (APM volume 2, 15.20). */
const EVENT_AND_TYPE = (1n << 31n) | (7n << 8n);
const EVENT_VALID = 1n << 31n;
const EVENT_HAS_CODE = 1n << 11n;
const NMI_EVENT = (1n << 31n) | (2n << 8n);

const MSR_APIC_BASE = 0x1b;
const MSR_TSC_ADJUST = 0x3b;
export const MSR_TSC_DEADLINE = 0x6e0;
const MSR_PAT = 0x277;
const MSR_EFER = 0xc000_0080;
const MSR_SFMASK = 0xc000_0084;
const PAT_RESET = 0x0007_0406_0007_0406n;
const APIC_BASE_WRITABLE = 0x000f_ffff_ffff_f900n;
const APIC_BASE_WIDE = 1n << 10n;
const APIC_BASE_ENABLED = 1n << 11n;

/** In the order in which MV_PP_MSR_GET_SUPPORTED tells them. */
export const SUPPORTED_MSRS: readonly number[] = [
  ...IN_VS,
  ...BASES,
  ...keptMsrs.map(([number]) => number),
  ...VARIABLE,
  ...FIXED,
  MSR_TSC,
  MSR_APIC_BASE,
  MSR_TSC_ADJUST,
  MSR_TSC_DEADLINE,
];

/** Registers that MSRs are. */
const alias = new Map([
  [MSR_EFER, mv.MV_REG_EFER],
  [0xc000_0100, mv.MV_REG_FS_BASE],
  [0xc000_0101, mv.MV_REG_GS_BASE],
  [MSR_APIC_BASE, mv.MV_REG_APIC_BASE],
]);

/** What all vCPUs have in common. */
export interface Processor {
  readonly isIntel: boolean;
  /** Bits of XCR0 that it has. */
  readonly xcr0: bigint;
  /** Its time stamp counter. */
  readonly time: () => bigint;
}

/** A vCPU's registers and MSRs. */
export class RegisterFile {
  /** Whether it has a local APIC. */
  hasApic = false;
  readonly #processor: Processor;
  readonly #registers = new Map<number, bigint>(reset);
  readonly #msrs = new Map<number, bigint>();
  readonly #writable = new Map<number, bigint>();

  constructor(processor: Processor) {
    this.#processor = processor;
    for (const [number, writable, value] of keptMsrs) {
      this.#msrs.set(number, value);
      this.#writable.set(number, writable);
    }
    const plain = [...VARIABLE, ...FIXED, ...BANKS, ...COUNTERS];
    for (const number of [...IN_VS, ...BASES, ...plain, MSR_TSC_ADJUST]) this.#msrs.set(number, 0n);
    this.#msrs.set(MSR_PAT, PAT_RESET);
  }

  get(number: number): bigint {
    const value = this.#registers.get(number) ?? 0n;
    // What is no event counts for none
    if (number === mv.MV_REG_EVENT) return (value & EVENT_VALID) === 0n ? 0n : this.#shownEvent(value);
    return number === mv.MV_REG_EFER ? value & EFER_SHOWN : value;
  }

  /** False: the processor does not take it. `told` is what the guest's CPUID says of XCR0; undefined: it has no leaves. */
  set(number: number, value: bigint, told?: bigint): boolean {
    if (number === mv.MV_REG_CR8 && value > 15n) return false;
    if (number === mv.MV_REG_DR6 && value > LOW) return false;
    if (number === mv.MV_REG_NMI && (value & ~NMI_BITS) !== 0n) return false;
    // An NMI on its way keeps others away, as one that was delivered does
    if (number === mv.MV_REG_EVENT && (value & EVENT_AND_TYPE) === NMI_EVENT) this.#blockNmis(value);
    if (number === mv.MV_REG_CR4 && (value & ~CR4_KNOWN) !== 0n) return false;
    if (number === mv.MV_REG_XCR0 && told !== undefined && (value & ~((told & XCR0_OF_GUESTS) | X87)) !== 0n)
      return false;
    if (number === mv.MV_REG_XCR0 && !this.#isXcr0(value)) return false;
    if (number === mv.MV_REG_APIC_BASE && !this.#isApicBase(value)) return false;
    const given = number === mv.MV_REG_INTERRUPT_SHADOW ? BigInt(value !== 0n) : value;
    const taken = given & this.#widthOf(number);
    this.#registers.set(number, this.#isUsed(number, taken) ? taken | ACCESSED : taken);
    if (number === mv.MV_REG_NMI && (value & BigInt(mv.MV_NMI_BLOCKED)) !== 0n)
      this.#blockNmis(this.#registers.get(mv.MV_REG_EVENT) ?? 0n);
    return true;
  }

  /** x2APIC mode is a local APIC's that is enabled. */
  #isApicBase(value: bigint): boolean {
    const isWide = (value & APIC_BASE_WIDE) !== 0n;
    if ((value & ~(APIC_BASE_WRITABLE | APIC_BASE_WIDE)) !== 0n) return false;
    return !isWide || (this.hasApic && (value & APIC_BASE_ENABLED) !== 0n);
  }

  /** Of CR0 the microkernel keeps what VMX lets be set (SDM volume 3, A.7). */
  #widthOf(number: number): bigint {
    if (number === mv.MV_REG_CR0 && this.#processor.isIntel) return LOW;
    return widths.get(number) ?? ALL;
  }

  /** With an event that there is: Intel's processors take an NMI with none blocked, for delivering it blocks others. */
  #blockNmis(event: bigint): void {
    const waits = (this.#registers.get(mv.MV_REG_NMI) ?? 0n) & BigInt(mv.MV_NMI_WAITS);
    const isOnItsWay = this.#processor.isIntel && (event & EVENT_AND_TYPE) === NMI_EVENT;
    this.#registers.set(mv.MV_REG_NMI, isOnItsWay ? waits : waits | BigInt(mv.MV_NMI_BLOCKED));
  }

  /** Intel's processors want each segment of code or data that is present to have been accessed (SDM volume 3, 27.3.1.2). */
  #isUsed(number: number, attributes: bigint): boolean {
    return this.#processor.isIntel && SEGMENT_ATTRIBUTES.has(number) && (attributes & CODE_OR_DATA) === CODE_OR_DATA;
  }

  /** Undefined: the guest has no such MSR. */
  readMsr(number: number): bigint | undefined {
    if (number === MSR_TSC) return BigInt.asUintN(64, this.#processor.time() + this.get(mv.MV_REG_TSC_OFFSET));
    if (BANKS.includes(number) && BANKS.indexOf(number) >= 4 * Number(this.#banks() & 0xffn)) return undefined;
    // Of a local APIC's timer, whose affair it is; without one it is nothing
    if (number === MSR_TSC_DEADLINE) return 0n;
    const register = alias.get(number);
    return register === undefined ? this.#msrs.get(number) : this.get(register);
  }

  /** False: the guest has no such MSR, or a processor would refuse the value. */
  writeMsr(number: number, value: bigint): boolean {
    const before = this.readMsr(number);
    if (before === undefined) return false;
    if (number === MSR_TSC) this.set(mv.MV_REG_TSC_OFFSET, BigInt.asUintN(64, value - this.#processor.time()));
    else if (number === MSR_TSC_DEADLINE) return true;
    else if (number === MSR_TSC_ADJUST) this.#msrs.set(number, value);
    else if (number === MSR_EFER) return this.#writeEfer(value);
    else if (number === MSR_APIC_BASE) return this.set(mv.MV_REG_APIC_BASE, value);
    else if ([0xc000_0100, 0xc000_0101].includes(number)) {
      if (!isCanonical(value)) return false;
      this.set(alias.get(number) ?? 0, value);
    } else {
      const taken = this.#taken(number, before, value);
      if (taken === undefined) return false;
      this.#msrs.set(number, taken);
    }
    return true;
  }

  #banks(): bigint {
    return this.#msrs.get(MSR_MCG_CAP) ?? 0n;
  }

  /** MV_VS_MCE_SETUP. */
  setupBanks(capabilities: bigint): void {
    this.#msrs.set(MSR_MCG_CAP, capabilities);
    this.#msrs.set(MSR_MCG_CTL, ALL);
    for (const [index, number] of BANKS.entries()) this.#msrs.set(number, index % 4 === 0 ? ALL : 0n);
  }

  /** What a plain MSR holds when a value is written; undefined: it is refused. */
  #taken(number: number, before: bigint, value: bigint): bigint | undefined {
    const isAddress = [0xc000_0082, 0xc000_0083, 0xc000_0102].includes(number);
    const isSysenter = number === 0x175 || number === 0x176;
    if ((isAddress || (isSysenter && this.#processor.isIntel)) && !isCanonical(value)) return undefined;
    if (number === 0x174 || (isSysenter && !this.#processor.isIntel)) return value & LOW;
    if (number === MSR_SFMASK) return value > LOW && this.#processor.isIntel ? undefined : value & LOW;
    if (number === MSR_MCG_CTL && value !== 0n && value !== ALL) return undefined;
    const isBankControl = BANKS.indexOf(number) % 4 === 0;
    if (isBankControl && value !== 0n && (value | 0x401n) !== ALL) return undefined;
    if (number === MSR_PAT) return isPat(value) ? value : undefined;
    const writable = this.#writable.get(number) ?? ALL;
    return ((value ^ before) & ~writable) === 0n ? value : undefined;
  }

  /** Intel's processors have the code at a place of its own. */
  #shownEvent(event: bigint): bigint {
    return this.#processor.isIntel && (event & EVENT_HAS_CODE) === 0n ? event & LOW : event;
  }

  #writeEfer(value: bigint): boolean {
    const before = this.#registers.get(mv.MV_REG_EFER) ?? 0n;
    const kept = this.#processor.isIntel ? EFER_KEPT : EFER_KEPT | EFER_SVME;
    if ((value & ~(EFER_KNOWN | kept)) !== 0n) return false;
    if (((value ^ before) & EFER_LME) !== 0n && (this.get(mv.MV_REG_CR0) & CR0_PG) !== 0n) return false;
    return this.set(mv.MV_REG_EFER, (value & ~kept) | (before & kept));
  }

  #isXcr0(value: bigint): boolean {
    if ((value & ~this.#processor.xcr0) !== 0n || (value & 1n) === 0n) return false;
    if ((value & 4n) !== 0n && (value & 2n) === 0n) return false;
    const isWhole = (parts: bigint): boolean => (value & parts) === 0n || (value & parts) === parts;
    return isWhole(0xe0n) && ((value & 0xe0n) === 0n || (value & 4n) !== 0n) && isWhole(0x18n);
  }
}
