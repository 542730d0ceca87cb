// Events on AMD and Intel: injected, interrupted and delivered again, and NMIs

import * as abi from "@bareflank/abi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { destroyVs, load, on, RUN, read, registers, reset, runs, unit } from "./simulated-vs.ts";

beforeAll(load);
beforeEach(reset);

describe("events", () => {
  it("are one word on AMD, and two fields on Intel", () => {
    on("amd");
    unit.raise(14, 0x15);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x15_8000_0b0en);
    on("intel");
    unit.raise(14, 0x15);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0b0en);
    expect(read(abi.INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE)).toBe(0x15n);
  });

  it("have no error code in real mode", () => {
    for (const [vendor, cr0, event] of [
      ["amd", abi.AMD_REG_CR0, abi.AMD_REG_EVENTINJ],
      ["intel", abi.INTEL_REG_CR0, abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD],
    ] as const) {
      on(vendor);
      registers.set(cr0, 0x10n);
      unit.raise(13, 0x15);
      expect(read(event)).toBe(0x8000_030dn);
    }
  });

  it("that are faults are pushed with RF set, traps and aborts are not", () => {
    const RF = 1n << 16n;
    for (const [vendor, flags] of [
      ["amd", abi.AMD_REG_RFLAGS],
      ["intel", abi.INTEL_REG_RFLAGS],
    ] as const) {
      for (let vector = 0; vector < 22; vector++) {
        on(vendor);
        registers.set(flags, 0x202n);
        unit.raise(vector, 0);
        expect(read(flags), `${vendor} ${vector}`).toBe([1, 2, 3, 4, 8, 18].includes(vector) ? 0x202n : 0x202n | RF);
      }
    }
  });

  it("that an exit interrupted are delivered again, a software interrupt with its length", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_1480n);
    registers.set(abi.INTEL_REG_VMEXIT_INSTRUCTION_LENGTH, 2n);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0480n);
    expect(read(abi.INTEL_REG_VMENTRY_INSTRUCTION_LENGTH)).toBe(2n);
  });

  it("are not delivered again by AMD when the instruction INT is executed once more", () => {
    on("amd");
    registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0480n);
    unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0n);
    registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0030n);
    unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
    expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x8000_0030n);
  });

  it("are not delivered again by AMD when INT3 or INTO is executed once more, unless they were injected", () => {
    on("amd");
    for (const vector of [3n, 4n]) {
      registers.clear();
      registers.set(abi.AMD_REG_RIP, 0x1000n);
      registers.set(abi.AMD_REG_EXITINTINFO, 0x8000_0300n | vector);
      unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
      expect(read(abi.AMD_REG_EVENTINJ)).toBe(0n);
      registers.set(abi.AMD_REG_RIP, 0x1001n);
      unit.raise(Number(vector), 0); // what an intercepted INT3 that passes does
      registers.set(abi.AMD_REG_EVENTINJ, 0n);
      unit.deliverAgain(abi.AMD_EXIT_NESTED_PAGE_FAULT);
      expect(read(abi.AMD_REG_EVENTINJ)).toBe(0x8000_0300n | vector);
    }
  });

  it.each(["amd", "intel"] as const)("are nobody's when a handler has destroyed the VS (%s)", (vendor) => {
    on(vendor);
    destroyVs();
    unit.deliverAgain(vendor === "amd" ? abi.AMD_EXIT_NESTED_PAGE_FAULT : abi.INTEL_EXIT_EPT_VIOLATION);
    registers.delete(abi.INTEL_REG_EXIT_REASON);
    expect(registers.size).toBe(0);
  });

  it("were not interrupted by an entry that failed, whatever the exit before it had", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0030n);
    unit.deliverAgain(abi.INTEL_EXIT_ENTRY_FAILURE | abi.INTEL_EXIT_MACHINE_CHECK_AT_ENTRY);
    expect(registers.has(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(false);
  });

  it("give way to an event that is there already", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0030n);
    unit.raise(13, 0);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0b0dn);
  });

  it("that are exceptions are delivered again with their code", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0b0en);
    registers.set(abi.INTEL_REG_IDT_VECTORING_ERROR_CODE, 0x15n);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0b0en);
    expect(read(abi.INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE)).toBe(0x15n);
  });

  it("that are NMIs are let in: their delivery blocks the next one", () => {
    on("intel");
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0202n);
    registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, 9n);
    unit.deliverAgain(abi.INTEL_EXIT_EPT_VIOLATION);
    expect(read(abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0x8000_0202n);
    expect(read(abi.INTEL_REG_INTERRUPTIBILITY_STATE)).toBe(1n);
  });

  it.each<[string, bigint, number, bigint, bigint]>([
    ["an EPT violation", abi.INTEL_EXIT_EPT_VIOLATION, abi.INTEL_REG_EXIT_QUALIFICATION, 0x1182n, 8n],
    ["one where it had not", abi.INTEL_EXIT_EPT_VIOLATION, abi.INTEL_REG_EXIT_QUALIFICATION, 0x182n, 0n],
    ["an exception", abi.INTEL_EXIT_EXCEPTION_OR_NMI, abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, 0x8000_1b0dn, 8n],
    [
      "a double fault",
      abi.INTEL_EXIT_EXCEPTION_OR_NMI,
      abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION,
      0x8000_1b08n,
      0n,
    ],
    ["another exit", abi.INTEL_EXIT_CPUID, abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, 0x1000n, 0n],
  ])("block NMIs again when the IRET that ended it has faulted: %s", (_, reason, register, value, blocking) => {
    on("intel");
    registers.set(register, value);
    unit.deliverAgain(reason);
    expect(read(abi.INTEL_REG_INTERRUPTIBILITY_STATE)).toBe(blocking);
  });

  it.each(["amd", "intel"] as const)("wait for the end of an interrupt shadow (%s)", (vendor) => {
    on(vendor);
    expect(unit.shadow(1)).toBe(1);
    expect(unit.shadow(0)).toBe(0);
  });

  it("wait on Intel as behind STI where interrupts are enabled, else as behind a move to SS", () => {
    on("intel");
    const blocking = () => read(abi.INTEL_REG_INTERRUPTIBILITY_STATE);
    unit.shadow(1);
    expect(blocking()).toBe(2n);
    // One that is there already is as good, and both at a time are refused
    unit.set(abi.REG_RFLAGS, 0x202n);
    unit.shadow(1);
    expect(blocking()).toBe(2n);
    unit.shadow(0);
    unit.shadow(1);
    expect(blocking()).toBe(1n);
  });
});

