// The fixtures of sdk.bare.test.ts on Intel: few runs, each of many checks, because Bochs takes seconds to begin

import { BOOT_INVALID_VM, ERROR_START_FAILED } from "@bareflank/abi";
import { beforeAll, describe, expect, it } from "vitest";
import { LOADER_CPUIDS } from "../../../kernel/test/bare/expected.ts";
import { actionResult, buildProbes, runProbe } from "./fixtures.ts";

const EXIT_BUG = 19;
const CPUIDS = 1 + LOADER_CPUIDS;
const passed = { kind: "exit", exitCode: 0, report: undefined };
const runIntel = (name: string, append = "", smp = 1) => runProbe(name, append, { machine: "intel", smp });
const exception = (vector: number, errorCode: number) =>
  expect.stringContaining(`bare: exception ${vector}, error code 0x${errorCode.toString(16)}, at `);

beforeAll(() => buildProbes());

describe("on Intel", () => {
  it("MSRs that a map names are changed, and others pass", async () => {
    const real = actionResult(await runIntel("cheap", "rdmsr=0x1b"), "rdmsr") ?? 0n;
    const result = await runIntel("msr", "rdmsr=0x1b wrmsr=0x200 value=0x1234006", 2);
    expect(result).toMatchObject({ ...passed, worked: [0, 1] });
    expect(actionResult(result, "rdmsr")).toBe(real ^ 0xf000_0000_0000_0001n);
    expect(result.ring).toContain("PP 0: reads 1 of 2");
    // The loader reads the PAT when it stops
    expect(result.ring).toContain("PP 0: RDMSR 0x277");
  });

  it("a VS that breaks a rule of the manual is explained, to its extension and in the ring", async () => {
    const rule = "CR0: a bit is not as VMX wants it (SDM 3, 27.3.1.1); register 137 is 0x80010032";
    const result = await runIntel("refused");
    expect(result.report).toMatchObject({ error: ERROR_START_FAILED, detail: BigInt(BOOT_INVALID_VM) << 32n });
    expect(result.ring.slice(0, 4)).toEqual([
      "PP 0: fine: no rule that the registers show is broken",
      `PP 0: broken: ${rule}`,
      "bareflank: PP 0: exit reason 0x80000021, qualification 0x0",
      `bareflank: PP 0: the processor refuses VS 0: ${rule}`,
    ]);
  });

  it("a write of an MSR is refused by a general protection fault", async () => {
    const result = await runIntel("msr", "wrmsr=0xc0000103 value=1");
    expect(result).toMatchObject({ exitCode: EXIT_BUG, output: exception(13, 0x18) });
  });

  it("MSRs that are in no map are the processor's", async () => {
    const result = await runIntel("cheap", "rdmsr=0x12345678");
    expect(result.output).toMatch(/bare: (rdmsr 0x0|exception 13, error code 0x0, at )/);
  });

  it("port accesses are swallowed or carried out, strings element by element", async () => {
    const result = await runIntel("io", "outb=0x80 value=0xa5 outsb=0x3ff inb=0x3ff");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "inb")).toBe(BigInt("c".charCodeAt(0)));
    expect(result.ring).toContain("PP 0: OUT 0x80, 0xa5");
    expect(result.ring).toContain("PP 0: writes 1, strings 1");
    expect(result.ring).toContain(`bareflank: PP 0: exits by reason: 0xa=${CPUIDS} 0x1e=3`);
  });

  it("hypercalls are answered, HLT and UD2 skipped, and an interrupt's window found once", async () => {
    const result = await runIntel("events", "vmmcall=0x4000 hlt=1 sti=1 ud=1");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "vmmcall")).toBe(0x4001n);
    expect(result.ring).toContain("PP 0: halts 1, UD2 1, windows 1");
  });

  it.each([
    ["a general protection fault", "vmmcall=0x2000", 13, 0x1234],
    ["a page fault", "vmmcall=0x3000", 14, 0x15],
    ["#UD for a hypercall that nobody wants", "vmmcall=7", 6, 0],
    ["#UD that no handler wants", "ud=2", 6, 0],
  ])("the VM gets %s", async (_name, append, vector, errorCode) => {
    const result = await runIntel("events", append);
    expect(result).toMatchObject({ exitCode: EXIT_BUG, output: exception(vector, errorCode) });
  });

  it("writes of CR4 are changed", async () => {
    const result = await runIntel("control", "cr4=0x204");
    expect(result).toMatchObject(passed);
    expect((actionResult(result, "cr4") ?? -1n) & 0x204n).toBe(0x200n);
    expect(result.ring).toContain("PP 0: CR4 changes 0x4");
  });

  it("the operating system reads CR4.VMXE as it wrote it, which is not what the processor has", async () => {
    const before = actionResult(await runIntel("cheap", "cr4=0"), "cr4") ?? -1n;
    const { output } = await runIntel("cheap", "cr4=0x2000");
    expect(before & 0x2000n).toBe(0n);
    expect(output).toContain(`bare: cr4 0x${(before | 0x2000n).toString(16)}`);
  });

  it("the guest's memory is found by its own page tables", async () => {
    const result = await runIntel("memory", "vmmcall=0xa000000");
    expect(result).toMatchObject(passed);
    expect(result.ring).toEqual(
      expect.arrayContaining([
        "PP 0: translate 0xa000000",
        "PP 0: user not mapped",
        expect.stringMatching(/^PP 0: code 0x[0-9a-f]{2}010f$/),
        "PP 0: across 0xddeeff0011223344",
        "PP 0: own 0x1",
        "PP 0: efer 0x500",
      ]),
    );
  });

  it("nested page tables show another page, refuse writes, and hide", async () => {
    const written = await runIntel("nested", "peek=0xa002ff8 poke=0xa000008 value=0x4321");
    expect(written).toMatchObject(passed);
    expect(actionResult(written, "poke")).toBe(0x4321n);
    expect(written.ring).toContain("PP 0: read of 0xa002ff8 absent");
    expect(written.ring).toContain("PP 0: write to 0xa000008 refused");
    expect(written.ring).toContain("PP 0: faults 2");
  });

  it("processors count together without losing any", async () => {
    const result = await runIntel("shared", "", 2);
    expect(result).toMatchObject({ ...passed, worked: [0, 1] });
    expect(result.ring).toContain(`PP 0: counted by all: ${2 * CPUIDS - 1}, by this one: ${CPUIDS - 1}`);
  });
});
