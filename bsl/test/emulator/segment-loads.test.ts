// Loads and stores of segment registers: what each takes, and the exceptions otherwise (APM volume 2, 4.10; SDM volume 2, MOV)

import { describe, expect, it } from "vitest";
import {
  type Descriptor,
  descriptorAt,
  encode,
  GDT,
  describe as give,
  loader,
  outcome,
  SYSTEM,
  TYPE,
} from "./descriptors.ts";
import { RESULT, type Segment } from "./guest.ts";
import { bytesOf, DEVICE, guestAt, MEMORY, RAX, RBX, RCX, RIP, RSP } from "./program.ts";

const UNDEFINED_OPCODE = { vector: 6, code: 0 };
const notPresent = (code: number) => ({ vector: 11, code });
const stackFault = (code: number) => ({ vector: 12, code });
const protection = (code: number) => ({ vector: 13, code });

/** mov SEGMENT, [rbx] */
const LOAD = { es: "8e 03", ss: "8e 13", ds: "8e 1b", fs: "8e 23", gs: "8e 2b" } as const;
const ACCESSED = 1n << 40n;

describe("a segment of data", () => {
  const DATA: Descriptor = { type: TYPE.data, base: 0x1234_5678n, limit: 0x9_abcd };

  it.each(["es", "ds", "fs", "gs"] as const)(
    "is loaded into %s from its descriptor, which is accessed then",
    (segment) => {
      const guest = loader(LOAD[segment], 0x18n, 32);
      give(guest, 0x18, DATA);
      const before = descriptorAt(guest, 0x18);
      expect(outcome(guest)).toBeUndefined();
      expect(guest.changed()).toEqual([segment]);
      expect(guest.selector(segment)).toBe(0x18);
      expect(guest.segmentOf(segment)).toEqual({ base: 0x1234_5678n, limit: 0x9_abcd, attributes: 0x493 });
      expect(descriptorAt(guest, 0x18)).toBe(before | ACCESSED);
      expect([guest.get("RIP"), guest.get32("SHADOW")]).toEqual([RIP + 2n, 0]);
    },
  );

  it("has a limit in pages, and may be of the local table", () => {
    const guest = loader(LOAD.ds, 0x24n, 32);
    give(guest, 0x24, { type: TYPE.readOnly, limit: 0x1234_5fff });
    expect(outcome(guest)).toBeUndefined();
    expect(guest.segmentOf("ds")).toEqual({ base: 0n, limit: 0x1234_5fff, attributes: 0xc91 });
  });

  it.each<[string, number, number, Descriptor, ReturnType<typeof protection> | undefined]>([
    ["less privilege than the code's", 0x18, 0, { ...DATA, privilege: 3 }, undefined],
    ["more privilege than the code's", 0x18, 3, { ...DATA, privilege: 2 }, protection(0x18)],
    ["more privilege than the selector's", 0x1b, 0, { ...DATA, privilege: 2 }, protection(0x18)],
    ["code that may be read", 0x18, 0, { type: TYPE.readable }, undefined],
    ["code that may be read, of more privilege", 0x1b, 3, { type: TYPE.readable }, protection(0x18)],
    ["conforming code, whatever the privilege", 0x1b, 3, { type: TYPE.conforming }, undefined],
    ["code that may not be read", 0x18, 0, { type: TYPE.code }, protection(0x18)],
    ["the system's", 0x18, 0, { type: SYSTEM.ldt, isSystem: true }, protection(0x18)],
    ["one that is not present", 0x18, 0, { ...DATA, isPresent: false }, notPresent(0x18)],
    ["what is refused, and not present", 0x18, 3, { ...DATA, isPresent: false }, protection(0x18)],
  ])("of a selector for %s", (_, selector, cpl, descriptor, expected) => {
    const guest = loader(LOAD.ds, BigInt(selector), 32, cpl);
    give(guest, selector, descriptor);
    expect(outcome(guest)).toEqual(expected);
  });

  it("is not there behind the table's end, nor in a local table that is not there", () => {
    expect(outcome(loader(LOAD.ds, 0x100n, 32))).toEqual(protection(0x100));
    const last = loader(LOAD.ds, 0xf8n, 32);
    give(last, 0xf8, DATA);
    expect(outcome(last)).toBeUndefined();
    const behind = loader(LOAD.ds, 0xf8n, 32);
    give(behind, 0xf8, DATA);
    behind.set32("GDT_LIMIT", 0xfe);
    expect(outcome(behind)).toEqual(protection(0xf8));
    const local = loader(LOAD.ds, 0x1fn, 32);
    local.segment("ldtr", { base: 0n, limit: 0xff, attributes: 0 });
    expect(outcome(local)).toEqual(protection(0x1c));
  });

  it.each(["es", "ds", "fs", "gs"] as const)("may be none: %s", (segment) => {
    const guest = loader(LOAD[segment], 3n, 64, 3);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.selector(segment), guest.segmentOf(segment)]).toEqual([3, { base: 0n, limit: 0, attributes: 0 }]);
  });

  it("begins again when another processor changes the descriptor meanwhile", () => {
    const guest = loader(LOAD.ds, 0x18n, 32);
    give(guest, 0x18, DATA);
    guest.onExchange = () => give(guest, 0x18, { ...DATA, isPresent: false });
    expect(guest.run()).toBe(RESULT.done);
    expect([guest.get("RIP"), guest.changed()]).toEqual([RIP, []]);
  });

  it("is found where the table's pages are, which the user's code may not read", () => {
    const guest = loader(LOAD.ds, 0x1bn, 32, 3);
    give(guest, 0x18, { ...DATA, privilege: 3 });
    // 32-bit tables: the first 4 MiB are the supervisor's, and the device's the user's; the code was told
    const tables = 0x10_0000n;
    guest.map(tables, 4096);
    guest.set("CR4", 0x10n);
    guest.set("CR0", 0x8000_0001n);
    guest.set("CR3", tables);
    guest.setWord(tables, 0x83n, 4);
    guest.setWord(tables + 0xfecn, 0xfec0_0087n, 4);
    guest.tell(bytesOf(LOAD.ds));
    expect(outcome(guest)).toBeUndefined();
    expect(guest.selector("ds")).toBe(0x1b);
  });
});

