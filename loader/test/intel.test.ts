// Intel's processors: what is checked before anything is touched, and what differs on the way in

import {
  BOOT_ARGS_FEATURES,
  BOOT_ARGS_VENDOR,
  CPU_FEATURE_FLUSH_ASID,
  CPU_FEATURE_NRIP,
  ERROR_LA57,
  ERROR_NO_BITMAPS,
  ERROR_NO_EFER_SWITCH,
  ERROR_NO_EPT,
  ERROR_NO_EPT_FLUSH,
  ERROR_NO_HOST_64,
  ERROR_NO_NX,
  ERROR_NO_PAT_SWITCH,
  ERROR_NO_SECONDARY_CONTROLS,
  ERROR_NO_TRUE_CONTROLS,
  ERROR_NO_UNRESTRICTED_GUEST,
  ERROR_NO_VIRTUAL_NMIS,
  ERROR_NO_VMX,
  ERROR_NO_VPID,
  ERROR_NONE,
  ERROR_STOP_MISMATCH,
  ERROR_VMX_CR0,
  ERROR_VMX_CR4,
  ERROR_VMX_IN_USE,
  ERROR_VMX_LOCKED,
  ERROR_VMX_MEMORY_TYPE,
  HANDOFF_ALIAS,
  HANDOFF_BASE,
  HANDOFF_GDT,
  HANDOFF_GDTR_IN_HOST,
  HANDOFF_GDTR_IN_OS,
  HANDOFF_IDT_IN_HOST,
  HANDOFF_IDT_IN_OS,
  HANDOFF_IDTR_IN_HOST,
  HANDOFF_IDTR_IN_OS,
  HANDOFF_OFFSET,
  HANDOFF_STATE_STRIDE,
  IOCTL_START,
  IOCTL_STOP,
  IOCTL_VMCALL,
  PHASE_NONE,
  SAVED_STATE_CR4,
  SAVED_STATE_HANDOFF_NMIS,
  SAVED_STATE_HOST_CR4,
  SAVED_STATE_HOST_EFER,
  SAVED_STATE_HSAVE_PA,
  STATE_LOADED,
  STATUS_ARGS_VENDOR,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Machine, NMI_OFFSET } from "./machine/machine.ts";
import { MODULE } from "./machine/platform.ts";
import type { Processor } from "./machine/processor.ts";

const FEATURE_CONTROL = 0x3a;
const BASIC = 0x480;
const PIN = 0x481;
const PROCESSOR = 0x482;
const EXIT = 0x483;
const ENTRY = 0x484;
const CR0_FIXED0 = 0x486;
const CR0_FIXED1 = 0x487;
const CR4_FIXED0 = 0x488;
const CR4_FIXED1 = 0x489;
const SECONDARY = 0x48b;
const EPT_VPID = 0x48c;
const TRUE_PROCESSOR = 0x48e;

/** A loaded machine of Intel's processors. */
function loaded(cpus: number): Machine {
  const machine = new Machine(cpus);
  for (const processor of machine.processors) processor.becomeIntel();
  expect(machine.load().error).toBe(ERROR_NONE);
  return machine;
}

function processor(machine: Machine, index: number): Processor {
  const found = machine.processors[index];
  if (found === undefined) throw new Error(`there is no processor ${index}`);
  return found;
}

const change = (cpu: Processor, msr: number, to: (before: bigint) => bigint) => {
  cpu.msrs.set(msr, to(cpu.msrs.get(msr) ?? 0n));
};
/** The control of this bit may not be 1. */
const forbid = (msr: number, bit: number) => (cpu: Processor) =>
  change(cpu, msr, (before) => before & ~(1n << BigInt(bit + 32)));
const clear = (msr: number, bit: number) => (cpu: Processor) =>
  change(cpu, msr, (before) => before & ~(1n << BigInt(bit)));
const set = (msr: number, bit: number) => (cpu: Processor) =>
  change(cpu, msr, (before) => before | (1n << BigInt(bit)));
/** As a processor without this capability: the MSRs that come with it do not exist. */
const without =
  (spoil: (cpu: Processor) => void, ...msrs: number[]) =>
  (cpu: Processor) => {
    spoil(cpu);
    for (const msr of msrs) cpu.msrs.delete(msr);
  };
