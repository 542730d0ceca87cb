// The I/O APIC: registers and rules of its data sheet (82093AA), with exact values

import { describe, expect, it } from "vitest";
import { IoApic, LEVEL, MASKED, PINS, REMOTE_IRR, SELECT, SETS, STATE_WORDS, WINDOW } from "./io-apic.ts";

const USER = 0;
const TIMER = 1;
const RESAMPLED = 2;
const VECTOR = 0x31;
const LOGICAL = 1 << 11;

/** With one pin's entry written. */
function withEntry(pin: number, low: number, high = 0): IoApic {
  const chip = new IoApic();
  chip.setEntry(pin, low, high);
  return chip;
}

describe("registers", () => {
  it("begin with all pins masked", () => {
    const chip = new IoApic();
    expect(chip.state).toEqual([0xfec0_0000n, 0n, 0n, ...Array.from({ length: PINS }, () => 0x1_0000n)]);
    const registers = Array.from({ length: 2 * PINS }, (_, index) => chip.read(0x10 + index));
    expect(registers).toEqual(Array.from({ length: 2 * PINS }, (_, index) => (index % 2 === 0 ? MASKED : 0)));
  });

  it.each([
    ["ID", 0, 0xffff_ffff, 0x0f00_0000],
    ["version", 1, 0xffff_ffff, 0x0017_0011],
    ["arbitration", 2, 0xffff_ffff, 0],
    ["that is not there", 3, 0, 0xffff_ffff],
    ["below the entries", 0x0f, 0, 0xffff_ffff],
    ["first entry", 0x10, 0xffff_ffff, 0xffff_afff],
    ["first entry's upper half", 0x11, 0xffff_ffff, 0xffff_ffff],
    ["last entry", 0x3e, 0x0001_8123, 0x0001_8123],
    ["last entry's upper half", 0x3f, 0x0300_0000, 0x0300_0000],
    ["behind the entries", 0x40, 0, 0xffff_ffff],
    ["last", 0xff, 0, 0xffff_ffff],
  ])("%s: %i", (_, register, written, value) => {
    const chip = new IoApic();
    const before = chip.state;
    chip.write(register, written);
    expect(chip.read(register)).toBe(value);
    // What is no register changes nothing
    if (value === 0xffff_ffff && register !== 0x11) {
      chip.writeMemory(SELECT, 0);
      expect(chip.state).toEqual(before);
    }
  });

  it("have the arbitration ID follow the ID", () => {
    const chip = new IoApic();
    chip.write(0, 0x0500_0000);
    expect(chip.read(2)).toBe(0x0500_0000);
  });

  it("are reached by two others, of which the first has eight bits", () => {
    const chip = new IoApic();
    chip.writeMemory(SELECT, 0xffff_ff01);
    expect([chip.readMemory(SELECT), chip.readMemory(WINDOW)]).toEqual([1, 0x0017_0011]);
    for (const offset of [4, 0x0c, 0x20, 0x40, 0xfc]) {
      const before = chip.state;
      chip.writeMemory(offset, 0x31);
      expect([chip.readMemory(offset), chip.state]).toEqual([0, before]);
    }
    expect(chip.takeSent()).toEqual([]);
  });

  it("keep remote IRR and delivery status from the guest", () => {
    const chip = withEntry(4, 0x5000 | LEVEL | VECTOR);
    expect(chip.entry(4)).toBe(LEVEL | VECTOR);
    chip.raise(4);
    expect(chip.entry(4)).toBe(REMOTE_IRR | LEVEL | VECTOR);
    chip.setEntry(4, LEVEL | VECTOR | MASKED);
    expect(chip.entry(4)).toBe(REMOTE_IRR | LEVEL | VECTOR | MASKED);
  });
});

