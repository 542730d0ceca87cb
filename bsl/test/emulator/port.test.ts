// IN, OUT and strings of ports: elements, blocks, and memory that is looked for first

import { describe, expect, it } from "vitest";
import { type Guest, RESULT } from "./guest.ts";
import { bytesOf, DEVICE, FLAG, guestAt, MEMORY, RAX, RCX, RDI, RDX, RIP, RSI } from "./program.ts";

const PORT = 0x1f0n;
const REP_INSW = "f3 66 6d";
const REP_OUTSD = "f3 6f";
const BUFFER_BYTES = 64;

function string(instruction: string, count: bigint, address: bigint, bufferBytes = BUFFER_BYTES): Guest {
  const guest = guestAt(instruction);
  guest.setGeneral(RDX, 0xabcd_0000n | PORT);
  guest.setGeneral(RCX, count);
  guest.setGeneral(RSI, address);
  guest.setGeneral(RDI, address);
  if (bufferBytes !== 0) guest.giveBuffer(bufferBytes);
  return guest;
}

const asked = (guest: Guest) => [guest.get("ADDRESS"), guest.get32("ACCESS_BYTES"), guest.get32("ELEMENT_COUNT")];

describe("IN and OUT", () => {
  it.each([
    ["e4 60", 0x60n, 1, 0x1122_3344_5566_77efn], // in al, 0x60
    ["66 e5 ff", 0xffn, 2, 0x1122_3344_5566_cdefn],
    ["ed", PORT, 4, 0x89ab_cdefn], // in eax, dx
    ["48 ed", PORT, 4, 0x89ab_cdefn],
  ])("%s reads a port", (instruction, port, bytes, result) => {
    const guest = string(instruction, 0n, 0n);
    guest.setGeneral(RAX, 0x1122_3344_5566_7788n);
    expect(guest.step()).toBe(RESULT.in);
    expect(asked(guest)).toEqual([port, bytes, 1]);
    expect(guest.get("RIP")).toBe(RIP);
    guest.set("DATA", 0x0123_4567_89ab_cdefn);
    expect(guest.step()).toBe(RESULT.done);
    expect([guest.general(RAX), guest.get("RIP")]).toEqual([result, RIP + BigInt(bytesOf(instruction).length)]);
  });

  it.each([
    ["e6 80", 0x80n, 1, 0x88n], // out 0x80, al
    ["66 ef", PORT, 2, 0x7788n],
    ["ef", PORT, 4, 0x5566_7788n],
  ])("%s writes one", (instruction, port, bytes, data) => {
    const guest = string(instruction, 0n, 0n);
    guest.setGeneral(RAX, 0x1122_3344_5566_7788n);
    expect(guest.step()).toBe(RESULT.out);
    expect([...asked(guest), guest.get("DATA")]).toEqual([port, bytes, 1, data]);
    expect(guest.step()).toBe(RESULT.done);
    expect(guest.get("RIP")).toBe(RIP + BigInt(bytesOf(instruction).length));
  });
});

describe("OUTS", () => {
  it("hands out blocks, as large as the buffer", () => {
    const guest = string(REP_OUTSD, 20n, MEMORY);
    guest.load(
      MEMORY,
      Uint8Array.from({ length: 80 }, (_, index) => index),
    );
    expect(guest.step()).toBe(RESULT.out);
    expect(asked(guest)).toEqual([PORT, 4, 16]);
    expect(guest.buffer().subarray(0, 64)).toEqual(Uint8Array.from({ length: 64 }, (_, index) => index));
    expect([guest.general(RCX), guest.general(RSI), guest.get("RIP")]).toEqual([4n, MEMORY + 64n, RIP]);
    expect(guest.step()).toBe(RESULT.out);
    expect(asked(guest)).toEqual([PORT, 4, 4]);
    expect(guest.buffer()[0]).toBe(64);
    expect([guest.general(RCX), guest.get("RIP")]).toEqual([0n, RIP + 2n]);
    expect(guest.step()).toBe(RESULT.done);
  });

  it("ends a block where the page ends, and takes an element over the border by itself", () => {
    const guest = string(REP_OUTSD, 4n, MEMORY + 0xff6n);
    guest.load(
      MEMORY + 0xff6n,
      Uint8Array.from({ length: 16 }, (_, index) => index),
    );
    const seen: unknown[] = [];
    for (let result = guest.step(); result === RESULT.out; result = guest.step()) {
      seen.push([
        guest.get32("ELEMENT_COUNT"),
        guest.get32("ELEMENT_COUNT") === 1 ? guest.get("DATA") : guest.buffer()[0],
      ]);
    }
    expect(seen).toEqual([
      [2, 0],
      [1, 0x0b0a_0908n],
      [1, 0x0f0e_0d0cn],
    ]);
  });

  it.each([
    ["without a buffer", 0, 0n],
    ["backwards", BUFFER_BYTES, FLAG.DF],
  ])("goes element by element %s", (_, bufferBytes, flags) => {
    const guest = string(REP_OUTSD, 2n, MEMORY + 4n, bufferBytes);
    guest.set("RFLAGS", 2n | flags);
    guest.load(MEMORY, bytesOf("11000000 22000000 33000000"));
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, data }) => [kind, data])).toEqual([
      ["out", 0x22n],
      ["out", flags === 0n ? 0x33n : 0x11n],
    ]);
  });

  it("from a device reads it first", () => {
    const guest = string(REP_OUTSD, 2n, DEVICE);
    guest.onRead = (address) => address;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address, data }) => [kind, address, data])).toEqual([
      ["read", DEVICE, DEVICE],
      ["out", PORT, DEVICE],
      ["read", DEVICE + 4n, DEVICE + 4n],
      ["out", PORT, DEVICE + 4n],
    ]);
  });
});