describe("the stack's segment", () => {
  const STACK: Descriptor = { type: TYPE.data };

  it("puts off interrupts and debug exceptions by an instruction", () => {
    const guest = loader(LOAD.ss, 0x18n);
    give(guest, 0x18, STACK);
    guest.set("RFLAGS", 0x102n);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.get32("SHADOW"), guest.get32("TRAP"), guest.selector("ss")]).toEqual([1, 0, 0x18]);
    const other = loader(LOAD.ds, 0x18n);
    give(other, 0x18, STACK);
    other.set("RFLAGS", 0x102n);
    expect(outcome(other)).toBeUndefined();
    expect([other.get32("SHADOW"), other.get32("TRAP")]).toEqual([0, 1]);
  });

  it.each<[string, number, number, Descriptor, ReturnType<typeof protection> | undefined]>([
    ["data that may be written", 0x18, 0, STACK, undefined],
    ["the user's", 0x1b, 3, { ...STACK, privilege: 3 }, undefined],
    ["another privilege in the selector", 0x1b, 0, STACK, protection(0x18)],
    ["another privilege in the descriptor", 0x18, 0, { ...STACK, privilege: 3 }, protection(0x18)],
    ["data that may not be written", 0x18, 0, { type: TYPE.readOnly }, protection(0x18)],
    ["code", 0x18, 0, { type: TYPE.readable }, protection(0x18)],
    ["the system's", 0x18, 0, { type: SYSTEM.ldt, isSystem: true }, protection(0x18)],
    ["one that is not present", 0x18, 0, { ...STACK, isPresent: false }, stackFault(0x18)],
  ])("is %s", (_, selector, cpl, descriptor, expected) => {
    const guest = loader(LOAD.ss, BigInt(selector), 32, cpl);
    give(guest, selector, descriptor);
    expect(outcome(guest)).toEqual(expected);
  });

  it.each([
    [64, 0, 0, undefined],
    [64, 2, 2, undefined],
    [64, 0, 3, protection(0)],
    [64, 3, 3, protection(0)],
    [32, 0, 0, protection(0)],
  ] as const)("may be none in %s-bit code with privilege %s, by the selector %s", (mode, cpl, selector, expected) => {
    const guest = loader(LOAD.ss, BigInt(selector), mode, cpl);
    expect(outcome(guest)).toEqual(expected);
    if (expected !== undefined) return;
    // Its descriptor has the privilege, which is the processor's
    const attributes = 0xc93 | (cpl << 5);
    expect(guest.segmentOf("ss")).toEqual({ base: 0n, limit: 0xffff_ffff, attributes });
  });
});

