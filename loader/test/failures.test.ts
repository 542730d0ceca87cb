// What goes wrong before, during and after the way into the VM, and what is left of it

import {
  BOOT_EXT_FAULT,
  BOOT_OK,
  BOOT_REPORT_DETAIL,
  CPUID_CONTROL_GUESTS,
  CPUID_CONTROL_REPORT_ON,
  CPUID_CONTROL_STOP,
  CPUID_CONTROL_STOP_ANYWAY,
  ERROR_CORRUPT,
  ERROR_INTERRUPTED,
  ERROR_LA57,
  ERROR_MEMORY_ENCRYPTION,
  ERROR_NO_ANSWER,
  ERROR_NO_LONG_MODE,
  ERROR_NO_MEMORY,
  ERROR_NO_NX,
  ERROR_NO_SVM,
  ERROR_NONE,
  ERROR_START_FAILED,
  ERROR_STOP_GUESTS,
  ERROR_STOP_MISMATCH,
  ERROR_STOP_REFUSED,
  ERROR_SVM_IN_USE,
  ERROR_SVM_LOCKED,
  ERROR_TIMEOUT,
  ERROR_TOO_MANY_CPUS,
  ERROR_VENDOR,
  EXT_MEMORY_PER_PP,
  IOCTL_LOAD,
  IOCTL_MEMORY,
  IOCTL_START,
  IOCTL_STOP,
  IOCTL_UNLOAD,
  IOCTL_VMCALL,
  MEMORY_ARGS_DONATE_BYTES,
  NOTE_EXTENSION_MEMORY,
  PHASE_NONE,
  PHASE_START,
  SAVED_STATE_CR3,
  SAVED_STATE_CR4,
  SAVED_STATE_DR6,
  SAVED_STATE_EFER,
  SAVED_STATE_HSAVE_PA,
  SAVED_STATE_LSTAR,
  STATE_CORRUPT,
  STATE_LOADED,
  STATE_RUNNING,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, PF, PT } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { kernelImage, Machine } from "./machine/machine.ts";
import { RUN } from "./machine/platform.ts";
import type { Processor } from "./machine/processor.ts";

const EFER = 0xc000_0080;
const VM_CR = 0xc001_0114;
const VM_HSAVE_PA = 0xc001_0117;
const CPUS = 4;
const ENTER = 2;
const LEAVE = 3;

function loaded(cpus = CPUS): Machine {
  const machine = new Machine(cpus);
  expect(machine.load().error).toBe(ERROR_NONE);
  return machine;
}

function processor(machine: Machine, index: number): Processor {
  const found = machine.processors[index];
  if (found === undefined) throw new Error(`there is no processor ${index}`);
  return found;
}

/** Everything is as if nobody had started anything, and a start without the obstacle works. */
function expectRolledBack(machine: Machine, pages: number): void {
  expect(machine.status()).toMatchObject({ state: STATE_LOADED, runningCount: 0, running: 0n, memoryBytes: 0n });
  expect(machine.platform.takenPages).toBe(pages);
  expect(machine.processors.every(({ isInside }) => !isInside)).toBe(true);
  expect(machine.loader.loaderIsHeld()).toBe(0);
}

describe("a processor that cannot do it", () => {
  const cases: readonly (readonly [string, number, (processor: Processor) => void])[] = [
    ["is nobody's", ERROR_VENDOR, (cpu) => Object.assign(cpu, { vendor: 0 })],
    ["has no SVM", ERROR_NO_SVM, (cpu) => Object.assign(cpu, { hasSvm: false })],
    ["has no NX", ERROR_NO_NX, (cpu) => Object.assign(cpu, { hasNx: false })],
    ["has no long mode", ERROR_NO_LONG_MODE, (cpu) => Object.assign(cpu, { hasLongMode: false })],
    ["has SVM locked off", ERROR_SVM_LOCKED, (cpu) => Object.assign(cpu, { isLocked: true })],
    ["is a hypervisor's already", ERROR_SVM_IN_USE, (cpu) => Object.assign(cpu, { isSvmInUse: true })],
    [
      "encrypts its memory",
      ERROR_MEMORY_ENCRYPTION,
      (cpu) => {
        cpu.canEncrypt = true;
        cpu.cr[3] |= 1n << 47n;
      },
    ],
    ["uses 5-level paging", ERROR_LA57, (cpu) => Object.assign(cpu.cr, { 4: 0x37_16f0n })],
  ];

  it.each(cases)("%s: nothing is touched", (_, error, spoil) => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    spoil(processor(machine, 2));
    expect(machine.operate(IOCTL_START)).toMatchObject({ error, cpu: 4, phase: PHASE_NONE });
    expectRolledBack(machine, pages);
    expect(machine.demotions).toEqual([]);
  });

  it("could encrypt its memory, but does not", () => {
    const machine = loaded(1);
    processor(machine, 0).canEncrypt = true;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  });

  it("does not run as Hygon's", () => {
    const machine = loaded(1);
    processor(machine, 0).vendor = 0x6f67_7948;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  });

  it("is one too many", () => {
    const machine = loaded(129);
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_TOO_MANY_CPUS, detail: 129n });
    expect(machine.platform.runs).toEqual([]);
  });
});