describe("INS", () => {
  it("asks for blocks, and puts them into memory", () => {
    const guest = string(REP_INSW, 40n, MEMORY);
    expect(guest.step()).toBe(RESULT.in);
    expect(asked(guest)).toEqual([PORT, 2, 32]);
    expect(guest.general(RCX)).toBe(40n);
    guest.buffer().fill(0xa5);
    expect(guest.step()).toBe(RESULT.in);
    expect(asked(guest)).toEqual([PORT, 2, 8]);
    expect([guest.general(RCX), guest.general(RDI), guest.get("RIP")]).toEqual([8n, MEMORY + 64n, RIP]);
    guest.buffer().fill(0x5a);
    expect(guest.step()).toBe(RESULT.done);
    expect([guest.general(RCX), guest.general(RDI), guest.get("RIP")]).toEqual([0n, MEMORY + 80n, RIP + 3n]);
    expect(guest.dump(MEMORY, 81)).toEqual(
      Uint8Array.from({ length: 81 }, (_, index) => (index < 64 ? 0xa5 : index < 80 ? 0x5a : 0)),
    );
  });

  it("looks for its memory before it reads the port", () => {
    const guest = string(REP_INSW, 4n, 0x8000_0000_0000_0000n);
    expect([guest.step(), guest.get32("VECTOR")]).toEqual([RESULT.exception, 13]);
    expect(guest.general(RCX)).toBe(4n);
  });

  it("of an element over the border of two pages is one element", () => {
    const guest = string("6d", 0n, MEMORY + 0xffen);
    guest.onRead = () => 0x4433_2211n;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.dump(MEMORY + 0xffen, 4)).toEqual(bytesOf("11223344"));
  });

  it("into a device writes it, element by element", () => {
    const guest = string(REP_INSW, 2n, DEVICE);
    guest.onRead = () => 0x77n;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address }) => [kind, address])).toEqual([
      ["in", PORT],
      ["write", DEVICE],
      ["in", PORT],
      ["write", DEVICE + 2n],
    ]);
    expect(guest.general(RDI)).toBe(DEVICE + 4n);
  });

  /** A block of three that was asked for, and what it is answered with. */
  const threeAsked = (address = MEMORY): Guest => {
    const guest = string(REP_INSW, 3n, address);
    expect([guest.step(), guest.get32("ELEMENT_COUNT")]).toEqual([RESULT.in, 3]);
    guest.buffer().set(bytesOf("112233445566"));
    return guest;
  };

  it.each([
    ["fewer repetitions", 1n, MEMORY, [0n, MEMORY + 2n], "11220000"],
    ["none", 0n, MEMORY, [0n, MEMORY], "00000000"],
  ])("takes of an answer what its caller has left: %s", (_, count, address, registers, memory) => {
    const guest = threeAsked();
    guest.setGeneral(RCX, count);
    expect(guest.step()).toBe(RESULT.done);
    expect([guest.general(RCX), guest.general(RDI)]).toEqual(registers);
    expect([guest.get("RIP"), guest.dump(address, 4)]).toEqual([RIP + 3n, bytesOf(memory)]);
  });

  it.each([
    ["more repetitions", 40n, MEMORY, 0n, 3n, MEMORY + 6n, [MEMORY, "112233445566"]],
    ["an end of a page before", 3n, MEMORY + 0xffcn, 0n, 2n, MEMORY + 0x1000n, [MEMORY + 0xffcn, "112233440000"]],
    ["an element over it", 3n, MEMORY + 0xfffn, 0n, 1n, MEMORY + 0x1001n, [MEMORY + 0xfffn, "112200000000"]],
    ["the other direction", 3n, MEMORY + 8n, FLAG.DF, 1n, MEMORY + 6n, [MEMORY + 8n, "112200000000"]],
  ] as const)("asks for the rest anew: %s", (_, count, address, flags, taken, next, [at, memory]) => {
    const guest = threeAsked();
    guest.setGeneral(RCX, count);
    guest.setGeneral(RDI, address);
    guest.set("RFLAGS", 2n | flags);
    expect(guest.step()).toBe(RESULT.in);
    expect([guest.general(RCX), guest.general(RDI), guest.get("RIP")]).toEqual([count - taken, next, RIP]);
    expect(guest.dump(at, 6)).toEqual(bytesOf(memory));
  });

  it.each([
    ["its memory is gone", (guest: Guest) => guest.setGeneral(RDI, 0x8000_0000_0000_0000n), RESULT.exception],
    ["there is nothing left to do", (guest: Guest) => guest.setGeneral(RCX, 0n), RESULT.done],
  ])("leaves no answer behind when %s", (_, change, result) => {
    const guest = threeAsked();
    change(guest);
    expect(guest.step()).toBe(result);
    guest.set("RIP", RIP);
    guest.setGeneral(RCX, 1n);
    guest.setGeneral(RDI, MEMORY);
    expect([guest.step(), ...asked(guest)]).toEqual([RESULT.in, PORT, 2, 1]);
    guest.set("DATA", 0x7788n);
    expect([guest.step(), guest.dump(MEMORY, 2)]).toEqual([RESULT.done, bytesOf("8877")]);
  });

  it("of none reads nothing", () => {
    const guest = string(REP_INSW, 0n, MEMORY);
    expect(guest.run()).toBe(RESULT.done);
    expect([guest.accesses.length, guest.get("RIP")]).toEqual([0, RIP + 3n]);
  });
});
