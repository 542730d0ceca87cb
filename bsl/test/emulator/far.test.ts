// Far branches: JMP, CALL and RET, and what they refuse (SDM volume 2, JMP, CALL, RET)

import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { type Descriptor, describe as give, loader, outcome, SYSTEM, TYPE } from "./descriptors.ts";
import { type Guest, RESULT } from "./guest.ts";
import { MEMORY, type Mode, RBX, RIP, RSP } from "./program.ts";

const notPresent = (code: number) => ({ vector: 11, code });
const protection = (code: number) => ({ vector: 13, code });

/** jmp and call far [rbx], retf */
const [JMP, CALL, RETF] = ["ff 2b", "ff 1b", "cb"];
const TARGET = 0x1_2340n;
const STACK = MEMORY + 0x800n;
const CODE: Descriptor = { type: TYPE.readable };
const LONG: Descriptor = { type: TYPE.readable, isLong: true };

/** A selector behind an offset. */
const pointer = (selector: number, offset: bigint, bytes: number) => (BigInt(selector) << BigInt(bytes * 8)) | offset;

/** A guest whose stack has offset and selector, for RET. */
function returning(instruction: string, selector: number, offset: bigint, mode: Mode, bytes: number, cpl = 0): Guest {
  const guest = loader(instruction, 0n, mode, cpl);
  guest.setGeneral(RSP, STACK);
  guest.setWord(STACK, offset, bytes);
  guest.setWord(STACK + BigInt(bytes), BigInt(selector), bytes);
  return guest;
}