describe("messages", () => {
  it.each([
    ["fixed", 0x31, 0x0200_0000, 0x31, 2],
    ["lowest priority, logical", 0x0931, 0xff00_0000, 0x0931, 0xff],
    ["SMI", 0x0200, 0, 0x0200, 0],
    ["NMI", 0x0400, 0x0100_0000, 0x0400, 1],
    ["INIT", 0x0500, 0, 0x0500, 0],
    ["ExtINT", 0x0700, 0, 0x0700, 0],
    ["active low", 0x2031, 0, 0x31, 0],
    ["with reserved bits", 0xfffe_0031, 0x00ff_ffff, 0x31, 0],
    ["level-triggered", LEVEL | LOGICAL | 0x72, 0x0300_0000, LEVEL | LOGICAL | 0x72, 3],
  ])("%s", (_, low, high, message, destination) => {
    const chip = withEntry(9, low, high);
    expect([chip.raise(9), chip.takeSent()]).toEqual([1, [[message | SETS, destination]]]);
  });

  it.each(Array.from({ length: PINS }, (_, pin) => pin))("of pin %i are its own", (pin) => {
    const chip = new IoApic();
    for (let each = 0; each < PINS; each++) chip.setEntry(each, 0x40 + each, each << 24);
    chip.raise(pin);
    expect(chip.takeSent()).toEqual([[(0x40 + pin) | SETS, pin]]);
  });

  it.each([2, 1, 0, -1])("say how many have taken them: %i", (takers) => {
    const chip = withEntry(3, VECTOR);
    chip.takers = takers;
    expect(chip.raise(3)).toBe(takers);
    chip.setEntry(5, VECTOR | LEVEL);
    expect(chip.raise(5)).toBe(takers);
    // Who has not taken it does not end it
    expect(chip.entry(5) & REMOTE_IRR).toBe(takers > 0 ? REMOTE_IRR : 0);
  });
});

describe("an edge", () => {
  it("is sent once", () => {
    const chip = withEntry(4, VECTOR);
    expect([chip.raise(4), chip.raise(4), chip.lower(4), chip.raise(4)]).toEqual([1, 0, 1, 1]);
    expect(chip.takeSent().length).toBe(2);
    expect(chip.entry(4)).toBe(VECTOR);
  });

  it("is lost while its pin is masked", () => {
    const chip = withEntry(4, VECTOR | MASKED);
    expect([chip.raise(4), chip.raise(4)]).toEqual([-1, 0]);
    chip.setEntry(4, VECTOR);
    expect([chip.takeSent(), chip.raise(4)]).toEqual([[], 0]);
    chip.lower(4);
    expect([chip.raise(4), chip.takeSent().length]).toEqual([1, 1]);
  });

  it("has no end", () => {
    const chip = withEntry(4, VECTOR);
    chip.raise(4, RESAMPLED);
    chip.end(VECTOR);
    expect([chip.takeSent().length, chip.takeEnded()]).toEqual([1, 0]);
  });
});