describe("in real mode a segment", () => {
  it("is 16 times its selector, and keeps its limit", () => {
    const guest = loader("8e 1f", 0n, "real"); // mov ds, [bx]
    guest.setGeneral(RBX, MEMORY);
    guest.setWord(MEMORY, 0xf123n, 2);
    const { limit, attributes } = guest.segmentOf("ds");
    expect(outcome(guest)).toBeUndefined();
    expect(guest.segmentOf("ds")).toEqual({ base: 0xf_1230n, limit, attributes });
    expect(guest.selector("ds")).toBe(0xf123);
  });
});

describe("without the segments", () => {
  it.each(["8e 1b", "8c 1b", "0f 00 1b", "0f b2 0b", "48 ff 2b", "0f a0"])("nobody knows %s", (instruction) => {
    const guest = guestAt(instruction);
    expect(guest.run()).toBe(RESULT.unknown);
  });
});

describe("a selector", () => {
  it("is stored as 16 bits, and in a register as zeros above", () => {
    const guest = loader("8c 1b", 0xffff_ffffn); // mov [rbx], ds
    guest.setSelector("ds", 0x2b);
    expect(outcome(guest)).toBeUndefined();
    expect(guest.accesses).toEqual([{ kind: "write", address: DEVICE, bytes: 2, data: 0x2bn }]);
    const register = loader("8c e0", 0n); // mov eax, fs
    register.setSelector("fs", 0x33);
    register.setGeneral(RAX, 0xffff_ffff_ffff_ffffn);
    expect(outcome(register)).toBeUndefined();
    expect(register.general(RAX)).toBe(0x33n);
  });

  it.each([
    ["0f a0", "fs", 64, 8],
    ["0f a8", "gs", 64, 8],
    ["06", "es", 32, 4],
    ["0e", "cs", 32, 4],
    ["16", "ss", 32, 4],
    ["66 1e", "ds", 32, 2],
  ] as const)("is pushed by %s", (instruction, segment, mode, bytes) => {
    const guest = loader(instruction, 0n, mode);
    guest.setSelector(segment as Segment, 0x4b);
    guest.setGeneral(RSP, MEMORY + 0x100n);
    guest.setWord(MEMORY + 0xf8n, 0xffff_ffff_ffff_ffffn);
    expect(outcome(guest)).toBeUndefined();
    expect(guest.general(RSP)).toBe(MEMORY + 0x100n - BigInt(bytes));
    expect(guest.word(MEMORY + 0x100n - BigInt(bytes), bytes)).toBe(0x4bn);
  });

  it.each([
    ["0f a1", "fs", 64, 8, 0],
    ["0f a9", "gs", 64, 8, 0],
    ["07", "es", 32, 4, 0],
    ["17", "ss", 32, 4, 1],
    ["1f", "ds", 32, 4, 0],
  ] as const)("is popped by %s", (instruction, segment, mode, bytes, shadow) => {
    const guest = loader(instruction, 0n, mode);
    give(guest, 0x18, { type: TYPE.data });
    guest.setGeneral(RSP, MEMORY + 0x100n);
    guest.setWord(MEMORY + 0x100n, 0xffff_0018n);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.selector(segment as Segment), guest.general(RSP)]).toEqual([0x18, MEMORY + 0x100n + BigInt(bytes)]);
    expect(guest.get32("SHADOW")).toBe(shadow);
    guest.set("RIP", RIP);
    guest.setGeneral(RSP, MEMORY + 0x100n);
    guest.setWord(MEMORY + 0x100n, 0x20n);
    expect(outcome(guest)).toEqual(protection(0x20));
  });

  it.each([
    ["0f b2 0b", "ss", 64, 4],
    ["48 0f b4 0b", "fs", 64, 8],
    ["66 0f b5 0b", "gs", 64, 2],
    ["c4 0b", "es", 32, 4],
    ["66 c5 0b", "ds", 32, 2],
  ] as const)("is loaded with an offset by %s", (instruction, segment, mode, bytes) => {
    const offset = 0x1122_3344_5566_7788n & ((1n << BigInt(bytes * 8)) - 1n);
    const guest = loader(instruction, (0x18n << BigInt(bytes * 8)) | offset, mode);
    guest.setGeneral(RCX, 0n);
    give(guest, 0x18, { type: TYPE.data });
    expect(outcome(guest)).toBeUndefined();
    expect([guest.selector(segment as Segment), guest.general(RCX), guest.get32("SHADOW")]).toEqual([0x18, offset, 0]);
    guest.set("RIP", RIP);
    guest.setGeneral(RCX, 0n);
    give(guest, 0x18, { type: TYPE.code });
    expect(outcome(guest)).toEqual(protection(0x18));
    expect(guest.general(RCX)).toBe(0n);
  });
});

