// Segments and modes: bases, limits, types, and addresses of each size

import { describe, expect, it } from "vitest";
import { type Guest, RESULT } from "./guest.ts";
import { bytesOf, guestAt, MEMORY, RAX, RBP, RBX, RCX, RDI, RIP, RSI, RSP, setBase } from "./program.ts";

const GENERAL_PROTECTION = 13;
const STACK_FAULT = 12;

/** How an instruction ends: its exception, or 0. */
function outcome(guest: Guest): number {
  const result = guest.run();
  if (result === RESULT.done) return 0;
  expect(result).toBe(RESULT.exception);
  expect(guest.get32("ERROR_CODE")).toBe(0);
  expect(guest.get("RIP")).toBe(RIP);
  return guest.get32("VECTOR");
}

describe("real mode", () => {
  it("adds a base to an offset of 16 bits", () => {
    const guest = guestAt("8b 47 10", "real"); // mov ax, [bx + 0x10]
    setBase(guest, "ds", 0x2000n, "real");
    guest.setGeneral(RBX, 0xdead_0100n);
    guest.setWord(0x2110n, 0xbeefn, 2);
    guest.setGeneral(RAX, 0x1111_1111n);
    expect(outcome(guest)).toBe(0);
    expect(guest.general(RAX)).toBe(0x1111_beefn);
  });

  it("lets an offset wrap around at 64 KiB", () => {
    const guest = guestAt("8a 47 ff", "real"); // mov al, [bx - 1]
    setBase(guest, "ds", 0x2000n, "real");
    guest.setGeneral(RBX, 0x0n);
    guest.map(0x1_1000n, 0x1000);
    guest.setWord(0x1_1fffn, 0x42n, 1);
    expect(outcome(guest)).toBe(0);
    expect(guest.general(RAX)).toBe(0x42n);
  });

  it("refuses an operand that goes beyond it, by #SS on the stack", () => {
    const data = guestAt("8b 07", "real");
    data.setGeneral(RBX, 0xffffn);
    expect(outcome(data)).toBe(GENERAL_PROTECTION);
    const stack = guestAt("8b 46 00", "real"); // mov ax, [bp]
    stack.setGeneral(RBP, 0xffffn);
    expect(outcome(stack)).toBe(STACK_FAULT);
  });

  it("takes addresses of 32 bits by a prefix, as far as the limit says", () => {
    const guest = guestAt("67 8b 03", "real"); // mov ax, [ebx]
    guest.setGeneral(RBX, 0x1_2345n);
    expect(outcome(guest)).toBe(GENERAL_PROTECTION);
    const big = guestAt("67 8b 03", "real");
    big.segment("ds", { base: 0n, limit: 0xffff_ffff, attributes: 0x93 });
    big.map(0x1_2000n, 0x1000);
    big.setWord(0x1_2345n, 0x77n, 2);
    big.setGeneral(RBX, 0x1_2345n);
    expect(outcome(big)).toBe(0);
    expect(big.general(RAX)).toBe(0x77n);
  });

  it("writes through CS, which protected mode does not", () => {
    const real = guestAt("2e 89 07", "real");
    real.setGeneral(RBX, MEMORY);
    expect(outcome(real)).toBe(0);
    const protectedMode = guestAt("2e 89 07", 16);
    protectedMode.setGeneral(RBX, MEMORY);
    expect(outcome(protectedMode)).toBe(GENERAL_PROTECTION);
  });

  it("moves strings by SI, DI and CX, and leaves their upper halves alone", () => {
    const guest = guestAt("f3 26 a5", "real"); // rep movsw, from ES
    setBase(guest, "es", 0x2000n, "real");
    guest.setGeneral(RCX, 0xaaaa_0002n);
    guest.setGeneral(RSI, 0xbbbb_0010n);
    guest.setGeneral(RDI, 0xcccc_fffen);
    guest.load(0x2010n, bytesOf("11 22 33 44"));
    guest.map(0x1_1000n, 0x1000);
    expect(outcome(guest)).toBe(0);
    expect(guest.dump(0x1_1ffen, 2)).toEqual(bytesOf("11 22"));
    expect(guest.dump(0x2000n, 2)).toEqual(bytesOf("33 44"));
    expect([guest.general(RCX), guest.general(RSI), guest.general(RDI)]).toEqual([
      0xaaaa_0000n,
      0xbbbb_0014n,
      0xcccc_0002n,
    ]);
  });

  it("pushes 16 bits at SS:SP", () => {
    const guest = guestAt("ff 37", "real"); // push word [bx]
    setBase(guest, "ss", 0x2000n, "real");
    guest.setGeneral(RBX, 0x3000n);
    guest.setWord(0x3000n, 0x1234n, 2);
    guest.setGeneral(RSP, 0x7777_0000n);
    guest.map(0x1_1000n, 0x1000);
    expect(outcome(guest)).toBe(0);
    expect([guest.word(0x1_1ffen, 2), guest.general(RSP)]).toEqual([0x1234n, 0x7777_fffen]);
  });
});

