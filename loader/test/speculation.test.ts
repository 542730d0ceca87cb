// Which mitigations a processor gets, by what it says of itself: from CPUID to what the kernel is told and status shows

import {
  BOOT_ARGS_HOST_SPEC_CTRL,
  BOOT_ARGS_MITIGATIONS,
  ERROR_INVALID_ARGUMENT,
  ERROR_NONE,
  EXPOSED_BRANCHES,
  EXPOSED_BUFFERS,
  EXPOSED_KERNEL_MEMORY,
  EXPOSED_L1D,
  EXPOSED_ROOT_BRANCHES,
  EXPOSED_SIBLINGS,
  EXPOSED_VECTOR_REGISTERS,
  IOCTL_STATUS,
  IOCTL_STOP,
  MITIGATION_AUTOMATIC_IBRS,
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_ISOLATE_KERNEL,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
  MITIGATION_VIRTUAL_SPEC_CTRL,
  OPERATION_ALL_MITIGATIONS,
  OPERATION_ISOLATE_KERNEL,
  OPERATION_NO_MITIGATIONS,
  STATUS_ARGS_EXPOSURES,
  STATUS_ARGS_MEMORY_BYTES,
  STATUS_ARGS_MITIGATIONS,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Machine } from "./machine/machine.ts";
import type { Processor } from "./machine/processor.ts";

const ARCH_CAPABILITIES = 0x10a;
const bit = (...bits: readonly number[]): number => bits.reduce((all, one) => all | (1 << one), 0);

/** Intel by EDX of leaf 7 and of its subleaf 2, ARCH_CAPABILITIES (none: it has no such MSR), and threads of a core. */
const intel =
  (edx: number, capabilities?: bigint, more: { readonly edx2?: number; readonly rtm?: boolean; smt?: boolean } = {}) =>
  (processor: Processor): void => {
    processor.becomeIntel();
    const all = capabilities === undefined ? edx : edx | bit(29);
    const ebx = processor.leaf7Ebx | (more.rtm === true ? bit(11) : 0);
    processor.leaves.set("7.0", [more.edx2 === undefined ? 0 : 2, ebx, processor.leaf7Ecx, all]);
    processor.leaves.set("7.2", [0, 0, 0, more.edx2 ?? 0]);
    processor.leaves.set("b.0", [1, more.smt === true ? 2 : 1, 0x100, 0]);
    if (capabilities !== undefined) processor.msrs.set(ARCH_CAPABILITIES, capabilities);
  };

/** AMD by family, EBX of 8000_0008, EAX and ECX of 8000_0021, EDX of 8000_000A. */
const amd =
  (family: number, features: number, more: { readonly eax?: number; readonly ecx?: number; svm?: number } = {}) =>
  (processor: Processor): void => {
    processor.leaves.set("1.0", [0xf00 | ((family - 0xf) << 20), 0, processor.leaf1Ecx, 0]);
    processor.leaves.set("80000000.0", [0x8000_0021 | 0, 0, 0, 0]);
    processor.leaves.set("80000008.0", [0x3030, features, 0, 0]);
    processor.leaves.set("80000021.0", [more.eax ?? 0, 0, more.ecx ?? 0, 0]);
    processor.svmEdx = more.svm ?? 0;
  };

const MD_CLEAR = bit(10);
const IBRS_IBPB = bit(26);
const STIBP = bit(27);
const L1D_FLUSH = bit(28);
const [RDCL_NO, IBRS_ALL, SKIP_L1D, MDS_NO, TAA_NO] = [1n, 2n, 8n, 1n << 5n, 1n << 8n];
const [FB_CLEAR, PBRSB_NO, RFDS_NO, RFDS_CLEAR] = [1n << 17n, 1n << 24n, 1n << 27n, 1n << 28n];
const GOOD = RDCL_NO | IBRS_ALL | SKIP_L1D | MDS_NO | TAA_NO | PBRSB_NO | RFDS_NO;
const MODERN = MITIGATION_SPEC_CTRL | MITIGATION_EXIT_BARRIER | MITIGATION_SWITCH_BARRIER;
const MELTDOWN = EXPOSED_KERNEL_MEMORY | EXPOSED_VECTOR_REGISTERS;

