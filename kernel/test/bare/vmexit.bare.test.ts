import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  PHASE_RUNNING,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { EXIT_LOADER, exitsLine, failedStart, faultLine, LOADER_CPUIDS } from "./expected.ts";
import { run, runUntil, withoutRegisters } from "./run.ts";

const BREAKPOINT = 3;
const UNDEFINED_OPCODE = 6;
const PAGE_FAULT = 14;
const USER_READ = 4;

const cases = [
  {
    name: "returns",
    code: "ret",
    status: BOOT_EXT_RETURNED,
    detail: PAGE_FAULT,
    ring: [
      faultLine(PAGE_FAULT, USER_READ, EXT_STACK_BASE + EXT_STACK_BYTES),
      "bareflank: PP 0: the extension returned without a system call in vmexit",
    ],
  },
  {
    name: "exits",
    code: "CALL(CONTROL_EXIT)",
    status: BOOT_EXT_EXIT,
    detail: 0,
    ring: ["bareflank: PP 0: the extension called exit in vmexit"],
  },
  {
    name: "faults",
    code: "ud2",
    status: BOOT_EXT_FAULT,
    detail: UNDEFINED_OPCODE,
    ring: [faultLine(UNDEFINED_OPCODE), "bareflank: PP 0: the extension faulted in vmexit"],
  },
  {
    name: "waits",
    code: "CALL(CONTROL_WAIT)",
    status: BOOT_EXT_WAIT,
    detail: 0,
    ring: ["bareflank: PP 0: the extension called wait or again where that ends nothing in vmexit"],
  },
];

/** Code for the third exit: the first is the loader's, and was handled. */
const later = (code: string) => `cmp dword ptr [rip + exits], 3; jne 1f; ${code}; 1:`;
const HALTED = "bareflank: processor halted: the extension failed after its VM had started";

describe("an extension whose first vmexit", () => {
  it.each(cases)("$name gives the processor back", async ({ code, status, detail, ring }) => {
    const result = await run(assemble({ vmexit: code }));
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_RUNNING, status, detail));
    expect(result.ring).toEqual(ring);
  });

  it("faults on PP 1 gives both processors back", async () => {
    const vmexit = "cmp word ptr fs:[BF_TCB_PPID], 1; jne 1f; ud2; 1:";
    const result = await run(assemble({ vmexit }), { smp: 2 });
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_RUNNING, BOOT_EXT_FAULT, UNDEFINED_OPCODE, 1));
    expect(result.ring).toEqual([
      faultLine(UNDEFINED_OPCODE, 0, 0n, 1),
      "bareflank: PP 1: the extension faulted in vmexit",
      exitsLine(LOADER_CPUIDS),
    ]);
  });
});

describe("an extension whose later vmexit", () => {
  it.each(cases)("$name halts the processor, and says so", async ({ code, ring }) => {
    const result = await runUntil(assemble({ vmexit: later(code) }), HALTED);
    const lines = withoutRegisters(result.output);
    expect(lines.slice(lines.indexOf(ring[0] ?? ""))).toEqual([...ring, HALTED]);
  });

  it("asserts, and whose fail callback says again, loses nothing", async () => {
    const result = await run(assemble({ vmexit: later("int3"), fail: "CALL(CONTROL_AGAIN)" }), { cpuids: 20 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0] });
    expect(result.ring).toEqual([faultLine(BREAKPOINT), exitsLine(20 + LOADER_CPUIDS)]);
  });

  it("faults, and whose fail callback runs the VM, repeats the exit", async () => {
    const result = await run(assemble({ vmexit: later("ud2"), fail: "CALL_WITH_HANDLE(VS_RUN_CURRENT)" }), {
      cpuids: 20,
    });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0] });
    expect(result.ring).toEqual([faultLine(UNDEFINED_OPCODE), exitsLine(21 + LOADER_CPUIDS)]);
  });
});
