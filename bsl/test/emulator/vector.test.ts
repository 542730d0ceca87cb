// Moves of XMM and MMX registers to and from devices, and what processors want before

import { describe, expect, it } from "vitest";
import { type Guest, littleEndian, RESULT } from "./guest.ts";
import { DEVICE, guestAt, RBX, RSP } from "./program.ts";

const CR0 = { PE: 1n, EM: 4n, TS: 8n } as const;
const OSFXSR = 1n << 9n;
const UNDEFINED_OPCODE = 6;
const NOT_AVAILABLE = 7;
const X87_FAULT = 16;
const STACK_FAULT = 12;
const GENERAL_PROTECTION = 13;

/** XMM1 has bytes 10h to 1Fh. */
function vectorGuest(instruction: string): Guest {
  const guest = guestAt(instruction);
  guest.set("CR4", OSFXSR);
  guest.vectors().set(Uint8Array.from({ length: 256 }, (_, index) => index));
  return guest;
}

describe("a move of a vector", () => {
  it("to a device is two writes", () => {
    const guest = vectorGuest("0f 11 0b"); // movups [rbx], xmm1
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address, bytes, data }) => [kind, address, bytes, data])).toEqual([
      ["write", DEVICE, 8, 0x1716_1514_1312_1110n],
      ["write", DEVICE + 8n, 8, 0x1f1e_1d1c_1b1a_1918n],
    ]);
  });

  it("over the border of two pages has pieces of what is in each", () => {
    const guest = vectorGuest("f3 0f 7f 0b"); // movdqu [rbx], xmm1
    guest.setGeneral(RBX, DEVICE + 0xffdn);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ address, bytes, data }) => [address, bytes, data])).toEqual([
      [DEVICE + 0xffdn, 3, 0x12_1110n],
      [DEVICE + 0x1000n, 8, 0x1a19_1817_1615_1413n],
      [DEVICE + 0x1008n, 5, 0x1f_1e1d_1c1bn],
    ]);
  });

  it.each([
    ["f3 0f 7e 0b", 0x1111_1111_1111_1111n, 0n], // movq xmm1, [rbx]
    ["66 0f 6e 0b", 0x1111_1111n, 0n], // movd xmm1, [rbx]
    ["0f 12 0b", 0x1111_1111_1111_1111n, 0x1f1e_1d1c_1b1a_1918n], // movlps xmm1, [rbx]
    ["0f 16 0b", 0x1716_1514_1312_1110n, 0x1111_1111_1111_1111n], // movhps xmm1, [rbx]
    ["66 0f 6f 0b", 0x1111_1111_1111_1111n, 0x2222_2222_2222_2222n], // movdqa xmm1, [rbx]
  ])("from a device fills what it fills: %s", (instruction, low, high) => {
    const guest = vectorGuest(instruction);
    guest.onRead = (address) => (address === DEVICE ? 0x1111_1111_1111_1111n : 0x2222_2222_2222_2222n);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.vectors().subarray(16, 32)).toEqual(Uint8Array.of(...littleEndian(low, 8), ...littleEndian(high, 8)));
  });

  it.each([
    ["without CR4.OSFXSR", CR0.PE, 0n, DEVICE, UNDEFINED_OPCODE],
    ["with CR0.EM", CR0.PE | CR0.EM, OSFXSR, DEVICE, UNDEFINED_OPCODE],
    ["with CR0.TS", CR0.PE | CR0.TS, OSFXSR, DEVICE, NOT_AVAILABLE],
    ["at an address that is not aligned", CR0.PE, OSFXSR, DEVICE + 8n, GENERAL_PROTECTION],
  ])("is an exception %s", (_, cr0, cr4, address, vector) => {
    const guest = vectorGuest("0f 29 0b"); // movaps [rbx], xmm1
    guest.set("CR0", cr0);
    guest.set("CR4", cr4);
    guest.setGeneral(RBX, address);
    expect([guest.run(), guest.get32("VECTOR")]).toEqual([RESULT.exception, vector]);
    expect(guest.accesses).toEqual([]);
  });

  it("is refused for its alignment first, and then by the stack's segment", () => {
    const guest = vectorGuest("0f 29 0c 24"); // movaps [rsp], xmm1
    guest.setGeneral(RSP, 0x8000_0000_0000_0008n);
    expect([guest.run(), guest.get32("VECTOR")]).toEqual([RESULT.exception, GENERAL_PROTECTION]);
    guest.setGeneral(RSP, 0x8000_0000_0000_0000n);
    expect([guest.run(), guest.get32("VECTOR")]).toEqual([RESULT.exception, STACK_FAULT]);
  });
});