const noVmx = (cpu: Processor) => {
  cpu.leaf1Ecx &= ~(1 << 5);
  for (const msr of [...cpu.msrs.keys()])
    if (msr === FEATURE_CONTROL || (msr >= BASIC && msr < 0x492)) cpu.msrs.delete(msr);
};

describe("a processor that cannot do it", () => {
  const cases: readonly (readonly [string, number, bigint, (cpu: Processor) => void])[] = [
    ["has no VMX", ERROR_NO_VMX, 0n, noVmx],
    ["has no NX", ERROR_NO_NX, 0n, (cpu) => Object.assign(cpu, { hasNx: false })],
    ["has VMX locked off", ERROR_VMX_LOCKED, 0n, (cpu) => cpu.msrs.set(FEATURE_CONTROL, 1n)],
    ["has VMX locked, allowed in SMX only", ERROR_VMX_LOCKED, 0n, (cpu) => cpu.msrs.set(FEATURE_CONTROL, 3n)],
    ["is a hypervisor's already", ERROR_VMX_IN_USE, 0n, (cpu) => Object.assign(cpu.cr, { 4: 0x37_26f0n })],
    ["has no secondary controls", ERROR_NO_SECONDARY_CONTROLS, 0n, without(forbid(PROCESSOR, 31), SECONDARY, EPT_VPID)],
    [
      "has neither EPT nor VPID",
      ERROR_NO_EPT,
      0n,
      without((cpu) => [1, 5].map((bit) => forbid(SECONDARY, bit)(cpu)), EPT_VPID),
    ],
    ["has no EPT, but VPID", ERROR_NO_EPT, 0n, forbid(SECONDARY, 1)],
    ["has no unrestricted guest", ERROR_NO_UNRESTRICTED_GUEST, 0n, forbid(SECONDARY, 7)],
    ["has no VPID", ERROR_NO_VPID, 0n, forbid(SECONDARY, 5)],
    ["has VPID without INVVPID", ERROR_NO_VPID, 0n, clear(EPT_VPID, 32)],
    ["has VPID without INVVPID of one context", ERROR_NO_VPID, 0n, clear(EPT_VPID, 41)],
    ["has VPID without INVVPID of all contexts", ERROR_NO_VPID, 0n, clear(EPT_VPID, 42)],
    ["has EPT without four levels", ERROR_NO_EPT_FLUSH, 1n << 6n, clear(EPT_VPID, 6)],
    ["has EPT without write-back", ERROR_NO_EPT_FLUSH, 1n << 14n, clear(EPT_VPID, 14)],
    ["has EPT without INVEPT", ERROR_NO_EPT_FLUSH, 1n << 20n, clear(EPT_VPID, 20)],
    ["has EPT without INVEPT of one context", ERROR_NO_EPT_FLUSH, 1n << 25n, clear(EPT_VPID, 25)],
    ["has EPT without INVEPT of all contexts", ERROR_NO_EPT_FLUSH, 1n << 26n, clear(EPT_VPID, 26)],
    [
      "wants uncached structures",
      ERROR_VMX_MEMORY_TYPE,
      0n,
      (cpu) => change(cpu, BASIC, (before) => before & ~(15n << 50n)),
    ],
    ["has no TRUE controls", ERROR_NO_TRUE_CONTROLS, 0n, without(clear(BASIC, 55), TRUE_PROCESSOR)],
    ["exits when CR3 is loaded", ERROR_NO_TRUE_CONTROLS, 0n, set(TRUE_PROCESSOR, 15)],
    ["exits when CR3 is stored", ERROR_NO_TRUE_CONTROLS, 0n, set(TRUE_PROCESSOR, 16)],
    ["has no NMI exiting", ERROR_NO_VIRTUAL_NMIS, 0n, forbid(PIN, 3)],
    ["has no virtual NMIs", ERROR_NO_VIRTUAL_NMIS, 0n, forbid(PIN, 5)],
    ["has no NMI-window exiting", ERROR_NO_VIRTUAL_NMIS, 0n, forbid(PROCESSOR, 22)],
    ["has no I/O bitmaps", ERROR_NO_BITMAPS, 0n, forbid(PROCESSOR, 25)],
    ["has no MSR bitmaps", ERROR_NO_BITMAPS, 0n, forbid(PROCESSOR, 28)],
    ["exits to 32-bit mode", ERROR_NO_HOST_64, 0n, forbid(EXIT, 9)],
    ["does not save PAT", ERROR_NO_PAT_SWITCH, 0n, forbid(EXIT, 18)],
    ["does not load PAT at exits", ERROR_NO_PAT_SWITCH, 0n, forbid(EXIT, 19)],
    ["does not load PAT at entries", ERROR_NO_PAT_SWITCH, 0n, forbid(ENTRY, 14)],
    ["does not save EFER", ERROR_NO_EFER_SWITCH, 0n, forbid(EXIT, 20)],
    ["does not load EFER at exits", ERROR_NO_EFER_SWITCH, 0n, forbid(EXIT, 21)],
    ["does not load EFER at entries", ERROR_NO_EFER_SWITCH, 0n, forbid(ENTRY, 15)],
    ["wants a bit of CR0 set", ERROR_VMX_CR0, 1n << 30n, set(CR0_FIXED0, 30)],
    ["wants a bit of CR0 clear", ERROR_VMX_CR0, 1n << 16n, clear(CR0_FIXED1, 16)],
    ["wants a bit of CR4 set", ERROR_VMX_CR4, 1n << 15n, set(CR4_FIXED0, 15)],
    ["wants a bit of CR4 clear that Linux has set", ERROR_VMX_CR4, 1n << 7n, clear(CR4_FIXED1, 7)],
    ["wants a bit of CR4 clear that host mode has set", ERROR_VMX_CR4, 1n << 11n, clear(CR4_FIXED1, 11)],
    [
      "uses 5-level paging",
      ERROR_LA57,
      0n,
      (cpu) => {
        cpu.cr[4] |= 1n << 12n;
        set(CR4_FIXED1, 12)(cpu);
      },
    ],
  ];

  it.each(cases)("%s: nothing is touched", (_, error, detail, spoil) => {
    const machine = loaded(3);
    const pages = machine.platform.takenPages;
    spoil(processor(machine, 1));
    const before = machine.processors.map(({ msrs }) => new Map(msrs));
    expect(machine.operate(IOCTL_START)).toEqual({ error, cpu: 2, phase: PHASE_NONE, file: 0, detail });
    expect(machine.status()).toMatchObject({ state: STATE_LOADED, runningCount: 0, memoryBytes: 0n });
    expect(machine.platform.takenPages).toBe(pages);
    expect(machine.demotions).toEqual([]);
    expect(machine.processors.map(({ msrs }) => msrs)).toEqual(before);
  });

  it("may have PE and PG as they are: an unrestricted guest can", () => {
    const machine = loaded(1);
    expect(processor(machine, 0).cr[0] & 0x8000_0001n).toBe(0x8000_0001n);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
  });
});