describe("a start that fails on one processor", () => {
  it.each([0, 1, 2, 3])("because the kernel gives processor %i back: the others are taken out again", (victim) => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    machine.kernelStatus = (index) => {
      if (index !== victim) return 0;
      const state = machine.demotions.at(-1)?.state ?? 0n;
      machine.memory.poke(machine.reportOf(machine.argsOf(state)) + BigInt(BOOT_REPORT_DETAIL), 8, 14n);
      return BOOT_EXT_FAULT;
    };
    expect(machine.operate(IOCTL_START)).toEqual({
      error: ERROR_START_FAILED,
      cpu: 2 * victim,
      phase: PHASE_START,
      file: 0,
      detail: (BigInt(BOOT_EXT_FAULT) << 32n) | 14n,
    });
    expectRolledBack(machine, pages);
    const stopped = machine.platform.runs.filter((run) => run.endsWith(`operation ${LEAVE}`));
    expect(stopped).toEqual(Array.from({ length: victim }, (_, i) => `${victim - 1 - i} operation ${LEAVE}`));
    machine.kernelStatus = () => 0;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  });

  it("because a kernel that gives up says so in RAX, whatever stands in its report", () => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    machine.kernelStatus = (index) => (index === 1 ? BOOT_EXT_FAULT : 0);
    const setPhase = machine.setPhase.bind(machine);
    machine.setPhase = (args, phase) => setPhase(args, phase, BOOT_OK);
    const detail = BigInt(BOOT_EXT_FAULT) << 32n;
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_START_FAILED, cpu: 2, detail });
    expectRolledBack(machine, pages);
  });

  it("because the extension does not answer, but stops: everything is taken out", () => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    processor(machine, 1).onControl = (command) => (command === CPUID_CONTROL_REPORT_ON ? 1 : 0);
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_NO_ANSWER, cpu: 2 });
    expectRolledBack(machine, pages);
  });

  it("because the extension knows no control leaf: the others are taken out, this one cannot be", () => {
    const machine = loaded();
    processor(machine, 1).onControl = () => 0xdead;
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_NO_ANSWER, cpu: 2 });
    expect(machine.status()).toMatchObject({ state: STATE_CORRUPT, runningCount: 1, running: 0b100n });
    expect(machine.loader.loaderIsHeld()).toBe(1);
    const refused = { error: ERROR_CORRUPT, cpu: 0xffff_ffff, detail: 0n };
    for (const command of [IOCTL_START, IOCTL_STOP, IOCTL_UNLOAD, IOCTL_VMCALL]) {
      expect(machine.operate(command)).toMatchObject(refused);
    }
    expect(machine.load()).toMatchObject(refused);
    const donate = (block: bigint) => machine.memory.poke(block + BigInt(MEMORY_ARGS_DONATE_BYTES), 8, 0x1_0000n);
    for (const fill of [donate, undefined]) expect(machine.operate(IOCTL_MEMORY, fill)).toMatchObject(refused);
    expect(machine.loader.loaderStop()).toBe(ERROR_NONE);
  });

  it("because memory runs out for it: no processor is touched", () => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    machine.platform.injectedFailure = 4;
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_NO_MEMORY, cpu: 4, detail: 0x3_c000n });
    expectRolledBack(machine, pages);
    expect(machine.demotions).toEqual([]);
  });
});

