// What the kernel is told: BootArgs and SavedState

import {
  BOOT_ARGS_DEBUG_LEVEL,
  BOOT_ARGS_EXT_BYTES,
  BOOT_ARGS_EXT_COUNT,
  BOOT_ARGS_FEATURES,
  BOOT_ARGS_MAGIC,
  BOOT_ARGS_PP_COUNT,
  BOOT_ARGS_PPID,
  BOOT_ARGS_PROMOTE_ENTRY,
  BOOT_ARGS_ROOT_PHYS,
  BOOT_ARGS_VENDOR,
  BOOT_ARGS_VERSION,
  BOOT_MAGIC,
  BOOT_VERSION,
  CPU_FEATURE_FSGSBASE,
  CPU_FEATURE_NRIP,
  CPU_FEATURE_SMAP,
  CPU_FEATURE_SMEP,
  CPU_FEATURE_UMIP,
  CPU_FEATURE_XSAVE,
  HANDOFF_BASE,
  IOCTL_START,
  SAVED_STATE_CR4,
  SAVED_STATE_CS_ATTRIB,
  SAVED_STATE_CS_BASE,
  SAVED_STATE_CS_LIMIT,
  SAVED_STATE_CS_SELECTOR,
  SAVED_STATE_DR6,
  SAVED_STATE_DS_ATTRIB,
  SAVED_STATE_DS_SELECTOR,
  SAVED_STATE_EFER,
  SAVED_STATE_FS_BASE,
  SAVED_STATE_GDTR_BASE,
  SAVED_STATE_GDTR_LIMIT,
  SAVED_STATE_GS_BASE,
  SAVED_STATE_HOST_CR3,
  SAVED_STATE_HOST_CR4,
  SAVED_STATE_HOST_EFER,
  SAVED_STATE_KERNEL_ENTRY,
  SAVED_STATE_LDTR_ATTRIB,
  SAVED_STATE_LSTAR,
  SAVED_STATE_OS_ADDRESS,
  SAVED_STATE_SS_ATTRIB,
  SAVED_STATE_TR_ATTRIB,
  SAVED_STATE_TR_BASE,
  SAVED_STATE_TR_LIMIT,
  SAVED_STATE_TR_SELECTOR,
  SAVED_STATE_XCR0,
  VENDOR_AMD,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { extensionImage, Machine, PROMOTE_OFFSET, TEXT } from "./machine/machine.ts";

function started(prepare: (machine: Machine) => void = () => {}): Machine {
  const machine = new Machine(2);
  prepare(machine);
  expect(machine.load().error).toBe(0);
  expect(machine.operate(IOCTL_START).error).toBe(0);
  return machine;
}

const stateOf = (machine: Machine, index: number) => machine.demotions[index]?.state ?? 0n;
const read = (machine: Machine, base: bigint, offset: number, size: number) =>
  machine.memory.peek(base + BigInt(offset), size);

describe("BootArgs", () => {
  it("hold what every processor shares and what is its own", () => {
    const machine = started();
    for (const index of [0, 1]) {
      const args = machine.argsOf(stateOf(machine, index));
      const long = (offset: number) => read(machine, args, offset, 8);
      const word = (offset: number) => Number(read(machine, args, offset, 4));
      expect(long(BOOT_ARGS_MAGIC)).toBe(BOOT_MAGIC);
      expect(long(BOOT_ARGS_VERSION)).toBe(BOOT_VERSION);
      expect(word(BOOT_ARGS_PPID)).toBe(index);
      expect(word(BOOT_ARGS_PP_COUNT)).toBe(2);
      expect(long(BOOT_ARGS_ROOT_PHYS)).toBe(read(machine, stateOf(machine, index), SAVED_STATE_HOST_CR3, 8));
      expect(long(BOOT_ARGS_PROMOTE_ENTRY)).toBe(HANDOFF_BASE + BigInt(PROMOTE_OFFSET));
      expect(word(BOOT_ARGS_VENDOR)).toBe(VENDOR_AMD);
      expect(word(BOOT_ARGS_EXT_COUNT)).toBe(1);
      expect(long(BOOT_ARGS_EXT_BYTES)).toBe(BigInt(extensionImage().length));
      expect(word(BOOT_ARGS_DEBUG_LEVEL)).toBe(1);
    }
  });

  it("name only features that every processor has", () => {
    const all = CPU_FEATURE_SMEP | CPU_FEATURE_SMAP | CPU_FEATURE_UMIP | CPU_FEATURE_XSAVE | CPU_FEATURE_FSGSBASE;
    const features = (machine: Machine, index: number) =>
      Number(read(machine, machine.argsOf(stateOf(machine, index)), BOOT_ARGS_FEATURES, 4));
    expect(features(started(), 0)).toBe(all);
    const uneven = started(({ processors: [first, second] }) => {
      if (first === undefined || second === undefined) return;
      first.svmEdx = 1 << 3;
      second.svmEdx = (1 << 3) | (1 << 6);
      second.leaf7Ebx = 1;
    });
    expect(features(uneven, 0)).toBe((all & ~(CPU_FEATURE_SMEP | CPU_FEATURE_SMAP)) | CPU_FEATURE_NRIP);
    expect(features(uneven, 1)).toBe(features(uneven, 0));
  });
});

describe("SavedState", () => {
  it("says how to enter host mode", () => {
    const machine = started();
    const state = stateOf(machine, 1);
    expect(read(machine, state, SAVED_STATE_OS_ADDRESS, 8)).toBe(state);
    expect(read(machine, state, SAVED_STATE_KERNEL_ENTRY, 8)).toBe(TEXT + 0x10n);
    expect(read(machine, state, SAVED_STATE_HOST_EFER, 8)).toBe(0x1d01n);
    // SMAP, SMEP, OSXSAVE, UMIP, OSXMMEXCPT, OSFXSR, MCE, PAE; neither PGE nor PCIDE.
    expect(read(machine, state, SAVED_STATE_HOST_CR4, 8)).toBe(0x34_0e60n);
  });

  it("asks for no protection that a processor lacks", () => {
    const machine = started(({ processors: [first] }) => {
      if (first !== undefined) Object.assign(first, { leaf7Ebx: 0, leaf7Ecx: 0, leaf1Ecx: 0 });
    });
    expect(read(machine, stateOf(machine, 1), SAVED_STATE_HOST_CR4, 8)).toBe(0x660n);
  });

  it("holds XCR0 of an operating system that has given XSAVE up, and of a processor without it none", () => {
    const xcr0 = (leaf1Ecx: number) => {
      const machine = started(({ processors: [first] }) => {
        if (first === undefined) return;
        Object.assign(first, { leaf1Ecx, xcr0: 0xe7n });
        first.cr[4] = 0x33_06f0n;
      });
      expect(machine.processors[0]?.cr[4]).toBe(0x33_06f0n);
      return read(machine, stateOf(machine, 0), SAVED_STATE_XCR0, 8);
    };
    expect(xcr0(1 << 26)).toBe(0xe7n);
    expect(xcr0(0)).toBe(0n);
  });

  it("holds the operating system's registers", () => {
    const machine = started();
    const state = stateOf(machine, 0);
    const gdt = machine.processors[0]?.gdt ?? 0n;
    expect(read(machine, state, SAVED_STATE_CR4, 8)).toBe(0x37_06f0n);
    expect(read(machine, state, SAVED_STATE_XCR0, 8)).toBe(7n);
    expect(read(machine, state, SAVED_STATE_DR6, 8)).toBe(0xffff_0ff0n);
    expect(read(machine, state, SAVED_STATE_EFER, 8)).toBe(0xd01n);
    expect(read(machine, state, SAVED_STATE_LSTAR, 8)).toBe(0xffff_ffff_8100_0000n);
    expect(read(machine, state, SAVED_STATE_FS_BASE, 8)).toBe(0x7fff_f7d8_a740n);
    expect(read(machine, state, SAVED_STATE_GS_BASE, 8)).toBe(0xffff_8880_7dc0_0000n);
    expect(read(machine, state, SAVED_STATE_GDTR_BASE, 8)).toBe(gdt);
    expect(read(machine, state, SAVED_STATE_GDTR_LIMIT, 4)).toBe(0x7fn);
  });

  it("holds segments as a VMCB does", () => {
    const machine = started();
    const state = stateOf(machine, 0);
    expect(read(machine, state, SAVED_STATE_CS_SELECTOR, 2)).toBe(0x10n);
    expect(read(machine, state, SAVED_STATE_CS_ATTRIB, 2)).toBe(0xa9bn);
    expect(read(machine, state, SAVED_STATE_CS_LIMIT, 4)).toBe(0xffff_ffffn);
    expect(read(machine, state, SAVED_STATE_CS_BASE, 8)).toBe(0n);
    expect(read(machine, state, SAVED_STATE_SS_ATTRIB, 2)).toBe(0xc93n);
    expect(read(machine, state, SAVED_STATE_DS_SELECTOR, 2)).toBe(0n);
    expect(read(machine, state, SAVED_STATE_DS_ATTRIB, 2)).toBe(0n);
    expect(read(machine, state, SAVED_STATE_LDTR_ATTRIB, 2)).toBe(0n);
    expect(read(machine, state, SAVED_STATE_TR_SELECTOR, 2)).toBe(0x40n);
    expect(read(machine, state, SAVED_STATE_TR_ATTRIB, 2)).toBe(0x8bn);
    expect(read(machine, state, SAVED_STATE_TR_LIMIT, 4)).toBe(0x206fn);
    expect(read(machine, state, SAVED_STATE_TR_BASE, 8)).toBe(0xffff_fe00_0000_3000n);
  });
});