describe("a level", () => {
  it("is sent again at its end, as long as it lasts", () => {
    const chip = withEntry(10, LEVEL | VECTOR);
    expect([chip.raise(10), chip.raise(10), chip.takeSent().length]).toEqual([1, 0, 1]);
    chip.end(VECTOR);
    expect([chip.takeSent(), chip.entry(10)]).toEqual([[[LEVEL | SETS | VECTOR, 0]], REMOTE_IRR | LEVEL | VECTOR]);
    chip.lower(10);
    chip.end(VECTOR);
    expect([chip.takeSent(), chip.entry(10)]).toEqual([[], LEVEL | VECTOR]);
  });

  it("that goes before its end and comes again is sent at the end", () => {
    const chip = withEntry(10, LEVEL | VECTOR);
    chip.raise(10);
    chip.lower(10);
    expect([chip.raise(10), chip.takeSent().length]).toEqual([0, 1]);
    chip.end(VECTOR);
    expect(chip.takeSent().length).toBe(1);
  });

  it("waits while its pin is masked", () => {
    const chip = withEntry(10, LEVEL | MASKED | VECTOR);
    expect([chip.raise(10), chip.takeSent()]).toEqual([-1, []]);
    chip.setEntry(10, LEVEL | VECTOR);
    expect(chip.takeSent().length).toBe(1);
    // Masked in between, it is not sent at the end, but when that is over
    chip.setEntry(10, LEVEL | MASKED | VECTOR);
    chip.end(VECTOR);
    expect([chip.takeSent(), chip.entry(10)]).toEqual([[], LEVEL | MASKED | VECTOR]);
    chip.setEntry(10, LEVEL | VECTOR);
    expect(chip.takeSent().length).toBe(1);
  });

  it("that has gone while its pin was masked is forgotten", () => {
    const chip = withEntry(10, LEVEL | MASKED | VECTOR);
    chip.raise(10);
    chip.lower(10);
    chip.setEntry(10, LEVEL | VECTOR);
    expect(chip.takeSent()).toEqual([]);
  });

  it("is not sent while it is in service, whatever is written to its entry", () => {
    const chip = withEntry(10, LEVEL | VECTOR);
    chip.raise(10);
    chip.setEntry(10, LEVEL | 0x55, 0x0100_0000);
    expect(chip.takeSent().length).toBe(1);
    // Another vector's end is not its own
    chip.end(VECTOR);
    expect(chip.entry(10)).toBe(REMOTE_IRR | LEVEL | 0x55);
    chip.end(0x55);
    expect(chip.takeSent()).toEqual([[LEVEL | SETS | 0x55, 1]]);
  });

  it("is ended by making its pin edge-triggered and level-triggered again", () => {
    const chip = withEntry(10, LEVEL | VECTOR);
    chip.raise(10);
    chip.setEntry(10, MASKED | VECTOR);
    expect(chip.entry(10)).toBe(MASKED | VECTOR);
    chip.setEntry(10, LEVEL | MASKED | VECTOR);
    expect(chip.takeSent().length).toBe(1);
    chip.setEntry(10, LEVEL | VECTOR);
    expect(chip.takeSent().length).toBe(1);
  });

  it("shares a vector with others, and its end", () => {
    const chip = new IoApic();
    for (const pin of [16, 17, 18]) chip.setEntry(pin, LEVEL | VECTOR, pin << 24);
    chip.raise(16);
    chip.raise(18);
    chip.lower(16);
    chip.takeSent();
    chip.end(VECTOR);
    expect(chip.takeSent()).toEqual([[LEVEL | SETS | VECTOR, 18]]);
    expect([16, 17, 18].map((pin) => chip.entry(pin) & REMOTE_IRR)).toEqual([0, 0, REMOTE_IRR]);
  });
});

describe("sources", () => {
  it("assert a pin together", () => {
    const chip = withEntry(11, LEVEL | VECTOR);
    chip.raise(11, USER);
    chip.raise(11, TIMER);
    chip.lower(11, USER);
    chip.end(VECTOR);
    expect(chip.takeSent().length).toBe(2);
    chip.lower(11, TIMER);
    chip.end(VECTOR);
    expect(chip.takeSent().length).toBe(0);
  });

  it("have RESAMPLED assert no more behind an end, and that is told once", () => {
    const chip = withEntry(11, LEVEL | VECTOR);
    chip.raise(11, RESAMPLED);
    expect(chip.takeEnded()).toBe(0);
    chip.end(VECTOR);
    expect([chip.takeSent().length, chip.takeEnded(), chip.takeEnded(), chip.entry(11)]).toEqual([
      1,
      1 << 11,
      0,
      LEVEL | VECTOR,
    ]);
    expect([chip.raise(11, RESAMPLED), chip.takeSent().length]).toEqual([1, 1]);
  });

  it("go on asserting what another one does", () => {
    const chip = withEntry(11, LEVEL | VECTOR);
    chip.raise(11, RESAMPLED);
    chip.raise(11, USER);
    chip.takeSent();
    chip.end(VECTOR);
    expect([chip.takeSent().length, chip.takeEnded()]).toEqual([1, 1 << 11]);
    chip.lower(11, USER);
    chip.end(VECTOR);
    expect([chip.takeSent().length, chip.takeEnded()]).toEqual([0, 0]);
  });
});