const [A_IBPB, A_IBRS, A_STIBP, BTC_NO, IBPB_RET] = [bit(12), bit(14), bit(15), bit(29), bit(30)];
const AMD_BARRIERS = MITIGATION_SWITCH_BARRIER | MITIGATION_EXIT_BARRIER;

/** What is done unless all is asked for: nothing behind the root VM's exits and its extension's calls. */
const againstOthers = (all: number): number => {
  const barriers = all & (MITIGATION_EXIT_BARRIER | MITIGATION_CALL_BARRIER);
  const guests = (barriers & MITIGATION_EXIT_BARRIER) === 0 ? 0 : MITIGATION_GUEST_BARRIER;
  const services = (barriers & MITIGATION_CALL_BARRIER) === 0 ? 0 : MITIGATION_SERVICE_BARRIER;
  return (all & ~barriers) | guests | services;
};

interface Case {
  readonly name: string;
  readonly make: (processor: Processor) => void;
  /** All that it needs. */
  readonly mitigations: number;
  /** What that leaves. */
  readonly exposures: number;
  readonly specCtrl?: bigint;
}

const CASES: readonly Case[] = [
  {
    name: "Intel without any of its microcode",
    make: intel(0),
    mitigations: 0,
    exposures: EXPOSED_BRANCHES | EXPOSED_BUFFERS | EXPOSED_L1D | MELTDOWN,
    specCtrl: 1n,
  },
  {
    name: "a Skylake with microcode",
    make: intel(MD_CLEAR | IBRS_IBPB | STIBP | L1D_FLUSH),
    mitigations:
      MODERN | MITIGATION_CALL_IBRS | MITIGATION_RETURN_STACK | MITIGATION_CLEAR_BUFFERS | MITIGATION_FLUSH_L1D,
    exposures: MELTDOWN,
    specCtrl: 3n,
  },
  {
    name: "the same with two threads a core",
    make: intel(MD_CLEAR | IBRS_IBPB | L1D_FLUSH, undefined, { smt: true }),
    mitigations:
      MODERN | MITIGATION_CALL_IBRS | MITIGATION_RETURN_STACK | MITIGATION_CLEAR_BUFFERS | MITIGATION_FLUSH_L1D,
    exposures: MELTDOWN | EXPOSED_SIBLINGS,
  },
  {
    name: "Intel that needs least",
    make: intel(IBRS_IBPB | STIBP, GOOD),
    mitigations: MODERN,
    exposures: 0,
    specCtrl: 3n,
  },
  {
    name: "the same with controls of branch history and return predictions",
    make: intel(IBRS_IBPB | STIBP, GOOD, { edx2: bit(2, 4) }),
    mitigations: MODERN,
    exposures: 0,
    specCtrl: 0x443n,
  },
  {
    name: "enhanced IBRS that leaves a return behind a barrier",
    make: intel(IBRS_IBPB, GOOD & ~PBRSB_NO),
    mitigations: MODERN | MITIGATION_RETURN_STACK,
    exposures: 0,
  },
  {
    name: "one with TSX that aborts with data",
    make: intel(IBRS_IBPB | MD_CLEAR, GOOD & ~TAA_NO, { rtm: true }),
    mitigations: MODERN | MITIGATION_CLEAR_BUFFERS,
    exposures: 0,
  },
  {
    name: "the same with TSX switched off",
    make: intel(IBRS_IBPB | MD_CLEAR, GOOD & ~TAA_NO),
    mitigations: MODERN,
    exposures: 0,
  },
  {
    name: "one whose fill buffers have stale data",
    make: intel(IBRS_IBPB, GOOD | FB_CLEAR),
    mitigations: MODERN | MITIGATION_CLEAR_BUFFERS,
    exposures: 0,
  },
  {
    name: "one whose register files have",
    make: intel(IBRS_IBPB, (GOOD & ~RFDS_NO) | RFDS_CLEAR),
    mitigations: MODERN | MITIGATION_CLEAR_BUFFERS,
    exposures: 0,
  },
  {
    name: "a VM's, whose host flushes L1D",
    make: intel(IBRS_IBPB | L1D_FLUSH, GOOD & ~RDCL_NO),
    mitigations: MODERN,
    exposures: MELTDOWN,
  },
  { name: "AMD before Zen", make: amd(0x15, 0), mitigations: 0, exposures: EXPOSED_BRANCHES },
  {
    name: "AMD before Zen, with barriers",
    make: amd(0x15, A_IBPB),
    mitigations: MITIGATION_SWITCH_BARRIER | MITIGATION_RETURN_STACK,
    exposures: 0,
  },
  {
    name: "Zen 2",
    make: amd(0x17, A_IBPB | A_STIBP),
    mitigations: AMD_BARRIERS | MITIGATION_CALL_BARRIER | MITIGATION_RETURN_STACK | MITIGATION_SPEC_CTRL,
    exposures: 0,
    specCtrl: 2n,
  },
  {
    name: "Zen 3 without its microcode",
    make: amd(0x19, A_IBPB | A_IBRS | BTC_NO | IBPB_RET),
    mitigations: AMD_BARRIERS | MITIGATION_CALL_BARRIER | MITIGATION_SPEC_CTRL,
    exposures: EXPOSED_BRANCHES | EXPOSED_BUFFERS,
    specCtrl: 1n,
  },
  {
    name: "Zen 4 with it",
    make: amd(0x19, A_IBPB | A_IBRS | A_STIBP | BTC_NO | IBPB_RET, { eax: bit(5, 8, 28), svm: bit(20) }),
    mitigations:
      AMD_BARRIERS |
      MITIGATION_CALL_BARRIER |
      MITIGATION_AUTOMATIC_IBRS |
      MITIGATION_SPEC_CTRL |
      MITIGATION_VIRTUAL_SPEC_CTRL |
      MITIGATION_CLEAR_BUFFERS,
    exposures: 0,
    specCtrl: 2n,
  },
  {
    name: "the same without scheduler attacks",
    make: amd(0x19, A_IBPB | BTC_NO | IBPB_RET, { eax: bit(5, 28), ecx: bit(1, 2) }),
    mitigations: AMD_BARRIERS | MITIGATION_CALL_BARRIER,
    exposures: 0,
  },
  {
    name: "Zen 5",
    make: amd(0x1a, A_IBPB | BTC_NO | IBPB_RET, { eax: bit(8, 30) }),
    mitigations: AMD_BARRIERS | MITIGATION_AUTOMATIC_IBRS,
    exposures: 0,
  },
];