describe("memory that runs out", () => {
  it("at any allocation of load leaves nothing taken", () => {
    for (let failing = 1; ; failing++) {
      const machine = new Machine(1);
      machine.platform.failAllocation = failing;
      const { error } = machine.load();
      if (error === ERROR_NONE) {
        expect(failing).toBeGreaterThan(3);
        break;
      }
      expect(error).toBe(ERROR_NO_MEMORY);
      expect(machine.platform.takenPages).toBe(0);
    }
  });

  it.each(["failAllocation", "failOneAllocation"] as const)(
    "at any allocation of start is an error and no page less (%s)",
    (kind) => {
      let failing = 1;
      for (; ; failing++) {
        const machine = loaded(2);
        const pages = machine.platform.takenPages;
        machine.platform[kind] = failing;
        const { error } = machine.operate(IOCTL_START);
        const isOver = machine.platform[kind] > 0;
        machine.platform[kind] = Number.POSITIVE_INFINITY;
        // One large piece less is made up for by smaller ones
        if (error !== ERROR_NONE) {
          expect(error).toBe(ERROR_NO_MEMORY);
          expectRolledBack(machine, pages);
          expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
        }
        expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
        expectRolledBack(machine, pages);
        if (isOver) break;
      }
      expect(failing).toBeGreaterThan(1);
    },
  );

  it.each([512, 64, 32])("in large pieces is an arena of pieces of %i pages", (largestPiece) => {
    const machine = loaded(1);
    const pages = machine.platform.takenPages;
    machine.platform.largestPiece = largestPiece;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
    expectRolledBack(machine, pages);
  });

  it.each([16, 8, 1])("down to pieces of %i pages is an error: BootArgs names 64 pieces at most", (largestPiece) => {
    const machine = loaded(1);
    const pages = machine.platform.takenPages;
    machine.platform.largestPiece = largestPiece;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NO_MEMORY);
    expectRolledBack(machine, pages);
  });

  it("inside the arena, at whichever page, is an error and no page less", () => {
    const outcomes = new Set<number>();
    // A kernel that takes more and more of the arena: its own pages, then the tables, then the processors' areas.
    for (let bytes = 0x47_0000; bytes <= 0x4d_0000; bytes += 0x1000) {
      const machine = new Machine(2);
      expect(machine.load(kernelImage(undefined, BigInt(bytes))).error).toBe(ERROR_NONE);
      const pages = machine.platform.takenPages;
      const { error } = machine.operate(IOCTL_START);
      outcomes.add(error);
      if (error !== ERROR_NONE) expectRolledBack(machine, pages);
    }
    expect(outcomes).toEqual(new Set([ERROR_NONE, ERROR_NO_MEMORY]));
  });

  it("is asked for as the extension's own memory needs it", () => {
    const memoryOf = (flags: number) => {
      const machine = new Machine(2);
      const descriptor = littleEndian(4, 1, flags, 256, 512, 0x1_0000, 0);
      const note = buildNote("Bareflank", NOTE_EXTENSION_MEMORY, descriptor);
      const code = { type: PT.LOAD, flags: PF.R | PF.X, address: 0x3280_0000_0000n, data: new Uint8Array(16) };
      machine.load(kernelImage(), buildElf({ entry: code.address, segments: [code, { type: PT.NOTE, data: note }] }));
      expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
      return machine.status().memoryBytes;
    };
    expect(memoryOf(EXT_MEMORY_PER_PP) - memoryOf(0)).toBe(0x10_0000n);
  });

  it("is asked for as large files need it", () => {
    const memoryOf = (bytes: number) => {
      const machine = new Machine(1);
      const code = { type: PT.LOAD, flags: PF.R | PF.X, address: 0x3280_0000_0000n, data: new Uint8Array(bytes) };
      machine.load(kernelImage(), buildElf({ entry: code.address, segments: [code] }));
      expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
      return machine.status().memoryBytes;
    };
    // The file itself, and twice its size in the arena.
    expect(memoryOf(0x40_0000) - memoryOf(0x10_0000)).toBeGreaterThan(0x80_0000n);
  });

  it("entirely is an error and no page less", () => {
    const machine = loaded(2);
    const pages = machine.platform.takenPages;
    machine.platform.largestPiece = 0;
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NO_MEMORY);
    expectRolledBack(machine, pages);
  });
});

