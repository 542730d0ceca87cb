// The interval timer: each mode of the 8254's data sheet (Intel 231164) with exact values, its registers, and its ticks

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import { BOTH, CONTROL, HIGH, LATCH, LOW, Pit, SPEAKER_PORT } from "./pit.ts";

/** A counter of channel 1 that begins at `count`: what it is at, and its output, after so many ticks. */
function walk(mode: number, count: number, ticks: readonly number[]): readonly (readonly [number, number])[] {
  const pit = new Pit();
  pit.start(1, mode, count);
  let passed = 0;
  return ticks.map((tick) => {
    pit.count(tick - passed);
    passed = tick;
    return [pit.counter(1), pit.output(1)];
  });
}

describe("the clock", () => {
  it.each([
    [0n, 0n],
    [838n, 0n],
    [839n, 1n],
    [1_000_000_000n, 1_193_181n],
    [54_925_448n, 65_536n],
    [54_925_447n, 65_535n],
    // A year
    [31_536_000_000_000_000n, 37_628_156_016_000n],
  ])("has in %i ns %i ticks", (nanoseconds, ticks) => {
    expect(new Pit().ticksIn(nanoseconds)).toBe(ticks);
  });

  it("knows the first moment at which so many ticks are over", () => {
    const pit = new Pit();
    for (const ticks of [1n, 2n, 1_193n, 65_536n, 1_193_180n, 1_193_181n, 1_193_182n, 37_628_156_016_001n]) {
      const time = pit.timeOf(ticks);
      expect([pit.ticksIn(time), pit.ticksIn(time - 1n)]).toEqual([ticks, ticks - 1n]);
    }
  });
});

describe("mode", () => {
  it("0 has its output high when the count is over, and counts on", () => {
    expect(walk(0, 4, [0, 1, 3, 4, 5, 4 + 0x1_0000])).toEqual([
      ...[[4, 0] as const, [3, 0] as const, [1, 0] as const],
      ...[[0, 1] as const, [0xffff, 1] as const, [0, 1] as const],
    ]);
  });

  it("2 has its output low for the last tick of each period", () => {
    expect(walk(2, 3, [0, 1, 2, 3, 4, 5, 6])).toEqual([
      ...[[3, 1] as const, [2, 1] as const, [1, 0] as const, [3, 1] as const, [2, 1] as const, [1, 0] as const],
      [3, 1],
    ]);
  });

  it("3 counts by two, and has its output high for half of an even period", () => {
    expect(walk(3, 4, [0, 1, 2, 3, 4, 5])).toEqual([
      ...[[4, 1] as const, [2, 1] as const, [4, 0] as const, [2, 0] as const, [4, 1] as const, [2, 1] as const],
    ]);
  });

  it("3 has its output high for a tick more than half of an odd period", () => {
    expect(walk(3, 5, [0, 1, 2, 3, 4, 5])).toEqual([
      ...[[4, 1] as const, [2, 1] as const, [0, 1] as const, [4, 0] as const, [2, 0] as const, [4, 1] as const],
    ]);
  });

  it("4 has its output low for the one tick at which the count is over", () => {
    expect(walk(4, 3, [0, 2, 3, 4])).toEqual([
      [3, 1],
      [1, 1],
      [0, 0],
      [0xffff, 1],
    ]);
  });

  it("6 and 7 are 2 and 3", () => {
    expect(walk(6, 3, [1, 2])).toEqual(walk(2, 3, [1, 2]));
    expect(walk(7, 4, [1, 2])).toEqual(walk(3, 4, [1, 2]));
  });

  it.each([0, 2, 3, 4])("%i takes a count of 0 for 65,536", (mode) => {
    expect(walk(mode, 0, [0, 1])).toEqual([
      [0, mode === 0 ? 0 : 1],
      [mode === 3 ? 0xfffe : 0xffff, mode === 0 ? 0 : 1],
    ]);
  });

  it.each([
    [1, 0, 1],
    [5, 1, 1],
  ])("%i waits for an edge of the gate, each time", (mode, during, behind) => {
    const pit = new Pit();
    pit.start(2, mode, 3);
    pit.count(10);
    expect([pit.counter(2), pit.output(2)]).toEqual([3, 1]);
    for (let i = 0; i < 2; i++) {
      pit.gate(1);
      pit.count(1);
      expect([pit.counter(2), pit.output(2)]).toEqual([2, during]);
      // Its level is nothing to it
      pit.gate(0);
      pit.count(2);
      expect([pit.counter(2), pit.output(2)]).toEqual([0, mode === 5 ? 0 : 1]);
      pit.count(1);
      expect([pit.counter(2), pit.output(2)]).toEqual([0xffff, behind]);
    }
    // A new count waits for the next edge
    pit.load(2, 7);
    expect([pit.counter(2), pit.output(2)]).toEqual([7, 1]);
  });
});