describe("IA32_FEATURE_CONTROL", () => {
  it("is allowed and locked where the firmware left it open, on entering", () => {
    const machine = loaded(2);
    for (const cpu of machine.processors) cpu.msrs.set(FEATURE_CONTROL, 0x10_0000n);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    for (const cpu of machine.processors) expect(cpu.msrs.get(FEATURE_CONTROL)).toBe(0x10_0005n);
  });

  it("stays open when another processor cannot do it", () => {
    const machine = loaded(2);
    processor(machine, 0).msrs.set(FEATURE_CONTROL, 0n);
    noVmx(processor(machine, 1));
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NO_VMX);
    expect(processor(machine, 0).msrs.get(FEATURE_CONTROL)).toBe(0n);
  });
});

describe("start and stop", () => {
  const read = (machine: Machine, address: bigint, size = 8) => machine.memory.peek(address, size);

  it("tell vendor and features, and enter without SVME and VMXE", () => {
    const machine = loaded(2);
    expect(machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    const state = machine.demotions[1]?.state ?? 0n;
    const args = machine.argsOf(state);
    expect(read(machine, args + BigInt(BOOT_ARGS_VENDOR), 4)).toBe(BigInt(VENDOR_INTEL));
    expect(
      Number(read(machine, args + BigInt(BOOT_ARGS_FEATURES), 4)) & (CPU_FEATURE_NRIP | CPU_FEATURE_FLUSH_ASID),
    ).toBe(0);
    expect(read(machine, state + BigInt(SAVED_STATE_HOST_EFER))).toBe(0xd01n);
    expect(read(machine, state + BigInt(SAVED_STATE_HOST_CR4))).toBe(0x34_0e60n);
    expect(read(machine, state + BigInt(SAVED_STATE_HSAVE_PA))).toBe(0n);
    expect(machine.operate(IOCTL_STOP).error).toBe(ERROR_NONE);
    machine.status();
    expect(machine.word(STATUS_ARGS_VENDOR)).toBe(VENDOR_INTEL);
  });

  it("notice VMXE that stays behind", () => {
    const machine = loaded(1);
    machine.operate(IOCTL_START);
    const cpu = processor(machine, 0);
    const before = cpu.onControl;
    let commands = 0;
    cpu.onControl = (command) => {
      if (++commands === 2) cpu.cr[4] |= 1n << 13n;
      return before(command);
    };
    expect(machine.operate(IOCTL_STOP)).toMatchObject({ error: ERROR_STOP_MISMATCH, detail: BigInt(SAVED_STATE_CR4) });
  });

  it("make hypercalls by VMCALL", () => {
    const machine = loaded(1);
    machine.operate(IOCTL_START);
    processor(machine, 0).takesHypercalls = true;
    expect(machine.operate(IOCTL_VMCALL).error).toBe(ERROR_NONE);
  });

  it("have tables for NMIs on the way, by the addresses of both sides", () => {
    const machine = loaded(2);
    machine.operate(IOCTL_START);
    for (const [index, { state }] of machine.demotions.entries()) {
      const area = state + BigInt(HANDOFF_OFFSET);
      const alias = HANDOFF_BASE + BigInt(index + 1) * HANDOFF_STATE_STRIDE;
      const field = (offset: number) => read(machine, area + BigInt(offset));
      expect(field(HANDOFF_ALIAS)).toBe(alias);
      // Linux's 64-bit code and stack, which are host mode's too.
      expect(Array.from({ length: 5 }, (_, i) => field(HANDOFF_GDT + 8 * i))).toEqual([
        0n,
        0n,
        0x00af_9b00_0000_ffffn,
        0x00cf_9300_0000_ffffn,
        0n,
      ]);
      const gate = (idt: number) => {
        const [low, high] = [field(idt + 32), field(idt + 40)];
        const handler = (low & 0xffffn) | ((low >> 32n) & 0xffff_0000n) | (high << 32n);
        return { handler, selector: (low >> 16n) & 0xffffn, rights: (low >> 32n) & 0xffffn };
      };
      const [offset, selector, rights] = [BigInt(NMI_OFFSET), 0x10n, 0x8e00n];
      expect(gate(HANDOFF_IDT_IN_OS)).toEqual({ handler: MODULE + offset, selector, rights });
      expect(gate(HANDOFF_IDT_IN_HOST)).toEqual({ handler: HANDOFF_BASE + offset, selector, rights });
      const operand = (offset: number) => ({ limit: field(offset) >> 48n, base: field(offset + 8) });
      const there = alias + BigInt(HANDOFF_OFFSET);
      expect(operand(HANDOFF_GDTR_IN_OS)).toEqual({ limit: 255n, base: area + BigInt(HANDOFF_GDT) });
      expect(operand(HANDOFF_GDTR_IN_HOST)).toEqual({ limit: 255n, base: there + BigInt(HANDOFF_GDT) });
      expect(operand(HANDOFF_IDTR_IN_OS)).toEqual({ limit: 47n, base: area + BigInt(HANDOFF_IDT_IN_OS) });
      expect(operand(HANDOFF_IDTR_IN_HOST)).toEqual({ limit: 47n, base: there + BigInt(HANDOFF_IDT_IN_HOST) });
      expect(read(machine, state + BigInt(SAVED_STATE_HANDOFF_NMIS), 4)).toBe(0n);
    }
  });
});
