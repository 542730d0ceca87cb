// One processor of the simulated machine: registers, CPUID, and a microkernel that takes it

import {
  CPUID_CONTROL,
  CPUID_CONTROL_STOP,
  CPUID_CONTROL_STOP_ANYWAY,
  CPUID_HYPERVISOR_MAX,
  CPUID_INTERFACE_HYPERCALLS,
} from "@bareflank/abi";

/** Indexes of the segment registers as loader/arch/x64/cpu.ts numbers them: ES, CS, SS, DS, FS, GS, LDTR, TR. */
export type Selectors = [number, number, number, number, number, number, number, number];

const EFER = 0xc000_0080;
const VM_CR = 0xc001_0114;
const VM_HSAVE_PA = 0xc001_0117;
const FEATURE_CONTROL = 0x3a;
const OSXSAVE = 1n << 18n;
/** "Genu"ineIntel. */
const INTEL = 0x756e_6547;

/** IA32_FEATURE_CONTROL and the capability MSRs of VMX, as Bochs's corei7_skylake_x has them. */
const vmxOfSkylake: readonly (readonly [number, bigint])[] = [
  [FEATURE_CONTROL, 5n],
  [0x480, 0x00d8_1000_0000_002bn],
  [0x481, 0x0000_007f_0000_0016n],
  [0x482, 0xfff9_fffe_0401_e172n],
  [0x483, 0x00ff_ffff_0003_6dffn],
  [0x484, 0x0000_ffff_0000_11ffn],
  [0x486, 0x8000_0021n],
  [0x487, 0xffff_ffffn],
  [0x488, 0x2000n],
  [0x489, 0x0077_2fffn],
  [0x48b, 0x0235_7fff_0000_0000n],
  [0x48c, 0x0f01_0673_4141n],
  [0x48e, 0xfff9_fffe_0400_6172n],
];

/** What a test may change before it starts. */
export class Processor {
  readonly number: number;
  vendor = 0x6874_7541;
  hasSvm = true;
  hasNx = true;
  hasLongMode = true;
  leaf1Ecx = 1 << 26;
  leaf7Ebx = (1 << 7) | (1 << 20) | 1;
  leaf7Ecx = 1 << 2;
  svmEdx = 0;
  /** EAX to EDX of leaves and subleaves, "7.0", instead of what else it says. */
  readonly leaves = new Map<string, readonly [number, number, number, number]>();
  /** Has SME, with the C-bit at 47; the operating system uses it when its CR3 has that bit. */
  canEncrypt = false;
  selectors: Selectors = [0, 0x10, 0x18, 0, 0, 0, 0, 0x40];
  gdt = 0n;
  gdtLimit = 0x7f;
  cr: Record<0 | 2 | 3 | 4 | 8, bigint> = { 0: 0x8005_0033n, 2: 0x1234n, 3: 0x5000n, 4: 0x37_06f0n, 8: 0n };
  xcr0 = 7n;
  dr: Record<number, bigint> = { 0: 0n, 1: 0n, 2: 0n, 3: 0n, 6: 0xffff_0ff0n, 7: 0x400n };
  readonly msrs = new Map<number, bigint>();
  /** In a VM now. */
  isInside = false;
  /** Called for CPUID_CONTROL: what the extension answers. */
  onControl: (command: number) => number = () => 0;
  /** Whether the extension says that it takes hypercalls; what it does with one, registers at a native address. */
  takesHypercalls = false;
  onHypercall: (registers: bigint) => boolean = () => true;
  /** Commands that the extension has seen. */
  readonly commands: number[] = [];

  constructor(number: number) {
    this.number = number;
    for (const [index, value] of [
      [EFER, 0xd01n],
      [0xc000_0081, 0x23_0010_0000_0000n],
      [0xc000_0082, 0xffff_ffff_8100_0000n],
      [0xc000_0083, 0xffff_ffff_8100_1000n],
      [0xc000_0084, 0x25_7fd5n],
      [0x174, 0x10n],
      [0x175, 0xffff_c900_0000_2000n],
      [0x176, 0xffff_ffff_8100_2000n],
      [0xc000_0100, 0x7fff_f7d8_a740n],
      [0xc000_0101, 0xffff_8880_7dc0_0000n],
      [0xc000_0102, 0n],
      [0x277, 0x407_0504_0107_0406n],
      [0x1d9, 0n],
      [VM_CR, 0n],
      [VM_HSAVE_PA, 0n],
    ] as const) {
      this.msrs.set(index, value);
    }
  }

  /** How often leaf 0 was executed. */
  looks = 0;
  /** AMD's six core counters, or Intel's four of version 2; which count cycles. */
  hasCounters = false;
  countsCycles = true;