describe("the gate", () => {
  it.each([0, 4])("holds mode %i where it is", (mode) => {
    const pit = new Pit();
    pit.start(2, mode, 9);
    pit.count(5);
    expect(pit.counter(2)).toBe(9);
    pit.gate(1);
    pit.count(2);
    pit.gate(0);
    pit.count(100);
    expect(pit.counter(2)).toBe(7);
    pit.gate(1);
    pit.gate(1);
    pit.count(3);
    expect(pit.counter(2)).toBe(4);
  });

  it.each([2, 3])("holds mode %i, has its output high, and begins it anew", (mode) => {
    const pit = new Pit();
    pit.gate(1);
    pit.start(2, mode, 8);
    pit.count(7);
    expect(pit.output(2)).toBe(0);
    pit.gate(0);
    expect(pit.output(2)).toBe(1);
    const held = pit.counter(2);
    pit.count(3);
    expect([pit.counter(2), pit.output(2)]).toEqual([held, 1]);
    pit.gate(1);
    expect([pit.counter(2), pit.output(2)]).toEqual([8, 1]);
    pit.count(1);
    expect(pit.counter(2)).toBe(mode === 2 ? 7 : 6);
  });
});

describe("a control word", () => {
  it("has the counter wait for a count", () => {
    const pit = new Pit();
    pit.start(1, 2, 100);
    pit.count(10);
    pit.control(1, BOTH, 0);
    pit.count(10);
    expect([pit.counter(1), pit.output(1)]).toEqual([100, 0]);
    pit.control(1, BOTH, 2);
    expect(pit.output(1)).toBe(1);
    pit.write(0x41, 5);
    pit.count(1);
    expect(pit.counter(1)).toBe(100);
    pit.write(0x41, 0);
    pit.count(1);
    expect(pit.counter(1)).toBe(4);
  });

  it.each([
    ["low byte", LOW, [0x34], 0x34],
    ["high byte", HIGH, [0x12], 0x1200],
    ["both bytes", BOTH, [0x34, 0x12], 0x1234],
  ])("says which bytes of the count are written: the %s", (_, access, bytes, count) => {
    const pit = new Pit();
    pit.control(1, access, 0);
    for (const byte of bytes) pit.write(0x41, byte);
    expect(pit.counter(1)).toBe(count);
  });

  it.each([
    ["low byte", LOW, [0x34, 0x34, 0x34]],
    ["high byte", HIGH, [0x12, 0x12, 0x12]],
    ["both bytes in turn", BOTH, [0x34, 0x12, 0x34]],
  ])("says which are read: the %s", (_, access, bytes) => {
    const pit = new Pit();
    pit.start(1, 0, 0x1234);
    // The count stays, in whatever way it is read
    pit.setField(1, kvm.KVM_PIT_CHANNEL_STATE_READ_STATE, 1, access);
    expect(bytes.map(() => pit.readByte(1))).toEqual(bytes);
  });

  it("is kept with what it says of BCD, in which nothing counts", () => {
    const pit = new Pit();
    pit.control(1, BOTH, 0, 1);
    pit.load(1, 0x10);
    pit.count(1);
    expect([pit.counter(1), pit.field(1, kvm.KVM_PIT_CHANNEL_STATE_BCD, 1)]).toEqual([0xf, 1]);
  });

  it("cannot be read", () => {
    const pit = new Pit();
    pit.start(0, 0, 0x1234);
    expect(pit.read(CONTROL)).toBe(0);
  });
});

