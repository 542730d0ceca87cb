// Instructions on devices: what is asked, in which order, and what of the guest changes when

import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { RESULT } from "./guest.ts";
import { bytesOf, DEVICE, FLAG, guestAt, MEMORY, RAX, RBX, RCX, RDX, RIP, RSP } from "./program.ts";

describe("an instruction that reads and writes", () => {
  it.each([
    ["01 03", 0x10n, 0x11n], // add [rbx], eax
    ["09 03", 0x10n, 0x11n], // or [rbx], eax
    ["ff 03", 0x10n, 0x11n], // inc dword [rbx]
    ["f0 81 33 ff 00 00 00", 0x10n, 0xefn], // lock xor dword [rbx], 0xff
    ["87 03", 0x10n, 1n], // xchg [rbx], eax
    ["0f c1 03", 0x10n, 0x11n], // xadd [rbx], eax
    ["0f ab 03", 0x10n, 0x12n], // bts [rbx], eax
    ["c1 23 04", 0x10n, 0x100n], // shl dword [rbx], 4
    ["f7 13", 0x10n, 0xffff_ffefn], // not dword [rbx]
  ])("%s asks once, and then writes once", (instruction, before, after) => {
    const guest = guestAt(instruction);
    guest.setGeneral(RAX, 1n);
    guest.onRead = () => before;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([
      { kind: "read", address: DEVICE, bytes: 4, data: before },
      { kind: "write", address: DEVICE, bytes: 4, data: after },
    ]);
    expect(guest.get("RIP")).toBe(RIP + BigInt(bytesOf(instruction).length));
  });

  it("writes what it found when CMPXCHG finds something else", () => {
    const guest = guestAt("0f b1 0b"); // cmpxchg [rbx], ecx
    guest.setGeneral(RAX, 1n);
    guest.onRead = () => 2n;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, data }) => [kind, data])).toEqual([
      ["read", 2n],
      ["write", 2n],
    ]);
    expect([guest.general(RAX), guest.get("RFLAGS") & FLAG.ZF]).toEqual([2n, 0n]);
  });

  it("is 16 bytes in pieces of 8", () => {
    const guest = guestAt("48 0f c7 0b"); // cmpxchg16b [rbx]
    for (const register of [RAX, RDX]) guest.setGeneral(register, 7n);
    guest.setGeneral(RCX, 0xccn);
    guest.onRead = () => 7n;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address, bytes, data }) => [kind, address, bytes, data])).toEqual([
      ["read", DEVICE, 8, 7n],
      ["read", DEVICE + 8n, 8, 7n],
      ["write", DEVICE, 8, DEVICE],
      ["write", DEVICE + 8n, 8, 0xccn],
    ]);
    expect(guest.get("RFLAGS") & FLAG.ZF).toBe(FLAG.ZF);
  });
});

describe("an instruction that compares", () => {
  it.each(["39 03", "3b 03", "85 03", "83 3b 01", "f7 03 01 00 00 00"])("%s writes nothing", (instruction) => {
    const guest = guestAt(instruction);
    guest.setGeneral(RAX, 1n);
    guest.onRead = () => 1n;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind }) => kind)).toEqual(["read"]);
  });
});

describe("an operand that the processor has found", () => {
  const LINEAR = 0x9_0010n;
  const FOUND = DEVICE + 0x10n;
  const READABLE = abi.EMULATION_FLAG_KNOWN;
  const WRITABLE = READABLE | abi.EMULATION_FLAG_KNOWN_WRITE;
  const accessesOf = (instruction: string, flags: number, linear = LINEAR, found = FOUND) => {
    const guest = guestAt(instruction);
    guest.setGeneral(RBX, linear);
    guest.setGeneral(RSP, MEMORY + 0x100n);
    guest.set("KNOWN_ADDRESS", found);
    guest.set32("FLAGS", flags);
    guest.onRead = () => 1n;
    expect(guest.run()).toBe(RESULT.done);
    return guest.accesses.map(({ kind, address }) => [kind, address]);
  };

  it("is not looked for", () => {
    expect(accessesOf("8b 03", READABLE)).toEqual([["read", FOUND]]); // mov eax, [rbx]
    expect(accessesOf("89 03", WRITABLE)).toEqual([["write", FOUND]]);
    expect(accessesOf("01 03", WRITABLE)).toEqual([
      ["read", FOUND],
      ["write", FOUND],
    ]);
  });

  it("is looked for when it is another one, or may not be written, or is in two pages", () => {
    expect(accessesOf("8b 03", 0)).toEqual([["read", LINEAR]]);
    expect(accessesOf("89 03", READABLE)).toEqual([["write", LINEAR]]);
    expect(accessesOf("8b 03", READABLE, LINEAR + 4n)).toEqual([["read", LINEAR + 4n]]);
    expect(accessesOf("8b 03", READABLE, 0x9_0ffen, DEVICE + 0xffen)).toEqual([
      ["read", 0x9_0ffen],
      ["read", 0x9_1000n],
    ]);
  });

  it.each(["ff 33", "8f 03", "ff 13"])("may be the stack's in %s, and is looked for", (instruction) => {
    expect(accessesOf(instruction, WRITABLE).map(([, address]) => address)).toEqual([LINEAR]);
  });
});

