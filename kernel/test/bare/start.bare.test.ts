import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_NO_BOOTSTRAP,
  BOOT_EXT_NO_FAIL,
  BOOT_EXT_NO_VMEXIT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  EXT_FAIL_STACK_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  PHASE_START,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble, type Changes } from "./assemble.ts";
import { EXIT_LOADER, failedStart, faultLine } from "./expected.ts";
import { run } from "./run.ts";

const UNDEFINED_OPCODE = 6;
const PAGE_FAULT = 14;
const USER_READ = 4;

interface Case {
  readonly name: string;
  readonly changes: Changes;
  readonly status: number;
  readonly detail?: number;
  readonly ring: readonly string[];
}

const returned = [
  faultLine(PAGE_FAULT, USER_READ, EXT_STACK_BASE + EXT_STACK_BYTES),
  "bareflank: PP 0: the extension returned without a system call in _start",
];
const faulted = [faultLine(UNDEFINED_OPCODE), "bareflank: PP 0: the extension faulted in _start"];
const exited = ["bareflank: PP 0: the extension called exit in _start"];

const cases: readonly Case[] = [
  { name: "returns", changes: { start: "ret" }, status: BOOT_EXT_RETURNED, detail: PAGE_FAULT, ring: returned },
  {
    name: "returns with its callbacks registered",
    changes: { registered: "ret" },
    status: BOOT_EXT_RETURNED,
    detail: PAGE_FAULT,
    ring: returned,
  },
  { name: "exits", changes: { start: "CALL(CONTROL_EXIT)" }, status: BOOT_EXT_EXIT, ring: exited },
  {
    name: "exits with its callbacks registered",
    changes: { registered: "CALL(CONTROL_EXIT)" },
    status: BOOT_EXT_EXIT,
    ring: exited,
  },
  { name: "faults", changes: { start: "ud2" }, status: BOOT_EXT_FAULT, detail: UNDEFINED_OPCODE, ring: faulted },
  {
    name: "faults with its callbacks registered",
    changes: { registered: "ud2" },
    status: BOOT_EXT_FAULT,
    detail: UNDEFINED_OPCODE,
    ring: faulted,
  },
  {
    name: "registers nothing",
    changes: { without: ["bootstrap", "vmexit", "fail"] },
    status: BOOT_EXT_NO_BOOTSTRAP,
    ring: ["bareflank: PP 0: no bootstrap callback was registered in _start"],
  },
  {
    name: "registers no bootstrap callback",
    changes: { without: ["bootstrap"] },
    status: BOOT_EXT_NO_BOOTSTRAP,
    ring: ["bareflank: PP 0: no bootstrap callback was registered in _start"],
  },
  {
    name: "registers no vmexit callback",
    changes: { without: ["vmexit"] },
    status: BOOT_EXT_NO_VMEXIT,
    ring: ["bareflank: PP 0: no vmexit callback was registered in _start"],
  },
  {
    name: "registers no fail callback",
    changes: { without: ["fail"] },
    status: BOOT_EXT_NO_FAIL,
    ring: ["bareflank: PP 0: no fail callback was registered in _start"],
  },
  {
    name: "faults, and again in its fail callback",
    changes: { registered: "ud2", fail: "mov rax, [0x1000]" },
    status: BOOT_EXT_FAULT,
    detail: PAGE_FAULT,
    ring: [
      faultLine(UNDEFINED_OPCODE),
      faultLine(PAGE_FAULT, USER_READ, 0x1000n),
      "bareflank: PP 0: the extension faulted in fail, called for _start",
    ],
  },
  {
    name: "faults, and returns from its fail callback",
    changes: { registered: "ud2", fail: "ret" },
    status: BOOT_EXT_RETURNED,
    detail: PAGE_FAULT,
    ring: [
      faultLine(UNDEFINED_OPCODE),
      faultLine(PAGE_FAULT, USER_READ, EXT_FAIL_STACK_BASE + EXT_STACK_BYTES),
      "bareflank: PP 0: the extension returned without a system call in fail, called for _start",
    ],
  },
  {
    name: "faults, and waits in its fail callback",
    changes: { registered: "ud2", fail: "CALL(CONTROL_WAIT)" },
    status: BOOT_EXT_WAIT,
    ring: [
      faultLine(UNDEFINED_OPCODE),
      "bareflank: PP 0: the extension called wait or again where that ends nothing in fail, called for _start",
    ],
  },
];

describe("an extension whose _start", () => {
  it.each(cases)("$name is refused, and the machine works on", async ({ changes, status, detail, ring }) => {
    const result = await run(assemble(changes));
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_START, status, detail));
    expect(result.ring).toEqual(ring);
  });

  it("asserts, and whose fail callback says again, works as if nothing had happened", async () => {
    const result = await run(assemble({ registered: "int3", fail: "CALL(CONTROL_AGAIN)" }));
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0] });
    expect(result.ring[0]).toBe(faultLine(3));
  });
});
