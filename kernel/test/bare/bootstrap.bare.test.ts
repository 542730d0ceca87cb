import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  EXT_STACK_STRIDE,
  PHASE_BOOTSTRAP,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble, type Changes } from "./assemble.ts";
import { EXIT_LOADER, exitsLine, failedStart, faultLine, LOADER_CPUIDS } from "./expected.ts";
import { run } from "./run.ts";

const DIVIDE_ERROR = 0;
const BREAKPOINT = 3;
const UNDEFINED_OPCODE = 6;
const PAGE_FAULT = 14;
const USER_READ = 4;

const WAITED = "the extension called wait or again where that ends nothing in bootstrap";

/** Runs the root VS of PP 0, whose VP and VS have the numbers 0. */
const runRoot = "xor esi, esi; xor edx, edx; xor r10d, r10d; CALL_WITH_HANDLE(VS_RUN)";

interface Case {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly detail?: number;
  readonly ring: readonly string[];
}

const top = EXT_STACK_BASE + EXT_STACK_BYTES;
const cases = (cpu: number): readonly Case[] => [
  {
    name: "returns",
    code: "ret",
    status: BOOT_EXT_RETURNED,
    detail: PAGE_FAULT,
    ring: [
      faultLine(PAGE_FAULT, USER_READ, top + EXT_STACK_STRIDE * BigInt(cpu), cpu),
      `bareflank: PP ${cpu}: the extension returned without a system call in bootstrap`,
    ],
  },
  {
    name: "exits",
    code: "CALL(CONTROL_EXIT)",
    status: BOOT_EXT_EXIT,
    ring: [`bareflank: PP ${cpu}: the extension called exit in bootstrap`],
  },
  {
    name: "faults",
    code: "ud2",
    status: BOOT_EXT_FAULT,
    detail: UNDEFINED_OPCODE,
    ring: [faultLine(UNDEFINED_OPCODE, 0, 0n, cpu), `bareflank: PP ${cpu}: the extension faulted in bootstrap`],
  },
  { name: "waits", code: "CALL(CONTROL_WAIT)", status: BOOT_EXT_WAIT, ring: [`bareflank: PP ${cpu}: ${WAITED}`] },
  { name: "says again", code: "CALL(CONTROL_AGAIN)", status: BOOT_EXT_WAIT, ring: [`bareflank: PP ${cpu}: ${WAITED}`] },
];

describe("an extension whose bootstrap", () => {
  it.each(cases(0))("$name is refused, and the machine works on", async ({ code, status, detail, ring }) => {
    const result = await run(assemble({ bootstrap: code }));
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, status, detail));
    expect(result.ring).toEqual(ring);
  });

  it.each(cases(0))("$name with the root VS made is refused all the same", async ({ code, status, detail, ring }) => {
    const result = await run(assemble({ initialised: code }));
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, status, detail));
    expect(result.ring).toEqual(ring);
  });

  it.each(cases(1))("$name on PP 1 takes PP 0 back, too", async ({ code, status, detail, ring }) => {
    const result = await run(assemble({ bootstrap: `cmp edi, 1; jne 1f; ${code}; 1:` }), { smp: 2 });
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, status, detail, 1));
    expect(result.ring).toEqual([...ring, exitsLine(LOADER_CPUIDS)]);
  });
});

describe("a fail callback", () => {
  const recovers = async (changes: Changes, ring: readonly string[]) => {
    const result = await run(assemble(changes), { cpuids: 10 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0] });
    expect(result.ring).toEqual([...ring, exitsLine(10 + LOADER_CPUIDS)]);
  };

  it("repairs an assertion in bootstrap: run", async () => {
    await recovers({ initialised: "int3; ud2", fail: runRoot }, [faultLine(BREAKPOINT)]);
  });

  it("repairs an assertion in bootstrap: again goes on behind it", async () => {
    await recovers({ bootstrap: "int3", fail: "CALL(CONTROL_AGAIN)" }, [faultLine(BREAKPOINT)]);
  });

  it("repairs what faulted: again executes the same instruction once more, with all registers", async () => {
    const bootstrap = `
      mov ebx, 0x5eed
      mov eax, 42
      xor edx, edx
      div dword ptr [rip + divisor]
      cmp eax, 14
      jne give_up
      cmp ebx, 0x5eed
      jne give_up`;
    await recovers({ bootstrap, fail: "mov dword ptr [rip + divisor], 3; xor ebx, ebx; CALL(CONTROL_AGAIN)" }, [
      faultLine(DIVIDE_ERROR),
    ]);
  });

  it("gets error code, vector and address, and leaves a page fault behind by running the VM", async () => {
    await recovers({ initialised: "mov rax, [0x1234000]", fail: `CALL(DEBUG_OUT); ${runRoot}` }, [
      faultLine(PAGE_FAULT, USER_READ, 0x123_4000n),
      "0x000000040000000e 0x0000000001234000",
    ]);
  });

  it("runs on a stack of its own, with the direction flag clear and registers that tell nothing", async () => {
    const fail = `
      pushfq
      pop rdi
      mov rsi, rsp
      CALL(DEBUG_OUT)
      mov rdi, rbx
      or rdi, r12
      or rdi, r15
      or rdi, rbp
      mov rsi, r9
      CALL(DEBUG_OUT)
      ${runRoot}`;
    await recovers(
      { initialised: "std; mov ebx, 1; mov ebp, 2; mov r9d, 4; mov r15d, 8; mov rsp, 0x1000; push rax", fail },
      [
        faultLine(PAGE_FAULT, 6, 0xff8n),
        "0x0000000000000002 0x0000318000008000",
        "0x0000000000000000 0x0000000000000000",
      ],
    );
  });

  it("that fails itself is the end, and the operating system gets its processor back", async () => {
    const result = await run(assemble({ bootstrap: "ud2", fail: "mov al, [0]" }));
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER });
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, PAGE_FAULT));
    expect(result.ring).toEqual([
      faultLine(UNDEFINED_OPCODE),
      faultLine(PAGE_FAULT, USER_READ),
      "bareflank: PP 0: the extension faulted in fail, called for bootstrap",
    ]);
  });
});