describe("a latch", () => {
  it("keeps the count until it is read, and no later one", () => {
    const pit = new Pit();
    pit.start(1, 0, 0x1234);
    pit.control(1, LATCH, 0);
    pit.count(0x100);
    pit.control(1, LATCH, 0);
    expect([pit.readBoth(1), pit.readBoth(1)]).toEqual([0x1234, 0x1134]);
  });

  it.each([
    ["low", LOW, 0x33, 0x32],
    ["high", HIGH, 0x33, 0x32],
  ])("keeps the %s byte alone where that is what is read", (_, access, latched, behind) => {
    const pit = new Pit();
    pit.control(1, access, 0);
    pit.write(0x41, 0x33);
    pit.control(1, LATCH, 0);
    pit.count(1);
    expect([pit.readByte(1), pit.readByte(1)]).toEqual([latched, behind]);
  });

  it("by the read-back command is of several counters, count, status or both", () => {
    const pit = new Pit();
    pit.start(0, 2, 0x1000);
    pit.start(1, 0, 0x2000);
    pit.write(CONTROL, 0xc0 | (1 << 1) | (1 << 2));
    pit.count(0x10);
    // Status first: output, access, mode
    expect([pit.readByte(0), pit.readBoth(0), pit.readBoth(0)]).toEqual([0xb4, 0x1000, 0xff0]);
    expect([pit.readByte(1), pit.readBoth(1), pit.readBoth(1)]).toEqual([0x30, 0x2000, 0x1ff0]);
    pit.write(CONTROL, 0xc0 | 0x20 | (1 << 1));
    expect([pit.readByte(0), pit.readBoth(0)]).toEqual([0xb4, 0xff0]);
    pit.write(CONTROL, 0xc0 | 0x10 | (1 << 2));
    pit.count(0x10);
    expect([pit.readBoth(1), pit.readBoth(1)]).toEqual([0x1ff0, 0x1fe0]);
    pit.write(CONTROL, 0xc0 | 0x30 | (7 << 1));
    expect(pit.readBoth(1)).toBe(0x1fe0);
  });

  it("tells in a status that there is no count yet, and keeps the first status", () => {
    const pit = new Pit();
    pit.control(1, BOTH, 3, 1);
    pit.write(CONTROL, 0xe0 | (1 << 2));
    pit.load(1, 0);
    pit.write(CONTROL, 0xe0 | (1 << 2));
    expect(pit.readByte(1)).toBe(0x80 | 0x40 | 0x30 | 6 | 1);
    pit.write(CONTROL, 0xe0 | (1 << 2));
    expect(pit.readByte(1)).toBe(0x80 | 0x30 | 6 | 1);
  });
});