describe("a far jump", () => {
  it.each([
    ["ff 2b", 64, 4, LONG],
    ["48 ff 2b", 64, 8, LONG],
    ["ff 2b", 32, 4, CODE],
    ["66 ff 2b", 32, 2, CODE],
  ] as const)("%s in %s-bit code has an offset of %s bytes", (instruction, mode, bytes, code) => {
    const offset = bytes === 8 ? 0xffff_8000_0000_1234n : bytes === 4 ? TARGET : 0x2340n;
    const guest = loader(instruction, pointer(0x18, offset, bytes), mode);
    give(guest, 0x18, code);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.get("RIP"), guest.changed(), guest.selector("cs")]).toEqual([offset, ["cs"], 0x18]);
    expect(guest.segmentOf("cs").attributes).toBe(mode === 64 ? 0xa9b : 0xc9b);
  });

  it("has the same size on Intel's processors, which ignore the prefix of near ones", () => {
    const guest = loader(JMP, pointer(0x18, TARGET, 4));
    guest.set32("FLAGS", abi.EMULATION_FLAG_SEGMENTS | abi.EMULATION_FLAG_INTEL);
    give(guest, 0x18, LONG);
    expect(outcome(guest)).toBeUndefined();
    expect(guest.get("RIP")).toBe(TARGET);
  });

  it("goes to an address in the instruction", () => {
    const guest = loader("ea 40 23 01 00 18 00", 0n, 32);
    give(guest, 0x18, CODE);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.get("RIP"), guest.selector("cs")]).toEqual([TARGET, 0x18]);
  });

  it("goes from 64-bit code to 32-bit code, and keeps its privilege", () => {
    const guest = loader(JMP, pointer(0x18, TARGET, 4), 64, 3);
    give(guest, 0x18, { type: TYPE.conforming, privilege: 0 });
    expect(outcome(guest)).toBeUndefined();
    expect([guest.selector("cs"), guest.segmentOf("cs").attributes]).toEqual([0x1b, 0xc9f]);
  });

  it.each<[string, number, Mode, number, Descriptor, ReturnType<typeof protection> | undefined]>([
    ["code of the same privilege", 0x1b, 32, 3, { ...CODE, privilege: 3 }, undefined],
    ["code of more privilege", 0x1b, 32, 3, CODE, protection(0x18)],
    ["code of less privilege", 0x18, 32, 0, { ...CODE, privilege: 3 }, protection(0x18)],
    ["a selector of less privilege", 0x1b, 32, 0, CODE, protection(0x18)],
    ["conforming code of less privilege", 0x18, 32, 0, { type: TYPE.conforming, privilege: 3 }, protection(0x18)],
    ["data", 0x18, 32, 0, { type: TYPE.data }, protection(0x18)],
    ["a local table", 0x18, 32, 0, { type: SYSTEM.ldt, isSystem: true }, protection(0x18)],
    ["nothing", 1, 32, 0, CODE, protection(0)],
    ["code that is not present", 0x18, 32, 0, { ...CODE, isPresent: false }, notPresent(0x18)],
    ["an offset behind the limit", 0x18, 32, 0, { ...CODE, limit: 0x1233f }, protection(0)],
    ["an offset at the limit", 0x18, 32, 0, { ...CODE, limit: 0x12340 }, undefined],
    ["64-bit code without a limit", 0x18, 64, 0, { ...LONG, limit: 0 }, undefined],
    ["a task of 16 bits in long mode", 0x18, 64, 0, { type: SYSTEM.tss16, isSystem: true }, protection(0x18)],
  ])("to %s", (_, selector, mode, cpl, descriptor, expected) => {
    const guest = loader(JMP, pointer(selector, TARGET, 4), mode, cpl);
    give(guest, selector, descriptor);
    expect(outcome(guest)).toEqual(expected);
  });

  it("does not go to 64-bit code of 32-bit operands, nor to an address that is not canonical", () => {
    const both = loader(JMP, pointer(0x18, TARGET, 4));
    give(both, 0x18, LONG);
    both.setWord(MEMORY + 0x1018n, both.word(MEMORY + 0x1018n) | (1n << 54n));
    expect(outcome(both)).toEqual(protection(0x18));
    const far = loader("48 ff 2b", pointer(0x18, 0x0000_8000_0000_0000n, 8));
    give(far, 0x18, LONG);
    expect(outcome(far)).toEqual(protection(0));
  });

  it.each([
    [32, SYSTEM.tss],
    [32, SYSTEM.call],
    [64, SYSTEM.call],
  ] as const)("in %s-bit code leaves gates and tasks (%s) to others", (mode, type) => {
    const guest = loader(JMP, pointer(0x18, TARGET, 4), mode);
    give(guest, 0x18, { type, isSystem: true });
    expect(guest.run()).toBe(RESULT.unknown);
  });

  it("in real mode has 16 times the selector, and the limit that was there", () => {
    const guest = loader("ff 2f", 0n, "real"); // jmp far [bx]
    guest.setGeneral(RBX, MEMORY);
    guest.setWord(MEMORY, pointer(0xf000, 0x1234n, 2), 4);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.get("RIP"), guest.selector("cs"), guest.segmentOf("cs").base]).toEqual([0x1234n, 0xf000, 0xf_0000n]);
    const behind = loader("66 ff 2f", 0n, "real");
    behind.setGeneral(RBX, MEMORY);
    behind.setWord(MEMORY, pointer(0xf000, 0x1_0000n, 4), 6);
    expect(outcome(behind)).toEqual(protection(0));
  });
});

describe("a far call", () => {
  it.each([
    [CALL, 64, 4, LONG],
    ["48 ff 1b", 64, 8, LONG],
    [CALL, 32, 4, CODE],
    ["66 ff 1b", 32, 2, CODE],
  ] as const)(
    "%s in %s-bit code leaves CS and RIP on the stack, of %s bytes each",
    (instruction, mode, bytes, code) => {
      const guest = loader(instruction, pointer(0x18, 0x2340n, bytes), mode);
      give(guest, 0x18, code);
      guest.setSelector("cs", 0x10);
      guest.setGeneral(RSP, STACK);
      expect(outcome(guest)).toBeUndefined();
      const length = BigInt(instruction.split(" ").length);
      const size = BigInt(bytes);
      expect([guest.get("RIP"), guest.selector("cs"), guest.general(RSP)]).toEqual([0x2340n, 0x18, STACK - 2n * size]);
      expect([guest.word(STACK - size, bytes), guest.word(STACK - 2n * size, bytes)]).toEqual([0x10n, RIP + length]);
      expect(guest.segmentOf("cs").attributes).toBe(mode === 64 ? 0xa9b : 0xc9b);
    },
  );

  it("changes nothing when the stack is not there", () => {
    const guest = loader(CALL, pointer(0x18, TARGET, 4), 32);
    give(guest, 0x18, CODE);
    guest.segment("ss", { base: 0n, limit: 0xfff, attributes: 0xc93 });
    guest.setGeneral(RSP, 0x2004n);
    expect(outcome(guest)).toEqual({ vector: 12, code: 0 });
  });
});