describe("a move of an MMX register", () => {
  const FSW = 2;
  const FTW = 4;
  const ST = 32;

  /** ST(n) has the byte n throughout, and register `top` is the first; MM1 is what `[rbx]` moves. */
  function mmxGuest(instruction: string, top = 0): Guest {
    const guest = guestAt(instruction);
    const area = guest.fpu();
    for (let n = 0; n < 8; n++) area.fill(n, ST + n * 16, ST + n * 16 + 16);
    area[FSW + 1] = 0x41 | (top << 3);
    area[FTW] = 1;
    return guest;
  }

  const registersOf = (guest: Guest) => {
    const area = guest.fpu();
    return Array.from({ length: 8 }, (_, n) => [...area.subarray(ST + n * 16, ST + n * 16 + 10)]);
  };
  const plain = (n: number) => new Array<number>(10).fill(n);

  it.each([
    ["0f 7f 0b", 8, 0x0101_0101_0101_0101n], // movq [rbx], mm1
    ["0f e7 0b", 8, 0x0101_0101_0101_0101n], // movntq
    ["0f 7e 0b", 4, 0x0101_0101n], // movd
    ["48 0f 7e 0b", 8, 0x0101_0101_0101_0101n],
  ])("to a device: %s", (instruction, bytes, data) => {
    const guest = mmxGuest(instruction);
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([{ kind: "write", address: DEVICE, bytes, data }]);
    // All are in use then, with the first one on top
    expect([guest.fpu()[FTW], guest.fpu()[FSW + 1]]).toEqual([0xff, 0x41]);
    expect(registersOf(guest)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(plain));
  });

  it.each([
    ["0f 6f 0b", 0x8070_6050_4030_2010n], // movq mm1, [rbx]
    ["0f 6e 0b", 0x4030_2010n], // movd
    ["48 0f 6e 0b", 0x8070_6050_4030_2010n],
  ])("from a device, with ones for an exponent: %s", (instruction, content) => {
    const guest = mmxGuest(instruction);
    guest.onRead = (_, bytes) => (bytes === 8 ? 0x8070_6050_4030_2010n : 0x4030_2010n);
    expect(guest.run()).toBe(RESULT.done);
    expect(registersOf(guest)[1]).toEqual([...littleEndian(content, 8), 0xff, 0xff]);
    expect(registersOf(guest)[2]).toEqual(plain(2));
    expect(guest.fpu()[FTW]).toBe(0xff);
  });

  it("means the same one wherever the top of x87's stack is, which is the first one behind it", () => {
    const load = mmxGuest("0f 6f 0b", 3);
    load.onRead = () => 0x55n;
    expect(load.run()).toBe(RESULT.done);
    // Register n was ST(n - 3)
    const before = [5, 6, 7, 0, 1, 2, 3, 4].map(plain);
    before[1] = [0x55, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    expect([registersOf(load), load.fpu()[FSW + 1]]).toEqual([before, 0x41]);
    const store = mmxGuest("0f 7f 0b", 3);
    expect(store.run()).toBe(RESULT.done);
    expect(store.accesses[0]?.data).toBe(0x0606_0606_0606_0606n);
  });

  it.each([
    ["with CR0.EM", CR0.PE | CR0.EM, 0, UNDEFINED_OPCODE],
    ["with CR0.TS", CR0.PE | CR0.TS, 0, NOT_AVAILABLE],
    ["with an exception of x87 that waits", CR0.PE, 0x80, X87_FAULT],
  ])("is an exception %s", (_, cr0, status, vector) => {
    const guest = mmxGuest("0f 7f 0b");
    guest.set("CR0", cr0);
    guest.fpu()[FSW] = status;
    expect([guest.run(), guest.get32("VECTOR")]).toEqual([RESULT.exception, vector]);
    expect([guest.accesses, guest.fpu()[FTW]]).toEqual([[], 1]);
  });
});
