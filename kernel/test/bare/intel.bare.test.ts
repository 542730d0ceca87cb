// Intel: the same kernel image on Bochs

import { join } from "node:path";
import { BOOT_EXT_FAULT, BOOT_INVALID_VM, PHASE_BOOTSTRAP, PHASE_RUNNING } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble, type Changes } from "./assemble.ts";
import { EXIT_LOADER, exitsLine, failedStart, LOADER_CPUIDS } from "./expected.ts";
import { type Options, run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
/** Instructions for one CPUID in the root VM, the extension's included; measured 236. */
const MOST_INSTRUCTIONS = 260;
const GENERAL_PROTECTION = 13;
const PAGE_FAULT = 14;

const runIntel = (extension: string, options: Options = {}) => run(extension, { machine: "intel", ...options });
const runChanged = (changes: Changes, options: Options = {}) => runIntel(assemble(changes, "intel"), options);

/** What the bare platform prints after a storm of NMIs. */
const STORM = /^bare: processor 1: NMIs sent (\d+), received (\d+)$/m;
const COST = /^bare: processor 0: \d+ CPUIDs of leaf \S+ in the root VM: (\d+) each$/m;

describe("the default extension", () => {
  it("answers every CPUID in ring 3, within its number of instructions", async () => {
    const result = await runIntel(DEFAULT, { cpuids: 1000 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0] });
    expect(result.ring).toContain(exitsLine(1000 + LOADER_CPUIDS, 0, "intel"));
    expect(Number(COST.exec(result.output)?.[1])).toBeLessThanOrEqual(MOST_INSTRUCTIONS);
  });

  it("starts and stops on two processors, again and again, without losing a page", async () => {
    const result = await runIntel(DEFAULT, { smp: 2, cpuids: 100, append: "cycles=3" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output.match(/^bare: stopped, registers as before\r?$/gm)).toHaveLength(3);
  });
});

describe("NMIs", () => {
  it.each([
    ["the default extension", () => DEFAULT],
    ["an extension in assembly", () => assemble({}, "intel")],
  ])("in a storm of CPUIDs reach the root VM, all and once: %s", async (_, extension) => {
    const result = await runIntel(extension(), { smp: 2, cpuids: 10, append: "nmis=1000" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(STORM.exec(result.output)?.slice(1)).toEqual(["1000", "1000"]);
  });
});

describe("what a VM exit loosens", () => {
  it("is no loss: the extension uses ports behind it", async () => {
    const result = await runChanged({ vmexit: "mov r8, rax; in al, 0x80; in al, 0x80; mov rax, r8" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  });

  it.each([
    ["a selector behind the GDT", "mov eax, 0x4003; mov fs, eax", PAGE_FAULT],
    ["a vector behind the exceptions", "int 0x40", GENERAL_PROTECTION],
    ["a vector of an exception", "int 0x0d", GENERAL_PROTECTION],
  ])("is no gain: %s", async (_, vmexit, vector) => {
    const result = await runChanged({ vmexit });
    expect(result).toMatchObject({ exitCode: EXIT_LOADER });
    expect(result.report).toEqual(failedStart(PHASE_RUNNING, BOOT_EXT_FAULT, vector));
  });
});

describe("a root VS that the processor refuses", () => {
  it.each([
    ["a control field", "VIRTUAL_PROCESSOR_IDENTIFIER", "VM-instruction error 7", "VPID must not be 0"],
    ["the guest's state", "VMCS_LINK_POINTER", "exit reason 0x80000021, qualification 0x4", "VMCS link pointer: "],
  ])("for %s leaves the operating system running, and says why", async (_, register, number, rule) => {
    const result = await runChanged({ initialised: `WRITE(BF_INTEL_REG_${register}, 0)` });
    expect(result).toMatchObject({ exitCode: EXIT_LOADER });
    expect(result.report).toEqual(failedStart(PHASE_RUNNING, BOOT_INVALID_VM));
    expect(result.ring).toContain(`bareflank: PP 0: ${number}`);
    expect(result.ring.join("\n")).toContain(`bareflank: PP 0: the processor refuses VS 0: ${rule}`);
  });

  it("that was made for the other vendor fails before it runs", async () => {
    const result = await runIntel(assemble({}, "amd"));
    expect(result).toMatchObject({ exitCode: EXIT_LOADER });
    expect([PHASE_BOOTSTRAP, PHASE_RUNNING]).toContain(result.report?.phase);
  });
});
