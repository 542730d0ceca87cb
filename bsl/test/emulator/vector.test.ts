// Moves of XMM registers to and from devices, and what processors want before

import { describe, expect, it } from "vitest";
import { type Guest, littleEndian, RESULT } from "./guest.ts";
import { DEVICE, guestAt, RBX, RSP } from "./program.ts";

const CR0 = { PE: 1n, EM: 4n, TS: 8n } as const;
const OSFXSR = 1n << 9n;
const UNDEFINED_OPCODE = 6;
const NOT_AVAILABLE = 7;
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