function loaded(...processors: readonly ((processor: Processor) => void)[]): Machine {
  const machine = new Machine(processors.length);
  processors.forEach((make, index) => {
    const processor = machine.processors[index];
    if (processor !== undefined) make(processor);
  });
  expect(machine.load().error).toBe(ERROR_NONE);
  return machine;
}

function told(machine: Machine, index: number) {
  const args = machine.argsOf(machine.demotions[index]?.state ?? 0n);
  const word = (offset: number, bytes: 4 | 8) => machine.memory.peek(args + BigInt(offset), bytes);
  return { mitigations: Number(word(BOOT_ARGS_MITIGATIONS, 4)), specCtrl: word(BOOT_ARGS_HOST_SPEC_CTRL, 8) };
}

function shown(machine: Machine) {
  machine.operate(IOCTL_STATUS);
  return { mitigations: machine.word(STATUS_ARGS_MITIGATIONS), exposures: machine.word(STATUS_ARGS_EXPOSURES) };
}

describe("a processor gets what it needs, and status says what that leaves:", () => {
  it.each(CASES)("$name", ({ make, mitigations, exposures, specCtrl }) => {
    const machine = loaded(make);
    expect(machine.start(OPERATION_ALL_MITIGATIONS).error).toBe(ERROR_NONE);
    expect(told(machine, 0).mitigations).toBe(mitigations);
    if (specCtrl !== undefined) expect(told(machine, 0).specCtrl).toBe(specCtrl);
    expect(shown(machine)).toEqual({ mitigations, exposures });
  });

  it.each(CASES)("$name, when nothing is said", ({ make, mitigations, exposures }) => {
    const machine = loaded(make);
    machine.start(0);
    const chosen = againstOthers(mitigations);
    expect(told(machine, 0).mitigations).toBe(chosen);
    const left = exposures | (chosen === mitigations ? 0 : EXPOSED_ROOT_BRANCHES);
    expect(shown(machine)).toEqual({ mitigations: chosen, exposures: left });
  });
});

