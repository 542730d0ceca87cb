// Strings between memory and devices: step by step, forwards and backwards, and what an interrupt between two steps sees

import { EMULATION_FLAG_STOP } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { type Guest, RESULT } from "./guest.ts";
import { bytesOf, DEVICE, FLAG, guestAt, MEMORY, RAX, RCX, RDI, RIP, RSI } from "./program.ts";

const REP_MOVSD = "f3 a5";
const REP_STOSD = "f3 ab";
const REP_LODSD = "f3 ad";

function string(instruction: string, registers: Partial<Record<number, bigint>>): Guest {
  const guest = guestAt(instruction);
  for (const [number, value] of Object.entries(registers)) guest.setGeneral(Number(number), value ?? 0n);
  return guest;
}

const registers = (guest: Guest) => [guest.general(RCX), guest.general(RSI), guest.general(RDI), guest.get("RIP")];

describe("MOVS", () => {
  it("from memory to a device is a write for each element, with the registers of those that are done", () => {
    const guest = string(REP_MOVSD, { [RCX]: 3n, [RSI]: MEMORY, [RDI]: DEVICE });
    guest.load(MEMORY, bytesOf("11000000 22000000 33000000"));
    expect(guest.step()).toBe(RESULT.write);
    expect([guest.get("ADDRESS"), guest.get("DATA")]).toEqual([DEVICE, 0x11n]);
    expect(registers(guest)).toEqual([2n, MEMORY + 4n, DEVICE + 4n, RIP]);
    expect(guest.get("RFLAGS") & FLAG.RF).toBe(FLAG.RF);
    expect(guest.step()).toBe(RESULT.write);
    expect([guest.get("ADDRESS"), guest.get("DATA")]).toEqual([DEVICE + 4n, 0x22n]);
    expect(guest.step()).toBe(RESULT.write);
    expect(registers(guest)).toEqual([0n, MEMORY + 12n, DEVICE + 12n, RIP + 2n]);
    expect(guest.step()).toBe(RESULT.done);
    expect(guest.get("RFLAGS") & FLAG.RF).toBe(0n);
  });

  it("from a device to memory is a read for each element", () => {
    const guest = string(REP_MOVSD, { [RCX]: 3n, [RSI]: DEVICE, [RDI]: MEMORY });
    let next = 0x10n;
    guest.onRead = () => next++;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address }) => [kind, address])).toEqual([
      ["read", DEVICE],
      ["read", DEVICE + 4n],
      ["read", DEVICE + 8n],
    ]);
    expect(guest.dump(MEMORY, 12)).toEqual(bytesOf("10000000 11000000 12000000"));
    expect(registers(guest)).toEqual([0n, DEVICE + 12n, MEMORY + 12n, RIP + 2n]);
  });

  it("from a device to a device asks and writes in turn", () => {
    const guest = string("f3 a4", { [RCX]: 2n, [RSI]: DEVICE, [RDI]: DEVICE + 0x100n });
    guest.onRead = (address) => address & 0xffn;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ kind, address, data }) => [kind, address, data])).toEqual([
      ["read", DEVICE, 0n],
      ["write", DEVICE + 0x100n, 0n],
      ["read", DEVICE + 1n, 1n],
      ["write", DEVICE + 0x101n, 1n],
    ]);
  });

  it("goes backwards with DF", () => {
    const guest = string("f3 66 a5", { [RCX]: 2n, [RSI]: MEMORY + 2n, [RDI]: DEVICE + 2n });
    guest.set("RFLAGS", 2n | FLAG.DF);
    guest.load(MEMORY, bytesOf("aaaa bbbb"));
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ address, data }) => [address, data])).toEqual([
      [DEVICE + 2n, 0xbbbbn],
      [DEVICE, 0xaaaan],
    ]);
    expect(registers(guest)).toEqual([0n, MEMORY - 2n, DEVICE - 2n, RIP + 3n]);
  });

  it("that faults in the middle has the registers of what was done", () => {
    const guest = string("f3 48 a5", { [RCX]: 3n, [RSI]: MEMORY, [RDI]: 0x0000_7fff_ffff_fff0n });
    guest.map(0x0000_7fff_ffff_f000n, 4096);
    expect([guest.run(), guest.get32("VECTOR")]).toEqual([RESULT.exception, 13]);
    expect(registers(guest)).toEqual([1n, MEMORY + 16n, 0x0000_8000_0000_0000n, RIP]);
  });

  it("takes its source's segment from a prefix, and its address size", () => {
    const guest = string("67 65 a4", { [RSI]: 0xffff_ffff_0000_0010n, [RDI]: 0xffff_ffff_0000_2100n });
    guest.segment("gs", { base: MEMORY, limit: 0, attributes: 0x93 });
    guest.load(MEMORY + 0x10n, bytesOf("5a"));
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.dump(0x2100n, 1)).toEqual(bytesOf("5a"));
    expect([guest.general(RSI), guest.general(RDI)]).toEqual([0x11n, 0x2101n]);
  });
});