describe("LTR", () => {
  const LTR = "0f 00 1b";
  const BUSY = 1n << 41n;

  it("loads a task of 16 bytes in long mode, which is busy then", () => {
    const guest = loader(LTR, 0x18n);
    give(guest, 0x18, { type: SYSTEM.tss, isSystem: true, is32: false, base: 0x1234_5678n, limit: 0x67 });
    guest.setWord(GDT + 0x20n, 0xffff_8000n);
    const before = descriptorAt(guest, 0x18);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.changed(), guest.selector("tr")]).toEqual([["tr"], 0x18]);
    expect(guest.segmentOf("tr")).toEqual({ base: 0xffff_8000_1234_5678n, limit: 0x67, attributes: 0x8b });
    expect(descriptorAt(guest, 0x18)).toBe(before | BUSY);
  });

  it("takes tasks of both sizes outside of long mode, of 8 bytes", () => {
    for (const [type, busy] of [
      [SYSTEM.tss16, 0x83],
      [SYSTEM.tss, 0x8b],
    ] as const) {
      const guest = loader(LTR, 0x18n, 32);
      give(guest, 0x18, { type, isSystem: true, is32: false, base: 0x1000n, limit: 0x67 });
      guest.setWord(GDT + 0x20n, 0xffff_ffff_ffff_ffffn);
      expect(outcome(guest)).toBeUndefined();
      expect(guest.segmentOf("tr")).toEqual({ base: 0x1000n, limit: 0x67, attributes: busy });
    }
  });

  it.each<[string, bigint, number, Descriptor, bigint, ReturnType<typeof protection>]>([
    ["the user", 0x18n, 3, { type: SYSTEM.tss, isSystem: true }, 0n, protection(0)],
    ["no selector", 2n, 0, { type: SYSTEM.tss, isSystem: true }, 0n, protection(0)],
    ["the local table", 0x1cn, 0, { type: SYSTEM.tss, isSystem: true }, 0n, protection(0x1c)],
    ["the table's end", 0xf8n, 0, { type: SYSTEM.tss, isSystem: true }, 0n, protection(0xf8)],
    ["a busy task", 0x18n, 0, { type: SYSTEM.busy, isSystem: true }, 0n, protection(0x18)],
    ["a task of 16 bits", 0x18n, 0, { type: SYSTEM.tss16, isSystem: true }, 0n, protection(0x18)],
    ["code", 0x18n, 0, { type: TYPE.code | 1 }, 0n, protection(0x18)],
    ["one that is not present", 0x18n, 0, { type: SYSTEM.tss, isSystem: true, isPresent: false }, 0n, notPresent(0x18)],
    ["a base that is not canonical", 0x18n, 0, { type: SYSTEM.tss, isSystem: true }, 0x8000n, protection(0x18)],
    ["a second word with a type", 0x18n, 0, { type: SYSTEM.tss, isSystem: true }, 1n << 40n, protection(0x18)],
  ])("refuses %s", (_, selector, cpl, descriptor, high, expected) => {
    const guest = loader(LTR, selector, 64, cpl);
    give(guest, Number(selector), descriptor);
    if ((selector & 4n) === 0n && selector < 0xf8n) guest.setWord(GDT + (selector & 0xfff8n) + 8n, high);
    expect(outcome(guest)).toEqual(expected);
  });

  it("is nothing in real mode", () => {
    expect(outcome(loader("0f 00 1f", 0n, "real"))).toEqual(UNDEFINED_OPCODE);
  });
});

