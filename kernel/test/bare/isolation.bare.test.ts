import {
  BOOT_EXT_FAULT,
  DIRECT_BASE,
  EXT_CODE_BASE,
  EXT_FILE_BASE,
  EXT_STACK_BASE,
  HANDOFF_BASE,
  KERNEL_IMAGE_BASE,
  KERNEL_MEMORY_BASE,
  PHASE_BOOTSTRAP,
  PP_AREA_BASE,
  PP_BLOCK,
  PP_TCB,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { EXIT_LOADER, exitsLine, failedStart, faultLine, LOADER_CPUIDS } from "./expected.ts";
import { run } from "./run.ts";

const GENERAL_PROTECTION = 13;
const PAGE_FAULT = 14;
/** Error codes of page faults in ring 3 (APM volume 2, 8.4.2). */
const READ_ABSENT = 4;
const READ_PRESENT = 5;
const WRITE_ABSENT = 6;
const WRITE_PRESENT = 7;
const EXECUTE_PRESENT = 0x15;

const faults = async (code: string, vector: number, errorCode = 0, address = 0n) => {
  const result = await run(assemble({ bootstrap: code }));
  expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
  expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, vector));
  expect(result.ring).toEqual([
    faultLine(vector, errorCode, address),
    "bareflank: PP 0: the extension faulted in bootstrap",
  ]);
};

const movabs = (address: bigint) => `movabs rax, 0x${address.toString(16)}`;

describe("an extension in ring 3", () => {
  it.each([
    ["the kernel's code", KERNEL_IMAGE_BASE],
    ["the kernel's linear memory", KERNEL_MEMORY_BASE + 0x1_0000n],
    ["the kernel's block of this processor", PP_AREA_BASE + BigInt(PP_BLOCK)],
    ["the kernel's mapping of its own TCB", PP_AREA_BASE + BigInt(PP_TCB)],
    ["its file", EXT_FILE_BASE],
    ["the hand-off page", HANDOFF_BASE],
  ])("cannot read %s", async (_name, address) => {
    await faults(`${movabs(address)}; mov rbx, [rax]`, PAGE_FAULT, READ_PRESENT, address);
  });

  it("cannot read physical memory by the kernel's direct map", async () => {
    // Whether a page of the hypervisor lies there or not: the upper levels are the kernel's alone.
    const result = await run(assemble({ bootstrap: `${movabs(DIRECT_BASE + 0x10_0000n)}; mov rbx, [rax]` }));
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, PAGE_FAULT));
  });

  it.each([
    ["the null page", 0n],
    ["the guard page below its stack", EXT_STACK_BASE - 8n],
    ["kernel addresses of the operating system", 0xffff_8000_0000_0000n],
  ])("finds nothing at %s", async (_name, address) => {
    await faults(`${movabs(address)}; mov rbx, [rax]`, PAGE_FAULT, READ_ABSENT, address);
  });

  it("cannot write to its own code", async () => {
    await faults(`${movabs(EXT_CODE_BASE)}; mov byte ptr [rax], 0x90`, PAGE_FAULT, WRITE_PRESENT, EXT_CODE_BASE);
  });

  it("cannot write to the kernel's code", async () => {
    const address = KERNEL_IMAGE_BASE + 0x100n;
    await faults(`${movabs(address)}; mov byte ptr [rax], 0x90`, PAGE_FAULT, WRITE_PRESENT, address);
  });

  it("cannot execute its stack", async () => {
    const address = EXT_STACK_BASE + 0x100n;
    await faults(`${movabs(address)}; jmp rax`, PAGE_FAULT, EXECUTE_PRESENT, address);
  });

  it("cannot execute its data", async () => {
    const result = await run(assemble({ bootstrap: "lea rax, [rip + code]; jmp rax" }));
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, PAGE_FAULT));
    expect(result.ring[0]).toMatch(/vector 14, error code 0x15, address 0x328000/);
  });

  it("overruns its stack into a page that is not there", async () => {
    const address = EXT_STACK_BASE - 8n;
    await faults(`${movabs(EXT_STACK_BASE)}; mov rsp, rax; push rax`, PAGE_FAULT, WRITE_ABSENT, address);
  });

  it.each([
    "cli",
    "sti",
    "hlt",
    "clts",
    "invd",
    "xor ecx, ecx; rdmsr",
    "xor ecx, ecx; wrmsr",
    "mov rax, cr0",
    "clgi",
    "vmrun",
  ])("may not execute `%s`", async (code) => {
    await faults(code, GENERAL_PROTECTION);
  });

  it("may use ports, by the TSS's bitmap and not by IOPL", async () => {
    const bootstrap = `
      mov edx, 0x3fd
      in al, dx
      out 0x80, al
      mov edx, 0xffff
      in al, dx
      pushfq
      pop rdi
      and edi, 0x3200
      xor esi, esi
      CALL(DEBUG_OUT)`;
    const result = await run(assemble({ bootstrap }), { cpuids: 10 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    expect(result.ring).toEqual(["0x0000000000000000 0x0000000000000000", exitsLine(10 + LOADER_CPUIDS)]);
  });

  it("makes nothing happen by a call that does not exist", async () => {
    const bootstrap = `
      movabs rax, 0x6642000000090000
      syscall
      mov rdi, rax
      movabs rax, 0x1111000000000000
      syscall
      mov rsi, rax
      CALL(DEBUG_OUT)`;
    const result = await run(assemble({ bootstrap }));
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    expect(result.ring[0]).toBe("0xdead000000040001 0xdead000000040001");
  });

  it.each([
    ["kernel memory", KERNEL_IMAGE_BASE],
    ["an address that is not mapped", 0x3290_0000_0000n],
    ["an address that is not canonical", 0x8000_0000_0000_0000n],
  ])("cannot make the kernel print %s", async (_name, address) => {
    const bootstrap = `
      movabs rdi, 0x${address.toString(16)}
      mov esi, 16
      CALL(DEBUG_WRITE_STR)
      mov rdi, rax
      xor esi, esi
      CALL(DEBUG_OUT)`;
    const result = await run(assemble({ bootstrap }));
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    expect(result.ring[0]).toBe("0xdead000000010003 0x0000000000000000");
  });
});