describe("ports", () => {
  it("are 40h to 43h, and 61h where that is wanted", () => {
    const pit = new Pit();
    const all = (bytes: number) =>
      Array.from({ length: 0x100 }, (_, port) => port).filter((port) => pit.isPort(port, bytes));
    expect(all(1)).toEqual([0x40, 0x41, 0x42, 0x43, 0x61]);
    expect(all(2)).toEqual([0x40, 0x41, 0x42, 0x61]);
    expect(all(4)).toEqual([0x40, 0x61]);
    pit.hasSpeaker = false;
    expect(all(1)).toEqual([0x40, 0x41, 0x42, 0x43]);
  });

  it("61h has the gate and the output of channel 2, the speaker's datum, and a bit that changes by itself", () => {
    const pit = new Pit();
    pit.now = (pit.now >> 15n) << 15n;
    pit.start(2, 0, 100);
    expect(pit.read(SPEAKER_PORT)).toBe(0);
    pit.write(SPEAKER_PORT, 0xff);
    expect([pit.read(SPEAKER_PORT), pit.flags]).toEqual([3, kvm.KVM_PIT_FLAGS_SPEAKER_DATA_ON]);
    pit.now += 1n << 14n;
    expect(pit.read(SPEAKER_PORT)).toBe(0x13);
    pit.now += 1n << 14n;
    expect(pit.read(SPEAKER_PORT)).toBe(3);
    pit.count(100);
    expect(pit.read(SPEAKER_PORT) & 0x2f).toBe(0x23);
    pit.write(SPEAKER_PORT, 0xfc);
    expect([pit.read(SPEAKER_PORT) & 0x2f, pit.flags]).toEqual([0x20, 0]);
  });

  it("tell when channel 0 counts otherwise", () => {
    const pit = new Pit();
    expect(pit.control(0, BOTH, 2)).toBe(true);
    expect(pit.control(1, BOTH, 2)).toBe(false);
    expect([pit.write(0x40, 1), pit.write(0x40, 1), pit.write(0x41, 1), pit.write(0x41, 1)]).toEqual([
      ...[false, true, false, false],
    ]);
    expect([pit.control(0, LATCH, 0), pit.write(CONTROL, 0xc2), pit.write(SPEAKER_PORT, 1)]).toEqual(
      Array(3).fill(false),
    );
  });
});

describe("a tick", () => {
  const MILLISECOND = 1193;

  it("does not come before there is a count", () => {
    const pit = new Pit();
    expect([pit.next(), pit.notice()]).toEqual([undefined, false]);
    pit.load(0, 100);
    pit.count(1000);
    expect([pit.next(), pit.notice()]).toEqual([undefined, false]);
    pit.control(0, BOTH, 2);
    expect(pit.next()).toBe(undefined);
  });

  it.each([0, 4])("comes once in mode %i", (mode) => {
    const pit = new Pit();
    pit.start(0, mode, MILLISECOND);
    expect(pit.next()).toBe(999_849);
    pit.count(MILLISECOND - 1);
    expect([pit.notice(), pit.next()]).toEqual([false, 838]);
    pit.count(1);
    expect(pit.notice()).toBe(true);
    pit.account(0);
    pit.count(0x2_0000);
    expect([pit.next(), pit.notice(), pit.missed]).toEqual([undefined, false, 0]);
    pit.load(0, 5);
    expect(pit.next()).toBe(4191);
  });

  it.each([1, 5])("never comes in mode %i, whose gate has no edge", (mode) => {
    const pit = new Pit();
    pit.start(0, mode, MILLISECOND);
    pit.count(0x1_0000);
    pit.restart(0);
    expect([pit.next(), pit.notice()]).toEqual([undefined, false]);
  });

  it.each([2, 3])("comes again and again in mode %i, at the time of each, however late one was", (mode) => {
    const pit = new Pit();
    const begin = pit.now;
    pit.start(0, mode, MILLISECOND);
    for (let i = 1n; i < 50n; i++) {
      pit.now = begin + pit.timeOf(i * BigInt(MILLISECOND)) + i * 10_000n;
      expect(pit.notice()).toBe(true);
      pit.account(1);
      expect([pit.missed, pit.now + BigInt(pit.next(true) ?? 0)]).toEqual([
        0,
        begin + pit.timeOf((i + 1n) * BigInt(MILLISECOND)),
      ]);
    }
  });

  it("comes no more often than 5,000 times a second", () => {
    const pit = new Pit();
    pit.start(0, 2, 2);
    expect(pit.next()).toBe(200_305);
    pit.count(240);
    pit.notice();
    expect(pit.missed).toBe(1);
  });

  it("that was missed comes when the guest takes them again, a quarter of a period behind another one", () => {
    const pit = new Pit();
    pit.start(0, 2, 4 * MILLISECOND);
    pit.count(4 * MILLISECOND);
    pit.notice();
    pit.account(0);
    // The one before waits: it makes no sense to ask before the next
    expect([pit.missed, pit.next(false)]).toEqual([1, 3_999_393]);
    pit.count(3 * 4 * MILLISECOND);
    expect(pit.notice()).toBe(true);
    pit.account(1);
    expect([pit.missed, pit.next(true)]).toEqual([3, 999_849]);
    for (const missed of [2, 1]) {
      pit.count(MILLISECOND);
      expect(pit.notice()).toBe(true);
      pit.account(1);
      expect([pit.missed, pit.next(true)]).toEqual([missed, 999_849]);
    }
    pit.count(MILLISECOND);
    pit.notice();
    pit.account(1);
    expect([pit.missed, Math.round((pit.next(true) ?? 0) / 1e5)]).toEqual([0, 10]);
  });

  it("that was missed is lost where its user wants that, or the guest has masked it", () => {
    const pit = new Pit();
    pit.reinjects = false;
    pit.start(0, 2, MILLISECOND);
    pit.count(7 * MILLISECOND);
    expect([pit.notice(), pit.missed]).toEqual([true, 1]);
    pit.account(0);
    expect(pit.missed).toBe(0);
    pit.reinjects = true;
    pit.count(7 * MILLISECOND);
    expect([pit.notice(), pit.missed]).toEqual([true, 7]);
    pit.account(-1);
    expect([pit.missed, pit.notice()]).toEqual([0, false]);
  });

  it("does not come while the gate is low, which only a state can say", () => {
    for (const mode of [0, 2, 3, 4]) {
      const pit = new Pit();
      pit.start(0, mode, MILLISECOND);
      pit.setField(0, kvm.KVM_PIT_CHANNEL_STATE_GATE, 1, 0);
      pit.restart(0);
      pit.count(7 * MILLISECOND);
      expect([pit.notice(), pit.next(), pit.counter(0)]).toEqual([false, undefined, mode === 3 ? 1192 : MILLISECOND]);
    }
  });

  it("is forgotten with a new count", () => {
    const pit = new Pit();
    pit.start(0, 2, MILLISECOND);
    pit.count(7 * MILLISECOND);
    pit.notice();
    pit.start(0, 2, 2 * MILLISECOND);
    expect([pit.missed, pit.next()]).toEqual([0, 1_999_697]);
  });

  it("does not come while another timer has the line", () => {
    const pit = new Pit();
    pit.start(0, 2, MILLISECOND);
    pit.flags = kvm.KVM_PIT_FLAGS_HPET_LEGACY;
    pit.count(7 * MILLISECOND);
    expect([pit.notice(), pit.next()]).toEqual([false, undefined]);
  });
});