describe("state", () => {
  it("is Linux's", () => {
    const chip = withEntry(1, VECTOR, 0x0200_0000);
    chip.write(0, 0x0300_0000);
    chip.setEntry(2, MASKED | 0x40);
    chip.setEntry(3, LEVEL | 0x41);
    for (const pin of [1, 2, 3, 4]) chip.raise(pin);
    chip.writeMemory(SELECT, 0x3f);
    const words = chip.state;
    expect(words.length).toBe(STATE_WORDS);
    // Base, register and ID; requests without the edge that was sent
    expect(words.slice(0, 8)).toEqual([
      0xfec0_0000n,
      0x3_0000_003fn,
      0b11100n,
      0x1_0000n,
      0x0200_0000_0000_0031n,
      0x1_0040n,
      0xc041n,
      0x1_0000n,
    ]);
  });

  it("has an edge that was not sent, and a level that comes behind one", () => {
    const chip = withEntry(4, VECTOR);
    const requests = () => Number(chip.state[2]) >> 4;
    chip.raise(4);
    expect(requests()).toBe(0);
    chip.lower(4);
    chip.setEntry(4, MASKED | VECTOR);
    chip.raise(4);
    expect(requests()).toBe(1);
    chip.setEntry(4, VECTOR);
    chip.lower(4);
    chip.raise(4);
    expect(requests()).toBe(0);
    chip.setEntry(4, LEVEL | MASKED | VECTOR);
    expect(requests()).toBe(1);
  });

  it("set again sends what was asked for and not sent", () => {
    const entries = [...Array.from({ length: PINS }, () => 0x1_0000n)];
    entries[4] = 0x0100_0000_0000_0034n;
    entries[5] = 0x8035n;
    entries[6] = 0xc036n;
    entries[7] = 0x1_0037n;
    const chip = new IoApic();
    chip.state = [0xfec0_0000n, 0x2_0000_0010n, 0xff00_00f0n, ...entries];
    expect(chip.takeSent()).toEqual([
      [SETS | 0x34, 1],
      [LEVEL | SETS | 0x35, 0],
    ]);
    expect([chip.readMemory(SELECT), chip.read(0), chip.entry(6)]).toEqual([0x10, 0x0200_0000, 0xc036]);
    chip.end(0x36);
    expect(chip.takeSent()).toEqual([[LEVEL | SETS | 0x36, 0]]);
    // Pins that are not there ask for nothing
    expect(chip.state[2]).toBe(0xe0n);
  });

  it("set over another one leaves nothing of that but who asserts", () => {
    const chip = withEntry(4, VECTOR);
    chip.raise(4);
    chip.raise(5);
    const state = new IoApic().state.map((word, index) => (index === 7 || index === 8 ? 0x8031n : word));
    chip.takeSent();
    chip.state = state;
    expect([chip.state, chip.takeSent()]).toEqual([state, []]);
    // It is asserted still
    expect([chip.raise(4), Number(chip.state[2])]).toEqual([1, 0x10]);
    expect([chip.lower(4), Number(chip.state[2])]).toEqual([1, 0]);
  });

  it("with an edge in service, of which no data sheet knows, sends it all the same", () => {
    const chip = new IoApic();
    chip.state = chip.state.map((word, index) => (index === 3 ? 0x4031n : word));
    expect([chip.raise(0), chip.takeSent().length]).toEqual([1, 1]);
  });

  it("that is nonsense harms nobody", () => {
    const chip = new IoApic();
    chip.state = Array.from({ length: STATE_WORDS }, () => 0xffff_ffff_ffff_ffffn);
    expect([chip.readMemory(WINDOW), chip.takeSent()]).toEqual([0xffff_ffff, []]);
    chip.writeMemory(WINDOW, 1);
    for (let pin = 0; pin < PINS; pin++) chip.setEntry(pin, VECTOR);
    expect([chip.takeSent(), chip.raise(3), chip.lower(3), chip.raise(3)]).toEqual([[], 0, 1, 1]);
  });
});