describe("a far return", () => {
  it.each([
    [RETF, 64, 4, LONG, 0n],
    ["48 cb", 64, 8, LONG, 0n],
    ["ca 10 00", 32, 4, CODE, 16n],
    ["66 cb", 32, 2, CODE, 0n],
  ] as const)("%s in %s-bit code takes %s bytes each", (instruction, mode, bytes, code, more) => {
    const guest = returning(instruction, 0x18, 0x2340n, mode, bytes);
    give(guest, 0x18, code);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.get("RIP"), guest.selector("cs")]).toEqual([0x2340n, 0x18]);
    expect(guest.general(RSP)).toBe(STACK + BigInt(2 * bytes) + more);
  });

  it.each<[string, number, number, Descriptor, ReturnType<typeof protection>]>([
    ["more privilege", 0x18, 3, CODE, protection(0x18)],
    ["code of another privilege", 0x18, 0, { ...CODE, privilege: 3 }, protection(0x18)],
    ["data", 0x18, 0, { type: TYPE.data }, protection(0x18)],
    ["a gate", 0x18, 0, { type: SYSTEM.call, isSystem: true }, protection(0x18)],
    ["nothing", 0, 0, CODE, protection(0)],
    ["code that is not present", 0x18, 0, { ...CODE, isPresent: false }, notPresent(0x18)],
    ["an offset behind the limit", 0x18, 0, { ...CODE, limit: 0xfff }, protection(0)],
  ])("does not go to %s", (_, selector, cpl, descriptor, expected) => {
    const guest = returning(RETF, selector, TARGET, 32, 4, cpl);
    give(guest, 0x18, descriptor);
    expect(outcome(guest)).toEqual(expected);
  });

  it("to less privilege is left to others", () => {
    const guest = returning(RETF, 0x1b, TARGET, 32, 4);
    give(guest, 0x18, { ...CODE, privilege: 3 });
    expect(guest.run()).toBe(RESULT.unknown);
  });
});

describe("ENTER and LEAVE", () => {
  const RBP = 5;

  it("make a frame on the stack, and end it", () => {
    const guest = loader("c8 20 80 00", 0n); // enter 0x8020, 0
    guest.setGeneral(RSP, STACK);
    guest.setGeneral(RBP, 0x1122_3344_5566_7788n);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.general(RSP), guest.general(RBP)]).toEqual([BigInt.asUintN(64, STACK - 8n - 0x8020n), STACK - 8n]);
    expect(guest.word(STACK - 8n)).toBe(0x1122_3344_5566_7788n);
    guest.load(RIP, Uint8Array.of(0xc9));
    guest.set("RIP", RIP);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.general(RSP), guest.general(RBP)]).toEqual([STACK, 0x1122_3344_5566_7788n]);
  });

  it("have operands of 32 and 16 bits outside of 64-bit mode", () => {
    const guest = loader("66 c9", 0n, 32);
    guest.setGeneral(RBP, STACK);
    guest.setGeneral(RSP, 0n);
    guest.setWord(STACK, 0xaabb_ccddn, 4);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.general(RSP), guest.general(RBP)]).toEqual([STACK + 2n, (STACK & 0xffff_0000n) | 0xccddn]);
    const whole = loader("c8 10 00 00", 0n, 32);
    whole.setGeneral(RSP, STACK);
    expect(outcome(whole)).toBeUndefined();
    expect([whole.general(RSP), whole.general(RBP)]).toEqual([STACK - 0x14n, STACK - 4n]);
  });

  it("leave nested procedures to others", () => {
    expect(loader("c8 10 00 01", 0n).run()).toBe(RESULT.unknown);
  });
});