describe("a wait that is interrupted", () => {
  it("before the processor began: rolled back", () => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    machine.platform.intercept = (index, operation) => (index === 2 && operation === ENTER ? RUN.cancelled : undefined);
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_INTERRUPTED, cpu: 4 });
    expectRolledBack(machine, pages);
  });

  it("while the extension hangs: corrupt, the others are back, and nothing is freed", () => {
    const machine = loaded();
    machine.platform.intercept = (index, operation) => (index === 2 && operation === ENTER ? RUN.lost : undefined);
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_TIMEOUT, cpu: 4 });
    const status = machine.status();
    expect(status).toMatchObject({ state: STATE_CORRUPT, runningCount: 0, cpu: 4 });
    expect(status.allocatedPages).toBeGreaterThan(1024);
    expect(machine.loader.loaderIsHeld()).toBe(1);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_CORRUPT);
  });

  it("and the processor begins later: it does not enter any more", () => {
    const machine = loaded();
    machine.platform.intercept = (index, operation) => (index === 3 && operation === ENTER ? RUN.lost : undefined);
    machine.operate(IOCTL_START);
    machine.onProcessor(3, ENTER);
    expect(machine.demotions.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(processor(machine, 3).isInside).toBe(false);
  });

  it("when the processor has just arrived: it counts as started", () => {
    const machine = loaded(2);
    machine.platform.intercept = (index, operation) => {
      if (operation !== ENTER || index !== 1) return undefined;
      machine.onProcessor(index, operation);
      return RUN.lost;
    };
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 2 });
  });

  it("during a check: an error, and nothing is touched", () => {
    const machine = loaded();
    const pages = machine.platform.takenPages;
    machine.platform.intercept = (index) => (index === 1 ? RUN.cancelled : undefined);
    expect(machine.operate(IOCTL_START)).toMatchObject({ error: ERROR_INTERRUPTED, cpu: 2 });
    expectRolledBack(machine, pages);
  });

  it("while a status asks: it names the processor and its phase", () => {
    const machine = loaded();
    let seen: unknown;
    machine.platform.intercept = (index, operation) => {
      if (index === 1 && operation === ENTER) seen = machine.status();
      return undefined;
    };
    machine.operate(IOCTL_START);
    expect(seen).toMatchObject({ state: STATE_LOADED, runningCount: 1, running: 1n, cpu: 2, phase: PHASE_NONE });
  });
});