describe("LLDT", () => {
  const LLDT = "0f 00 13";

  it("loads a local table, or none", () => {
    const guest = loader(LLDT, 0x18n);
    give(guest, 0x18, { type: SYSTEM.ldt, isSystem: true, is32: false, base: 0x3000n, limit: 0x1f });
    const before = descriptorAt(guest, 0x18);
    expect(outcome(guest)).toBeUndefined();
    expect(guest.segmentOf("ldtr")).toEqual({ base: 0x3000n, limit: 0x1f, attributes: 0x82 });
    expect([guest.selector("ldtr"), descriptorAt(guest, 0x18)]).toEqual([0x18, before]);
    guest.set("RIP", RIP);
    guest.setWord(DEVICE, 0n, 2);
    expect(outcome(guest)).toBeUndefined();
    expect([guest.selector("ldtr"), guest.segmentOf("ldtr").attributes]).toEqual([0, 0]);
  });

  it("refuses a task, and the user", () => {
    const guest = loader(LLDT, 0x18n);
    give(guest, 0x18, { type: SYSTEM.tss, isSystem: true });
    expect(outcome(guest)).toEqual(protection(0x18));
    expect(outcome(loader(LLDT, 0x18n, 64, 3))).toEqual(protection(0));
  });
});

describe("SLDT and STR", () => {
  it.each([
    ["0f 00 03", "ldtr"],
    ["0f 00 0b", "tr"],
  ] as const)("store a selector: %s", (instruction, segment) => {
    const guest = loader(instruction, 0n, 64, 3);
    guest.setSelector(segment, 0x40);
    expect(outcome(guest)).toBeUndefined();
    expect(guest.accesses).toEqual([{ kind: "write", address: DEVICE, bytes: 2, data: 0x40n }]);
    guest.set("RIP", RIP);
    guest.set("CR4", 1n << 11n);
    expect(outcome(guest)).toEqual(protection(0));
    guest.set32("CPL", 0);
    expect(outcome(guest)).toBeUndefined();
  });
});

describe("a table at an odd address", () => {
  it("has its descriptors' bits set, too", () => {
    const guest = loader(LOAD.ds, 0x18n, 32);
    guest.set("GDT_BASE", GDT + 3n);
    guest.setWord(GDT + 0x1bn, encode({ type: TYPE.data }));
    expect(outcome(guest)).toBeUndefined();
    expect(guest.word(GDT + 0x1bn)).toBe(encode({ type: TYPE.data }) | ACCESSED);
  });
});