describe("another machine's state", () => {
  it("begins with its counts, whatever there is of it", () => {
    const pit = new Pit();
    for (const [mode, count, gate] of [
      [2, 0, 1],
      [3, 0xffff_ffff, 0xff],
      [0xff, 7, 2],
      [0, 7, 0xfe],
    ] as const) {
      for (const field of [
        kvm.KVM_PIT_CHANNEL_STATE_READ_STATE,
        kvm.KVM_PIT_CHANNEL_STATE_WRITE_STATE,
        kvm.KVM_PIT_CHANNEL_STATE_RW_MODE,
        kvm.KVM_PIT_CHANNEL_STATE_COUNT_LATCHED,
      ]) {
        pit.setField(2, field, 1, 0xee);
      }
      pit.setField(2, kvm.KVM_PIT_CHANNEL_STATE_COUNT, 4, count);
      pit.setField(2, kvm.KVM_PIT_CHANNEL_STATE_MODE, 1, mode);
      pit.setField(2, kvm.KVM_PIT_CHANNEL_STATE_GATE, 1, gate);
      pit.restart(2);
      const shown = mode === 3 ? 0xfffe : count & 0xffff;
      expect([pit.counter(2), pit.field(2, kvm.KVM_PIT_CHANNEL_STATE_GATE, 1)]).toEqual([shown, gate & 1]);
      pit.readBoth(2);
      pit.load(2, 1);
      pit.write(SPEAKER_PORT, 3);
      pit.read(SPEAKER_PORT);
    }
    expect(pit.field(2, kvm.KVM_PIT_CHANNEL_STATE_COUNT, 4)).toBeGreaterThan(0);
  });
});
