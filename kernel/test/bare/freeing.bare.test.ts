// Memory that processors give back while others are in ring 3: no call waits for another processor's extension

import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import type { MachineName } from "./expected.ts";
import { run } from "./run.ts";

/** Each exit: a page is given back under a spin lock of ring 3, for which the other processor spins. */
const UNDER_A_LOCK = `
  push rsi
  push rdi
  CHECKED(MEM_ALLOC_PAGE)
  mov rbx, rdi
  1: lock bts dword ptr [rip + taken], 0
  jnc 2f
  pause
  jmp 1b
  2: mov rsi, rbx
  CHECKED(MEM_FREE_PAGE)
  mov dword ptr [rip + taken], 0
  pop rdi
  pop rsi
  .pushsection .data
  taken: .long 0
  .popsection`;

/**
 * Once: PP 1 spins in ring 3, while PP 0 takes all pages, gives all back, and finds none; then PP 1 goes on, and PP 0 takes
 * as many as before. Prints both counts, and how many it found while PP 1 span.
 */
const BESIDE_A_SPINNER = `
  cmp dword ptr [rip + finished], 0
  jne 9f
  mov rax, fs:[BF_TCB_RAX]
  cmp eax, BF_CPUID_CONTROL
  je 9f
  push rsi
  push rdi
  cmp word ptr fs:[BF_TCB_PPID], 0
  je 1f
  mov dword ptr [rip + spinning], 1
  0: pause
  cmp dword ptr [rip + finished], 0
  je 0b
  jmp 8f
  1: pause
  cmp dword ptr [rip + spinning], 0
  je 1b
  call take_all
  mov r14, r12
  call give_back
  call take_all
  mov r15, r12
  mov dword ptr [rip + finished], 1
  2: call give_back
  pause
  call take_all
  cmp r12, r14
  jne 2b
  mov rdi, r14
  mov rsi, r12
  CALL(DEBUG_OUT)
  mov rdi, r15
  xor esi, esi
  CALL(DEBUG_OUT)
  call give_back
  8: pop rdi
  pop rsi
  9:
  .pushsection .text.calls, "ax"
  take_all: xor r12d, r12d
  7: CALL_WITH_HANDLE(MEM_ALLOC_PAGE)
  test rax, rax
  jnz 6f
  lea rbx, [rip + list]
  mov [rbx + r12 * 8], rdi
  inc r12
  cmp r12, 8192
  jb 7b
  6: ret
  give_back: test r12, r12
  jz 6b
  dec r12
  lea rbx, [rip + list]
  mov rsi, [rbx + r12 * 8]
  CHECKED(MEM_FREE_PAGE)
  jmp give_back
  .popsection
  .pushsection .data
  spinning: .long 0
  finished: .long 0
  .popsection
  .pushsection .bss
  list: .skip 65536
  .popsection`;

const options = (machine: MachineName, cpuids: number) => ({ machine, smp: 2, cpuids, append: "together=1" });

describe.each([
  ["amd", 2000],
  ["intel", 50],
] as const)("%s: two processors in ring 3", (machine, cpuids) => {
  it("give pages back under a lock of theirs", async () => {
    const { report, exitCode } = await run(assemble({ vmexit: UNDER_A_LOCK }, machine), options(machine, cpuids));
    expect(report).toBeUndefined();
    expect(exitCode).toBe(0);
  });

  it("do not wait for one another, and nobody gets what the other may still see", async () => {
    const { report, exitCode, ring } = await run(assemble({ vmexit: BESIDE_A_SPINNER }, machine), options(machine, 10));
    expect(report).toBeUndefined();
    expect(exitCode).toBe(0);
    const counts = ring.filter((line) => /^0x[0-9a-f]{16} 0x[0-9a-f]{16}$/.test(line)).map((line) => line.split(" "));
    expect(counts).toEqual([
      [expect.anything(), counts[0]?.[0]],
      ["0x0000000000000000", "0x0000000000000000"],
    ]);
    expect(Number(counts[0]?.[0])).toBeGreaterThan(500);
  });
});