describe("a start", () => {
  const skylake = intel(MD_CLEAR | IBRS_IBPB | L1D_FLUSH);

  it("does nothing when that is asked for, and status says what comes of it", () => {
    const machine = loaded(skylake);
    expect(machine.start(OPERATION_NO_MITIGATIONS).error).toBe(ERROR_NONE);
    expect(told(machine, 0).mitigations).toBe(0);
    const exposures = EXPOSED_BRANCHES | EXPOSED_BUFFERS | EXPOSED_L1D | MELTDOWN;
    expect(shown(machine)).toEqual({ mitigations: 0, exposures });
  });

  it("does it again when the next one does not ask", () => {
    const machine = loaded(skylake);
    machine.start(OPERATION_NO_MITIGATIONS);
    machine.start(0);
    expect(told(machine, 1).mitigations).not.toBe(0);
  });

  it("gives each processor its own, and shows those of all", () => {
    const machine = loaded(intel(IBRS_IBPB, GOOD), intel(IBRS_IBPB, (GOOD & ~RFDS_NO) | RFDS_CLEAR));
    machine.start(0);
    const modern = againstOthers(MODERN);
    expect([0, 1].map((index) => told(machine, index).mitigations)).toEqual([
      modern,
      modern | MITIGATION_CLEAR_BUFFERS,
    ]);
    expect(shown(machine).mitigations).toBe(modern | MITIGATION_CLEAR_BUFFERS);
  });

  it("shows none when nothing runs", () => {
    const machine = loaded(skylake);
    machine.start(0);
    machine.operate(IOCTL_STOP);
    expect(shown(machine)).toEqual({ mitigations: 0, exposures: 0 });
  });

  it("does what the platform forces, for measurements", () => {
    const machine = loaded(skylake);
    machine.platform.forcedMitigations = MITIGATION_RETURN_STACK;
    machine.start(0);
    expect(told(machine, 0).mitigations).toBe(MITIGATION_RETURN_STACK);
  });

  it("isolates the microkernel when that is asked for, whatever else is done, and status says so", () => {
    const machine = loaded(skylake);
    machine.start(OPERATION_NO_MITIGATIONS | OPERATION_ISOLATE_KERNEL);
    expect(told(machine, 0).mitigations).toBe(MITIGATION_ISOLATE_KERNEL);
    const { mitigations, exposures } = shown(machine);
    expect(mitigations).toBe(MITIGATION_ISOLATE_KERNEL);
    expect(exposures & MELTDOWN).toBe(MELTDOWN & ~EXPOSED_KERNEL_MEMORY);
    machine.start(OPERATION_ISOLATE_KERNEL);
    const asked = told(machine, 1).mitigations;
    machine.start(0);
    expect(told(machine, 2).mitigations).toBe(asked & ~MITIGATION_ISOLATE_KERNEL);
    expect(shown(machine).exposures & MELTDOWN).toBe(MELTDOWN);
  });

  it("is what it was where a start is refused, and when the platform has it started again", () => {
    const machine = loaded(skylake);
    machine.start(OPERATION_NO_MITIGATIONS | OPERATION_ISOLATE_KERNEL);
    const before = shown(machine);
    machine.start(OPERATION_ALL_MITIGATIONS | OPERATION_NO_MITIGATIONS);
    expect(shown(machine)).toEqual(before);
    machine.start(1 << 30);
    expect(shown(machine)).toEqual(before);
    machine.loader.loaderStop();
    machine.loader.loaderStartAgain();
    expect(shown(machine)).toEqual(before);
  });

  it("takes memory for the tables of an isolated microkernel", () => {
    // Memory is taken in steps of 64 KiB
    const machine = loaded(skylake, skylake, skylake, skylake);
    const held = () => {
      machine.operate(IOCTL_STATUS);
      return machine.long(STATUS_ARGS_MEMORY_BYTES);
    };
    machine.start(0);
    const plain = held();
    machine.start(OPERATION_ISOLATE_KERNEL);
    expect(Number(held() - plain)).toBeGreaterThan(0);
    machine.start(0);
    expect(held()).toBe(plain);
  });

  it.each([
    ["that nobody knows", 1 << 30],
    ["that ask for all and for nothing", OPERATION_ALL_MITIGATIONS | OPERATION_NO_MITIGATIONS],
  ])("refuses flags %s", (_, flags) => {
    expect(loaded(skylake).start(flags).error).toBe(ERROR_INVALID_ARGUMENT);
  });
});