describe("protected mode", () => {
  const withData = (attributes: number, limit: number, offset: bigint, instruction = "8b 03") => {
    const guest = guestAt(instruction, 32);
    guest.segment("ds", { base: MEMORY, limit, attributes });
    guest.setGeneral(RBX, offset);
    return guest;
  };

  it.each([
    ["to the limit", 0xc93, 0xfff, 0xffcn, 0],
    ["beyond the limit", 0xc93, 0xfff, 0xffdn, GENERAL_PROTECTION],
    ["above the limit of one that expands down", 0xc97, 0xfff, 0x1000n, 0],
    ["at the limit of one that expands down", 0xc97, 0xfff, 0xfffn, GENERAL_PROTECTION],
    ["above 64 KiB of a small one that expands down", 0x97, 0xfff, 0xfffdn, GENERAL_PROTECTION],
    ["code that may be read", 0xc9b, 0xfff, 0n, 0],
    ["code that may not", 0xc99, 0xfff, 0n, GENERAL_PROTECTION],
    ["without a segment", 0, 0, 0n, GENERAL_PROTECTION],
  ])("reads %s", (_, attributes, limit, offset, vector) => {
    expect(outcome(withData(attributes, limit, offset))).toBe(vector);
  });

  it("writes to data that may be written alone", () => {
    expect(outcome(withData(0xc93, 0xfff, 0n, "89 03"))).toBe(0);
    expect(outcome(withData(0xc91, 0xfff, 0n, "89 03"))).toBe(GENERAL_PROTECTION);
    expect(outcome(withData(0xc91, 0xfff, 0n, "ff 03"))).toBe(GENERAL_PROTECTION);
    expect(outcome(withData(0xc91, 0xfff, 0n))).toBe(0);
  });

  it("wraps around at 4 GiB, from one page to another", () => {
    const guest = guestAt("8b 03", 32);
    guest.segment("ds", { base: 0xffff_fffen, limit: 0xffff_ffff, attributes: 0xc93 });
    guest.setGeneral(RBX, 0n);
    guest.map(0xffff_f000n, 0x1000);
    guest.map(0n, 0x1000);
    guest.load(0xffff_fffen, bytesOf("11 22"));
    guest.load(0n, bytesOf("33 44"));
    expect(outcome(guest)).toBe(0);
    expect(guest.general(RAX)).toBe(0x4433_2211n);
  });

  it("counts the stack by its own size", () => {
    const guest = guestAt("66 ff 33", 32); // push word [ebx], with a stack of 16 bits
    guest.segment("ss", { base: MEMORY, limit: 0xffff, attributes: 0x93 });
    guest.setGeneral(RBX, MEMORY);
    guest.setWord(MEMORY, 0x99n, 2);
    guest.setGeneral(RSP, 0x1111_0102n);
    expect(outcome(guest)).toBe(0);
    expect([guest.word(MEMORY + 0x100n, 2), guest.general(RSP)]).toEqual([0x99n, 0x1111_0100n]);
  });

  it("goes where a branch says within the code's limit", () => {
    const guest = guestAt("ff 23", 32);
    guest.segment("cs", { base: 0n, limit: 0x1fff, attributes: 0xc9b });
    guest.setGeneral(RBX, MEMORY);
    guest.setWord(MEMORY, 0x2000n, 4);
    expect(outcome(guest)).toBe(GENERAL_PROTECTION);
    guest.setWord(MEMORY, 0x1ffen, 4);
    expect(outcome(guest)).toBe(0);
    expect(guest.get("RIP")).toBe(0x1ffen);
  });
});

describe("64-bit mode", () => {
  it("has bases for FS and GS alone", () => {
    const guest = guestAt("65 8b 03"); // mov eax, gs:[rbx]
    for (const segment of ["ds", "es", "gs"] as const)
      guest.segment(segment, { base: 0x1000n, limit: 0, attributes: 0 });
    guest.setGeneral(RBX, MEMORY - 0x1000n);
    guest.setWord(MEMORY, 5n, 4);
    expect(outcome(guest)).toBe(0);
    expect(guest.general(RAX)).toBe(5n);
    const plain = guestAt("3e 8b 03");
    plain.segment("ds", { base: 0x1000n, limit: 0, attributes: 0 });
    plain.setGeneral(RBX, MEMORY);
    plain.setWord(MEMORY, 6n, 4);
    expect(outcome(plain)).toBe(0);
    expect(plain.general(RAX)).toBe(6n);
  });

  it("refuses addresses that are not canonical, by #SS on the stack", () => {
    const data = guestAt("8b 03");
    data.setGeneral(RBX, 0x0000_8000_0000_0000n);
    expect(outcome(data)).toBe(GENERAL_PROTECTION);
    const border = guestAt("8b 03");
    border.setGeneral(RBX, 0x0000_7fff_ffff_fffdn);
    expect(outcome(border)).toBe(GENERAL_PROTECTION);
    const stack = guestAt("8b 04 24");
    stack.setGeneral(RSP, 0xffff_7fff_ffff_ffffn);
    expect(outcome(stack)).toBe(STACK_FAULT);
    const wide = guestAt("8b 03");
    wide.map(0x0000_8000_0000_0000n, 0x1000);
    wide.setGeneral(RBX, 0x0000_8000_0000_0000n);
    wide.set("CR4", 1n << 12n);
    expect(outcome(wide)).toBe(0);
  });

  it("has pairs of 16 bytes at multiples of 16", () => {
    const guest = guestAt("48 0f c7 0b");
    guest.setGeneral(RBX, MEMORY + 8n);
    expect(outcome(guest)).toBe(GENERAL_PROTECTION);
  });
});