describe("a stop that does not work", () => {
  it("because the extension refuses: it works on as before, and may agree later", () => {
    const machine = loaded();
    machine.operate(IOCTL_START);
    const pages = machine.platform.takenPages;
    const stubborn = processor(machine, 3);
    const agree = stubborn.onControl;
    stubborn.onControl = (command) => (command === CPUID_CONTROL_STOP ? 1 : 0);
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_REFUSED, cpu: 6 });
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 4 });
    expect(machine.platform.takenPages).toBe(pages);
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_STOP_REFUSED);
    stubborn.onControl = agree;
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_LOADED);
  });

  it("because guests live: they do not end with it, unless Linux does", () => {
    const machine = loaded();
    machine.operate(IOCTL_START);
    for (let index = 0; index < 4; index++) {
      processor(machine, index).onControl = (command) => (command === CPUID_CONTROL_STOP ? CPUID_CONTROL_GUESTS : 0);
    }
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_GUESTS, cpu: 6 });
    expect(machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_STOP_GUESTS);
    expect(machine.loader.loaderStop(0)).toBe(ERROR_STOP_GUESTS);
    expect(machine.loader.loaderIsInterrupted()).toBe(0);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 4 });
    machine.leaveNow(3);
    expect(processor(machine, 3).commands.slice(-2)).toEqual([CPUID_CONTROL_STOP, CPUID_CONTROL_STOP_ANYWAY]);
    expect(processor(machine, 3).isInside).toBe(false);
  });

  it("but Linux ends, and guests with it", () => {
    const machine = loaded();
    machine.operate(IOCTL_START);
    for (let index = 0; index < 4; index++) {
      const { onControl } = processor(machine, index);
      const answer = (command: number) => (command === CPUID_CONTROL_STOP ? CPUID_CONTROL_GUESTS : onControl(command));
      processor(machine, index).onControl = answer;
    }
    expect(machine.loader.loaderStop(1)).toBe(ERROR_NONE);
    expect(machine.status().state).toBe(STATE_LOADED);
  });

  it("because it says yes and does nothing: the kernel's word counts", () => {
    const machine = loaded(1);
    machine.operate(IOCTL_START);
    processor(machine, 0).onControl = () => 0;
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_STOP_REFUSED);
    expect(machine.status()).toMatchObject({ state: STATE_RUNNING, runningCount: 1 });
  });

  it("because the processor does not come back: corrupt, nothing freed", () => {
    const machine = loaded();
    machine.operate(IOCTL_START);
    const pages = machine.platform.takenPages;
    machine.platform.intercept = (index, operation) => (index === 1 && operation === LEAVE ? RUN.lost : undefined);
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_TIMEOUT, cpu: 2 });
    expect(machine.status()).toMatchObject({ state: STATE_CORRUPT, runningCount: 1 });
    expect(machine.platform.takenPages).toBe(pages);
  });

  const cases: readonly (readonly [string, number, (cpu: Processor) => void])[] = [
    ["LSTAR", SAVED_STATE_LSTAR, (cpu) => cpu.msrs.set(0xc000_0082, 1n)],
    ["CR3", SAVED_STATE_CR3, (cpu) => Object.assign(cpu.cr, { 3: 0x6000n })],
    ["CR4", SAVED_STATE_CR4, (cpu) => Object.assign(cpu.cr, { 4: 0x6f0n })],
    ["DR6", SAVED_STATE_DR6, (cpu) => Object.assign(cpu.dr, { 6: 0n })],
  ];
  it.each(cases)("because %s is another one afterwards: it says which", (_, offset, spoil) => {
    const machine = loaded(2);
    machine.operate(IOCTL_START);
    const spoiled = processor(machine, 1);
    const before = spoiled.onControl;
    spoiled.onControl = (command) => {
      if (command === CPUID_CONTROL_STOP) spoil(spoiled);
      return before(command);
    };
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_MISMATCH, cpu: 2, detail: BigInt(offset) });
    expect(machine.status()).toMatchObject({ state: STATE_LOADED, runningCount: 0 });
  });

  it.each(cases)("because %s was another one in the VM from the beginning", (_, offset, spoil) => {
    const machine = loaded(2);
    machine.kernelStatus = (index) => {
      if (index === 1) spoil(processor(machine, 1));
      return 0;
    };
    machine.operate(IOCTL_START);
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_MISMATCH, cpu: 2, detail: BigInt(offset) });
  });

  it("is none because of what the operating system changed while it was a VM", () => {
    const machine = loaded(2);
    machine.operate(IOCTL_START);
    for (const cpu of machine.processors) {
      // Another address space and thread, a breakpoint, RDTSC forbidden and RDPMC allowed, everything else of its own
      Object.assign(cpu.cr, { 0: cpu.cr[0] | 8n, 3: 0x7000n, 2: 0x99n, 4: cpu.cr[4] | 0x104n, 8: 2n });
      cpu.dr = { 0: 0x1000n, 1: 0n, 2: 0n, 3: 0n, 6: 0xffff_0ff0n, 7: 0x401n };
      cpu.xcr0 = 0xe7n;
      cpu.selectors = [0x2b, 0x10, 0x18, 0x2b, 0, 0, 0, 0x40];
      for (const [index, value] of [...cpu.msrs]) {
        if (index !== VM_CR && index !== VM_HSAVE_PA) cpu.msrs.set(index, value ^ 1n);
      }
    }
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
  });

  it.each<[string, number, (cpu: Processor) => void]>([
    ["VM_HSAVE_PA", SAVED_STATE_HSAVE_PA, (cpu) => cpu.msrs.set(VM_HSAVE_PA, 0x5000n)],
    ["EFER.SVME", SAVED_STATE_EFER, (cpu) => cpu.msrs.set(EFER, (cpu.msrs.get(EFER) ?? 0n) | 0x1000n)],
  ])("because %s is still the hypervisor's afterwards, whatever the VM saw", (_, offset, spoil) => {
    const machine = loaded(1);
    machine.operate(IOCTL_START);
    spoil(processor(machine, 0));
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_MISMATCH, detail: BigInt(offset) });
  });
});

it("IOCTL_LOAD is refused while corrupt, and what is staged for it is given back", () => {
  const machine = loaded();
  machine.platform.intercept = (index, operation) => (index === 0 && operation === ENTER ? RUN.lost : undefined);
  machine.operate(IOCTL_START);
  const pages = machine.platform.takenPages;
  expect(machine.load().error).toBe(ERROR_CORRUPT);
  expect(machine.platform.takenPages).toBe(pages);
  expect(machine.loader.loaderBlockBytes(IOCTL_LOAD)).toBeGreaterThan(0);
});