describe("an operand in two pages", () => {
  it("may be memory first, and then a device", () => {
    const guest = guestAt("48 8b 03");
    guest.map(0x5000n, 4096, "device");
    guest.setGeneral(RBX, 0x4ffdn);
    guest.load(0x4ffdn, bytesOf("11 22 33 44 55 66 77 88"));
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.general(RAX)).toBe(0x8877_6655_4433_2211n);
    expect(guest.accesses.map(({ address, bytes }) => [address, bytes])).toEqual([[0x5000n, 5]]);
  });

  it("may be a device first, and then memory, for a write", () => {
    const guest = guestAt("48 89 03");
    guest.map(0x4000n, 4096, "device");
    guest.setGeneral(RBX, 0x4ffdn);
    guest.setGeneral(RAX, 0x8877_6655_4433_2211n);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.dump(0x4ffdn, 8)).toEqual(bytesOf("11 22 33 44 55 66 77 88"));
    expect(guest.accesses.map(({ address, bytes, data }) => [address, bytes, data])).toEqual([
      [0x4ffdn, 3, 0x33_2211n],
    ]);
  });

  it("is read in both before anything is changed", () => {
    const guest = guestAt("48 01 03"); // add [rbx], rax
    guest.setGeneral(RBX, DEVICE + 0xffcn);
    guest.setGeneral(RAX, 1n);
    guest.onRead = () => 0xffff_ffffn;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address, bytes, data }) => [kind, address, bytes, data])).toEqual([
      ["read", DEVICE + 0xffcn, 4, 0xffff_ffffn],
      ["read", DEVICE + 0x1000n, 4, 0xffff_ffffn],
      ["write", DEVICE + 0xffcn, 4, 0n],
      ["write", DEVICE + 0x1000n, 4, 0n],
    ]);
    expect(guest.get("RFLAGS") & FLAG.CF).toBe(FLAG.CF);
  });
});

describe("an answer", () => {
  it("to another question is none: the address is asked again", () => {
    const guest = guestAt("8b 03");
    expect(guest.step()).toBe(RESULT.read);
    guest.setGeneral(RBX, DEVICE + 8n);
    guest.set("DATA", 1n);
    expect(guest.step()).toBe(RESULT.read);
    expect(guest.get("ADDRESS")).toBe(DEVICE + 8n);
    guest.set("DATA", 2n);
    expect(guest.step()).toBe(RESULT.done);
    expect(guest.general(RAX)).toBe(2n);
  });

  it("is not wanted any more when the caller gives the instruction up", () => {
    const guest = guestAt("8b 03");
    expect(guest.step()).toBe(RESULT.read);
    guest.giveUp();
    guest.set("RIP", RIP);
    guest.load(RIP, bytesOf("b8 05 00 00 00"));
    expect(guest.step()).toBe(RESULT.done);
    expect(guest.general(RAX)).toBe(5n);
  });

  it("goes with the bytes of the instruction that asked, whatever is there by then", () => {
    const guest = guestAt("8b 03");
    expect(guest.step()).toBe(RESULT.read);
    guest.load(RIP, bytesOf("0f 0b"));
    guest.set("DATA", 3n);
    expect(guest.step()).toBe(RESULT.done);
    expect(guest.general(RAX)).toBe(3n);
  });
});

describe("the stack and a device", () => {
  it("PUSH reads it, POP writes it, CALL and JMP go where it says", () => {
    const push = guestAt("ff 33");
    push.setGeneral(RSP, MEMORY + 0x100n);
    push.onRead = () => 0x1234n;
    expect(push.run()).toBe(RESULT.done);
    expect([push.general(RSP), push.word(MEMORY + 0xf8n)]).toEqual([MEMORY + 0xf8n, 0x1234n]);

    const pop = guestAt("8f 03");
    pop.setGeneral(RSP, MEMORY);
    pop.setWord(MEMORY, 0x77n);
    expect(pop.run()).toBe(RESULT.done);
    expect(pop.accesses).toEqual([{ kind: "write", address: DEVICE, bytes: 8, data: 0x77n }]);
    expect(pop.general(RSP)).toBe(MEMORY + 8n);

    const call = guestAt("ff 13");
    call.setGeneral(RSP, MEMORY + 0x100n);
    call.onRead = () => 0x5678n;
    expect(call.run()).toBe(RESULT.done);
    expect([call.get("RIP"), call.word(MEMORY + 0xf8n)]).toEqual([0x5678n, RIP + 2n]);

    const jump = guestAt("ff 23");
    jump.onRead = () => 0x9abcn;
    expect(jump.run()).toBe(RESULT.done);
    expect(jump.get("RIP")).toBe(0x9abcn);
  });

  it("POP with RSP in its address means the one behind it", () => {
    const guest = guestAt("8f 44 24 08"); // pop [rsp + 8]
    guest.setGeneral(RSP, MEMORY);
    guest.setWord(MEMORY, 0x11n);
    expect(guest.run()).toBe(RESULT.done);
    expect([guest.word(MEMORY + 16n), guest.general(RSP)]).toEqual([0x11n, MEMORY + 8n]);
  });

  it("POP that cannot write leaves RSP alone", () => {
    const guest = guestAt("8f 03");
    guest.setGeneral(RBX, 0x8000_0000_0000_0000n);
    guest.setGeneral(RSP, MEMORY);
    expect([guest.run(), guest.get32("VECTOR"), guest.general(RSP)]).toEqual([RESULT.exception, 13, MEMORY]);
  });
});

describe("flags of the processor", () => {
  it("RF is cleared by an instruction, and TF asks for a trap", () => {
    const guest = guestAt("8b 03");
    guest.set("RFLAGS", 2n | FLAG.RF | FLAG.TF);
    guest.onRead = () => 0n;
    expect(guest.run()).toBe(RESULT.done);
    expect([guest.get("RFLAGS"), guest.get32("TRAP")]).toEqual([2n | FLAG.TF, 1]);
    const other = guestAt("8b 03");
    other.onRead = () => 0n;
    expect([other.run(), other.get32("TRAP")]).toEqual([RESULT.done, 0]);
  });
});