  intrinsics() {
    return {
      cpuidEax: (leaf: number, subleaf: number) => this.#cpuid(leaf >>> 0, subleaf >>> 0)[0],
      cpuidEbx: (leaf: number, subleaf: number) => this.#cpuid(leaf >>> 0, subleaf >>> 0)[1],
      cpuidEcx: (leaf: number, subleaf: number) => this.#cpuid(leaf >>> 0, subleaf >>> 0)[2],
      cpuidEdx: (leaf: number, subleaf: number) => this.#cpuid(leaf >>> 0, subleaf >>> 0)[3],
      hypercall: (registers: bigint, isIntel: number) => {
        if ((isIntel !== 0) !== this.isIntel) throw new Error("#UD: the other vendor's hypercall");
        return this.onHypercall(registers) ? 1 : 0;
      },
      rdmsr: (index: number) => this.#rdmsr(index >>> 0),
      wrmsr: (index: number, value: bigint) => this.#wrmsr(index >>> 0, BigInt.asUintN(64, value)),
      readCr0: () => this.cr[0],
      readCr2: () => this.cr[2],
      readCr3: () => this.cr[3],
      readCr4: () => this.cr[4],
      readCr8: () => this.cr[8],
      writeCr4: (value: bigint) => {
        this.cr[4] = BigInt.asUintN(64, value);
      },
      readXcr0: () => {
        if ((this.cr[4] & OSXSAVE) === 0n) throw new Error("#UD: XGETBV without CR4.OSXSAVE");
        return this.xcr0;
      },
      readDr: (index: number) => this.dr[index] ?? 0n,
      readSelector: (index: number) => this.selectors[index] ?? 0,
      tableBase: (index: number) => (index === 0 ? this.gdt : 0xffff_fe00_0000_0000n),
      tableLimit: (index: number) => (index === 0 ? this.gdtLimit : 0xfff),
    };
  }

  get isIntel(): boolean {
    return this.vendor === INTEL;
  }

  /** Makes it one of Intel's, with what a Skylake has of VMX and the firmware's permission to use it. */
  becomeIntel(): void {
    this.vendor = INTEL;
    this.leaf1Ecx |= 1 << 5;
    this.msrs.delete(VM_CR);
    this.msrs.delete(VM_HSAVE_PA);
    for (const [index, value] of vmxOfSkylake) this.msrs.set(index, value);
  }

  set isLocked(locked: boolean) {
    this.msrs.set(VM_CR, locked ? 0x10n : 0n);
  }

  set isSvmInUse(used: boolean) {
    this.msrs.set(EFER, used ? 0x1d01n : 0xd01n);
  }

  #rdmsr(index: number): bigint {
    const value = this.msrs.get(index);
    if (value === undefined) throw new Error(`#GP: RDMSR of 0x${index.toString(16)}`);
    return value;
  }

  #wrmsr(index: number, value: bigint): void {
    const before = this.#rdmsr(index);
    if (index !== FEATURE_CONTROL || (before & 1n) !== 0n) throw new Error(`#GP: WRMSR of 0x${index.toString(16)}`);
    this.msrs.set(index, value);
  }

  #cpuid(leaf: number, subleaf: number): readonly [number, number, number, number] {
    const given = this.leaves.get(`${leaf.toString(16)}.${subleaf}`);
    if (given !== undefined) return given;
    switch (leaf) {
      case 0:
        this.looks++;
        return [13, this.vendor, 0, 0];
      case 1:
        return [0, 0, this.leaf1Ecx, 0];
      case 7:
        return [0, this.leaf7Ebx, this.leaf7Ecx, 0];
      case 0xa:
        return [this.hasCounters ? 0x0730_0402 : 0, this.countsCycles ? 0 : 1, 0, 0];
      case 0x8000_0000:
        return [(this.canEncrypt ? 0x8000_001f : 0x8000_001e) | 0, 0, 0, 0];
      case 0x8000_001f:
        return [1, 47, 0, 0];
      case 0x8000_0001:
        return [
          0,
          0,
          (this.hasSvm ? 4 : 0) | (this.hasCounters ? 1 << 23 : 0),
          (this.hasNx ? 1 << 20 : 0) | (this.hasLongMode ? 1 << 29 : 0),
        ];
      case 0x8000_000a:
        // Intel answers a leaf that it does not have with the data of its last one
        return this.isIntel ? [-1, -1, -1, -1] : [0, 0, 0, this.svmEdx];
      case CPUID_HYPERVISOR_MAX:
        return [0, this.takesHypercalls ? CPUID_INTERFACE_HYPERCALLS : 0, 0, 0];
      case CPUID_CONTROL:
        return [this.#control(subleaf), 0, 0, 0];
      default:
        return [0, 0, 0, 0];
    }
  }

  #control(command: number): number {
    if (!this.isInside) throw new Error(`control command 0x${command.toString(16)} outside of any VM`);
    this.commands.push(command);
    const answer = this.onControl(command);
    const isStop = command === CPUID_CONTROL_STOP || command === CPUID_CONTROL_STOP_ANYWAY;
    if (isStop && answer === 0) this.isInside = false;
    return answer;
  }
}