describe("a repetition", () => {
  it("of none does nothing", () => {
    const guest = string(REP_MOVSD, { [RCX]: 0n, [RSI]: DEVICE, [RDI]: DEVICE });
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toEqual([]);
    expect(guest.get("RIP")).toBe(RIP + 2n);
  });

  it("goes no further when the caller wants its processor", () => {
    const guest = string(REP_STOSD, { [RCX]: 3n, [RAX]: 7n, [RDI]: DEVICE });
    expect(guest.step()).toBe(RESULT.write);
    guest.set32("FLAGS", EMULATION_FLAG_STOP);
    expect(guest.step()).toBe(RESULT.done);
    expect(registers(guest)).toEqual([2n, 0n, DEVICE + 4n, RIP]);
    expect(guest.get("RFLAGS") & FLAG.RF).toBe(FLAG.RF);
    expect(guest.step()).toBe(RESULT.write);
    expect(registers(guest)).toEqual([1n, 0n, DEVICE + 8n, RIP]);
    guest.set32("FLAGS", 0);
    expect(guest.run()).toBe(RESULT.done);
    expect(registers(guest)).toEqual([0n, 0n, DEVICE + 12n, RIP + 2n]);
  });

  it("goes no further with TF: each is a trap", () => {
    const guest = string(REP_LODSD, { [RCX]: 2n, [RSI]: DEVICE });
    guest.set("RFLAGS", 2n | FLAG.TF);
    guest.onRead = () => 9n;
    expect([guest.run(), guest.get32("TRAP")]).toEqual([RESULT.done, 1]);
    expect(registers(guest)).toEqual([1n, DEVICE + 4n, 0n, RIP]);
    expect([guest.run(), guest.get32("TRAP")]).toEqual([RESULT.done, 1]);
    expect(registers(guest)).toEqual([0n, DEVICE + 8n, 0n, RIP + 2n]);
    expect(guest.general(RAX)).toBe(9n);
  });

  it("gives the guest's processor back after a while, though it is memory alone", () => {
    const guest = string("f3 aa", { [RCX]: 1000n, [RAX]: 0x5an, [RDI]: MEMORY });
    expect(guest.step()).toBe(RESULT.done);
    const done = 1000n - guest.general(RCX);
    expect(done).toBeGreaterThan(0n);
    expect(guest.general(RCX)).toBeGreaterThan(0n);
    expect([guest.general(RDI), guest.get("RIP")]).toEqual([MEMORY + done, RIP]);
    while (guest.get("RIP") === RIP) expect(guest.step()).toBe(RESULT.done);
    expect(guest.dump(MEMORY, 1001)).toEqual(
      Uint8Array.from({ length: 1001 }, (_, index) => (index < 1000 ? 0x5a : 0)),
    );
  });
});

describe("SCAS and CMPS", () => {
  it("read a device until it has what they look for", () => {
    const guest = string("f2 ae", { [RCX]: 10n, [RAX]: 3n, [RDI]: DEVICE }); // repne scasb
    guest.onRead = (address) => address & 0xffn;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses).toHaveLength(4);
    expect(registers(guest)).toEqual([6n, 0n, DEVICE + 4n, RIP + 2n]);
    expect(guest.get("RFLAGS") & FLAG.ZF).toBe(FLAG.ZF);
  });

  it("ask for both operands of an element, once each", () => {
    const guest = string("f3 a6", { [RCX]: 2n, [RSI]: DEVICE, [RDI]: DEVICE + 0x100n }); // repe cmpsb
    guest.onRead = (address) => address & 0xffn;
    expect(guest.run()).toBe(RESULT.done);
    expect(guest.accesses.map(({ address }) => address)).toEqual([
      DEVICE,
      DEVICE + 0x100n,
      DEVICE + 1n,
      DEVICE + 0x101n,
    ]);
    expect(guest.get("RFLAGS") & FLAG.ZF).toBe(FLAG.ZF);
  });
});
