// What the ring says of an extension that fails for good: where it was, and who had called (APM volume 3, CALL (Near))

import {
  EXT_CODE_BASE,
  EXT_FAIL_STACK_BASE,
  EXT_STACK_BASE,
  EXT_STACK_BYTES,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { littleEndian, PF, PT } from "../../../bsl/test-support/index.ts";
import { DATA_SEGMENT, exampleExtension, HANDLERS, RODATA_SEGMENT } from "../machine/example-extension.ts";
import { registered, type Scene } from "../machine/extension-life.ts";

const CODE = EXT_CODE_BASE + 0xa000n;
const PAGE = 0x1000n;
const NOP = 0x90;
const STACK_TOP = EXT_STACK_BASE + EXT_STACK_BYTES;
const FAIL_TOP = EXT_FAIL_STACK_BASE + EXT_STACK_BYTES;

/** An extension with two pages of code of which all but these bytes is NOPs; it has no fail callback unless told. */
function withCode(code: readonly (readonly [offset: number, bytes: readonly number[]])[], hasFail = false): Scene {
  const data = new Uint8Array(0x2000).fill(NOP);
  for (const [offset, bytes] of code) data.set(bytes, offset);
  const segments = [{ type: PT.LOAD, flags: PF.R | PF.X, address: CODE, data }];
  return registered({ extension: exampleExtension({ segments }) }, hasFail ? ["FAIL"] : ["BOOTSTRAP"]);
}

/** Puts words onto a stack, from the last of which on the stack is the caller's. */
function push({ machine, pp }: Scene, rsp: bigint, words: readonly bigint[]): void {
  words.forEach((word, index) => {
    const address = ((rsp + 7n) & ~7n) + BigInt(index * 8);
    const page = machine.mapping(address, Number(pp.block.get("ppid")))?.physical ?? 0;
    machine.physical.write(BigInt(page) + (address & (PAGE - 1n)), littleEndian(8, word));
  });
}

const printed = ({ machine }: Scene) => {
  const text = machine.log.split("  backtrace, newest first:\n")[1] ?? "";
  return [...text.matchAll(/^ {4}(0x[0-9a-f]{16})$/gm)].map(([, address]) => BigInt(address ?? 0));
};

/** The addresses that are printed of those that are on the stack, behind that of the fault. */
function listed(scene: Scene, words: readonly bigint[]): bigint[] {
  const rsp = STACK_TOP - 8n * BigInt(words.length);
  push(scene, rsp, words);
  scene.pp.fault(6, { rip: HANDLERS.START, rsp });
  const [first, ...others] = printed(scene);
  expect(first).toBe(HANDLERS.START);
  return others;
}

const D32 = [1, 2, 3, 4];
const OFFSET = 0x100;

describe("a return address", () => {
  test.each([
    ["CALL with a distance", [0xe8, ...D32]],
    ["CALL rax", [0xff, 0xd0]],
    ["CALL r12", [0x41, 0xff, 0xd4]],
    ["CALL rdi", [0xff, 0xd7]],
    ["CALL [rax]", [0xff, 0x10]],
    ["CALL [rip + …]", [0xff, 0x15, ...D32]],
    ["CALL [rsp]", [0xff, 0x14, 0x24]],
    ["CALL [rax * 8 + …]", [0xff, 0x14, 0xc5, ...D32]],
    ["CALL [rax + 8]", [0xff, 0x50, 8]],
    ["CALL [rbp + 0]", [0xff, 0x55, 0]],
    ["CALL [rsp + 8]", [0xff, 0x54, 0x24, 8]],
    ["CALL [rbp + rax + 8]", [0xff, 0x54, 0x05, 8]],
    ["CALL [rax + …]", [0xff, 0x90, ...D32]],
    ["CALL [rbp + …]", [0xff, 0x95, ...D32]],
    ["CALL [rsp + …]", [0xff, 0x94, 0x24, ...D32]],
  ])("is what %s leaves, and no address beside it", (_, bytes) => {
    const behind = CODE + BigInt(OFFSET + bytes.length);
    const words = [-2n, -1n, 0n, 1n, 2n].map((distance) => behind + distance);
    expect(listed(withCode([[OFFSET, bytes]]), words)).toEqual([behind]);
  });

  test.each([
    ["JMP rax", [0xff, 0xe0]],
    ["JMP [rip + …]", [0xff, 0x25, ...D32]],
    ["PUSH [rax]", [0xff, 0x30]],
    ["INC [rax]", [0xff, 0x00]],
    ["far CALL [rax]", [0xff, 0x18]],
    ["JMP with a distance", [0xe9, ...D32]],
    ["CALL rax without its first byte", [0xfe, 0xd0]],
  ])("is nothing that %s leaves", (_, bytes) => {
    const behind = CODE + BigInt(OFFSET + bytes.length);
    expect(listed(withCode([[OFFSET, bytes]]), [behind - 1n, behind, behind + 1n])).toEqual([]);
  });

  test("may have its CALL in the page before, or only part of it, but not in a page that is not there", () => {
    const code = [
      [0xffb, [0xe8, ...D32]],
      [0x1ffd, [0xff, 0x54, 0x24]],
    ] as const;
    expect(listed(withCode(code), [CODE, CODE + PAGE, CODE + 2n * PAGE])).toEqual([CODE + PAGE]);
    const across = [[0xffe, [0xe8, ...D32]]] as const;
    expect(listed(withCode(across), [CODE + PAGE + 3n])).toEqual([CODE + PAGE + 3n]);
    const begin = [[0, [0xff, 0xd0]]] as const;
    expect(listed(withCode(begin), [CODE, CODE + 2n])).toEqual([CODE + 2n]);
  });

  test("lies in code, not in data that looks like it", () => {
    for (const { address, data } of [RODATA_SEGMENT, DATA_SEGMENT]) {
      const behind = [...data.keys()].filter((at) => data[at] === 0xe8 && at + 5 < data.length).map((at) => at + 5);
      expect(behind.length).toBeGreaterThan(0);
      expect(listed(withCode([]), [address + BigInt(behind[0] ?? 0)])).toEqual([]);
    }
  });
});

describe("a backtrace", () => {
  const CALLED = CODE + 5n;
  const code = [[0, [0xe8, ...D32]]] as const;

  test("has at most 24 lines", () => {
    expect(
      listed(
        withCode(code),
        Array.from({ length: 40 }, () => CALLED),
      ),
    ).toEqual(Array.from({ length: 23 }, () => CALLED));
  });

  test("begins at the next word of a stack pointer that is none, and ends with the stack", () => {
    const scene = withCode(code);
    push(scene, STACK_TOP - 24n, [CALLED, CALLED, CALLED]);
    scene.pp.fault(6, { rip: HANDLERS.START, rsp: STACK_TOP - 23n });
    expect(printed(scene)).toEqual([HANDLERS.START, CALLED, CALLED]);
  });

  test.each([
    ["is the stack's end", STACK_TOP, []],
    ["is the stack's beginning", EXT_STACK_BASE, [CALLED]],
    ["lies below the stack", EXT_STACK_BASE - 8n, []],
    ["lies above the stack", STACK_TOP + 8n, []],
    ["is in the stack of the fail callback", FAIL_TOP - 8n, [CALLED]],
    ["is the end of that", FAIL_TOP, []],
    ["is the beginning of that", EXT_FAIL_STACK_BASE, [CALLED]],
    ["lies below that", EXT_FAIL_STACK_BASE - 8n, []],
  ])("reads the stack that the pointer is in: it %s", (_, rsp, callers) => {
    const scene = withCode(code);
    push(scene, STACK_TOP - 8n, [CALLED]);
    push(scene, FAIL_TOP - 8n, [CALLED]);
    scene.pp.fault(6, { rip: HANDLERS.START, rsp });
    expect(printed(scene)).toEqual([HANDLERS.START, ...callers]);
  });

  test("of a fail callback that gives up is that of its call", () => {
    const scene = withCode(code, true);
    push(scene, STACK_TOP - 8n, [CALLED]);
    scene.pp.fault(6, { rip: HANDLERS.START + 1n, rsp: STACK_TOP - 8n });
    expect(printed(scene)).toEqual([]);
    scene.pp.syscall(SYSCALL_CONTROL_EXIT);
    expect(printed(scene)).toEqual([HANDLERS.START + 1n, CALLED]);
  });

  test("of an extension that gives up begins behind its call, and not where it had faulted before", () => {
    const scene = withCode(code, true);
    const { pp } = scene;
    pp.fault(6, { rip: HANDLERS.START + 1n, rsp: STACK_TOP });
    expect(pp.syscall(SYSCALL_CONTROL_AGAIN).is).toBe("resumed");
    push(scene, STACK_TOP - 16n, [CALLED]);
    pp.block.set("userRip", HANDLERS.START + 7n);
    pp.block.set("userRsp", STACK_TOP - 16n);
    pp.syscall(SYSCALL_CONTROL_EXIT);
    expect(printed(scene)).toEqual([HANDLERS.START + 7n, CALLED]);
  });
});