describe("an NMI on Intel", () => {
  const information = abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD;
  const controls = abi.INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS;
  const NMI = 0x8000_0202n;
  const WINDOW = 1n << 22n;

  beforeEach(() => {
    on("intel");
    registers.set(abi.INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION, NMI);
  });

  it("is delivered at once when the VM can take it", () => {
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([NMI, 0n]);
  });

  it.each([1n, 2n, 8n])("waits for its window while something blocks it (%i)", (blocking) => {
    registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, blocking);
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([0n, WINDOW]);
    expect(unit.unasked(abi.INTEL_EXIT_NMI_WINDOW)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([NMI, 0n]);
  });

  it("waits for its window while something else is delivered", () => {
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, 0x8000_0030n);
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([0x8000_0030n, WINDOW]);
  });

  it.each([
    ["at once", 0n, 0n, NMI, 0n],
    ["when nothing blocks it", 8n, 0n, 0n, WINDOW],
    ["behind what is being delivered", 0n, 0x8000_0030n, 0x8000_0030n, WINDOW],
  ])("is the root VM's when it comes while another VM runs: %s", (_, blocking, event, injected, window) => {
    runs(7);
    registers.set(abi.INTEL_REG_INTERRUPTIBILITY_STATE, blocking);
    registers.set(abi.INTEL_REG_IDT_VECTORING_INFORMATION_FIELD, event);
    expect(unit.unasked(abi.INTEL_EXIT_EXCEPTION_OR_NMI)).toBe(RUN);
    expect([read(information), read(controls)]).toEqual([injected, window]);
  });
});

it.each([
  ["amd", abi.AMD_EXIT_INTR],
  ["intel", abi.INTEL_EXIT_EXTERNAL_INTERRUPT],
] as const)("an interrupt of the machine's has the root VM go on (%s)", (vendor, reason) => {
  on(vendor);
  runs(7);
  expect(unit.unasked(reason)).toBe(RUN);
  expect(read(vendor === "amd" ? abi.AMD_REG_EVENTINJ : abi.INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD)).toBe(0n);
});
