// The timer of a local APIC: every mode, to the tick (SDM volume 3, 11.5.4)

import { describe, expect, it } from "vitest";
import {
  BY_DEADLINE,
  CURRENT_COUNT,
  DIVIDE,
  enabled,
  INITIAL_COUNT,
  KHZ,
  type LocalApic,
  MASKED,
  PERIODIC,
  REFUSED,
  REQUESTED,
  SPURIOUS,
  TIMER,
  TIMES,
  X2APIC,
} from "./local-apic.ts";

const VECTOR = 0x40;
/** By one. */
const ONE = 0xb;
const TICKS = BigInt(KHZ / 1_000_000);
const SECOND = BigInt(KHZ) * 1000n;

/** Counts by one. */
function counting(count: number, entry = VECTOR): LocalApic {
  const apic = enabled();
  apic.write(DIVIDE, ONE);
  apic.write(TIMER, entry);
  apic.write(INITIAL_COUNT, count);
  return apic;
}

const isRequested = (apic: LocalApic) => apic.vectors(REQUESTED).length === 1;

describe("one-shot", () => {
  it("counts down to zero, and then is still", () => {
    const apic = counting(500);
    expect([apic.deadline - apic.now, apic.read(CURRENT_COUNT)]).toEqual([500n * TICKS, 500]);
    apic.pass(300n * TICKS);
    expect([apic.read(CURRENT_COUNT), isRequested(apic)]).toEqual([200, false]);
    apic.pass(200n * TICKS - 1n);
    expect([apic.read(CURRENT_COUNT), isRequested(apic)]).toEqual([0, false]);
    apic.pass(1n);
    expect([apic.read(CURRENT_COUNT), apic.vectors(REQUESTED), apic.deadline]).toEqual([0, [VECTOR], 0n]);
    apic.take();
    apic.pass(SECOND);
    expect([apic.vectors(REQUESTED), apic.read(INITIAL_COUNT)]).toEqual([[], 500]);
  });

  it.each([
    [0x0, 1],
    [0x1, 2],
    [0x2, 3],
    [0x3, 4],
    [0x8, 5],
    [0x9, 6],
    [0xa, 7],
    [0xb, 0],
  ])("divides by what %i says", (divide, shift) => {
    const apic = counting(0);
    apic.write(DIVIDE, divide);
    apic.write(INITIAL_COUNT, 10);
    expect(apic.deadline - apic.now).toBe((10n << BigInt(shift)) * TICKS);
    apic.pass((5n << BigInt(shift)) * TICKS);
    expect(apic.read(CURRENT_COUNT)).toBe(5);
  });

  it("goes on with what is left when the divisor changes", () => {
    const apic = counting(1000);
    apic.pass(400n * TICKS);
    apic.write(DIVIDE, 0);
    expect([apic.read(CURRENT_COUNT), apic.deadline - apic.now]).toEqual([600, 1200n * TICKS]);
  });

  it("begins anew with each count, and ends with none", () => {
    const apic = counting(500);
    apic.pass(100n);
    expect(apic.write(INITIAL_COUNT, 700)).toBe(TIMES);
    expect(apic.deadline - apic.now).toBe(700n * TICKS);
    apic.write(INITIAL_COUNT, 0);
    expect([apic.deadline, apic.read(CURRENT_COUNT)]).toEqual([0n, 0]);
  });

  it("takes the longest count with the largest divisor", () => {
    const apic = counting(0);
    apic.write(DIVIDE, 0xa);
    apic.write(INITIAL_COUNT, 0xffff_ffff);
    expect(apic.deadline - apic.now).toBe((0xffff_ffffn << 7n) * TICKS);
    expect(apic.read(CURRENT_COUNT)).toBe(0xffff_ffff);
  });
});

describe("periodic", () => {
  it("comes again and again, from when it was due", () => {
    const apic = counting(500, PERIODIC | VECTOR);
    const begin = apic.now;
    apic.pass(500n * TICKS + 30n);
    expect([apic.take(), apic.deadline - begin]).toEqual([VECTOR, 1000n * TICKS]);
    expect(apic.read(CURRENT_COUNT)).toBe(485);
    apic.pass(500n * TICKS - 30n);
    expect([isRequested(apic), apic.deadline - begin]).toEqual([true, 1500n * TICKS]);
  });

  it("tells of no deadline once the next one waits for the one before", () => {
    const apic = counting(500, PERIODIC | VECTOR);
    apic.pass(500n * TICKS);
    expect(apic.deadline).toBe(apic.now + 500n * TICKS);
    apic.pass(500n * TICKS);
    expect([apic.vectors(REQUESTED), apic.deadline]).toEqual([[VECTOR], 0n]);
  });

  it("loses none that was late, up to a second", () => {
    const apic = counting(100_000, PERIODIC | VECTOR);
    apic.pass(1_000_000n * TICKS);
    let taken = 0;
    while (apic.take() === VECTOR) {
      taken++;
      apic.end();
      apic.pass(0n);
    }
    expect([taken, apic.deadline - apic.now]).toEqual([10, 100_000n * TICKS]);
    apic.pass(SECOND * 5n);
    expect([apic.take(), apic.end(), apic.deadline - apic.now]).toEqual([VECTOR, VECTOR, 100_000n * TICKS]);
    apic.pass(0n);
    expect(apic.take()).toBe(-1);
  });

  it.each([1, 2, 3])("with a period of %i, ends nothing", (count) => {
    const apic = counting(count, PERIODIC | VECTOR);
    apic.pass(SECOND);
    expect(apic.take()).toBe(VECTOR);
    apic.pass(0n);
    expect([apic.take(), apic.read(CURRENT_COUNT) <= count]).toEqual([-1, true]);
  });
});

describe("by the time stamp counter", () => {
  const armed = (value: bigint, offset = 0n) => {
    const apic = enabled();
    apic.write(TIMER, BY_DEADLINE | VECTOR);
    apic.setTscDeadline(value, offset);
    return apic;
  };

  it("comes at that moment, once", () => {
    const apic = armed(5000n);
    expect([apic.deadline, apic.tscDeadline, apic.read(CURRENT_COUNT)]).toEqual([5000n, 5000n, 0]);
    apic.pass(3999n);
    expect([isRequested(apic), apic.tscDeadline]).toEqual([false, 5000n]);
    apic.pass(1n);
    expect([isRequested(apic), apic.tscDeadline, apic.deadline]).toEqual([true, 0n, 0n]);
  });

  it("goes by the guest's counter", () => {
    expect(armed(5000n, 3000n).deadline).toBe(2000n);
    // One that is behind the machine's
    expect(armed(5000n, -3000n).deadline).toBe(8000n);
    expect(armed(5000n, 5000n).deadline).toBe(1n);
  });

  it.each([1n, 999n, 1000n])("comes at once for %i, which has passed", (value) => {
    const apic = armed(value);
    apic.pass(0n);
    expect([isRequested(apic), apic.tscDeadline]).toEqual([true, 0n]);
  });

  it("is one interrupt with the one that is requested already", () => {
    const apic = armed(1n);
    apic.pass(0n);
    apic.setTscDeadline(2n);
    apic.pass(0n);
    expect([apic.take(), apic.deadline, apic.tscDeadline]).toEqual([VECTOR, 0n, 0n]);
    apic.end();
    apic.pass(SECOND);
    expect(apic.take()).toBe(-1);
  });

  it("tells of its deadline although one is requested", () => {
    const apic = armed(1n);
    apic.pass(0n);
    apic.setTscDeadline(9000n);
    expect([isRequested(apic), apic.deadline]).toEqual([true, 9000n]);
  });

  it("takes no count, and in other modes there is no deadline", () => {
    const apic = armed(5000n);
    apic.write(INITIAL_COUNT, 100);
    expect(apic.read(CURRENT_COUNT)).toBe(0);
    const other = counting(500);
    const { deadline } = other;
    other.setTscDeadline(5n);
    expect([other.deadline, other.tscDeadline]).toEqual([deadline, 0n]);
  });

  it("is disarmed by 0", () => {
    const apic = armed(5000n);
    apic.setTscDeadline(0n);
    expect([apic.deadline, apic.tscDeadline]).toEqual([0n, 0n]);
  });
});

describe("modes", () => {
  it.each([
    [BY_DEADLINE, VECTOR],
    [BY_DEADLINE, PERIODIC | VECTOR],
    [VECTOR, BY_DEADLINE],
    [PERIODIC | VECTOR, BY_DEADLINE],
  ])("from %i to %i stop it", (before, after) => {
    const apic = enabled();
    apic.write(TIMER, before | VECTOR);
    apic.write(INITIAL_COUNT, 5000);
    apic.setTscDeadline(50_000n);
    expect(apic.deadline).not.toBe(0n);
    apic.write(TIMER, after | VECTOR);
    expect([apic.deadline, apic.read(CURRENT_COUNT), apic.tscDeadline]).toEqual([0n, 0, 0n]);
  });

  it("one-shot and periodic go on with the count", () => {
    const apic = counting(500, PERIODIC | VECTOR);
    apic.pass(100n * TICKS);
    apic.write(TIMER, VECTOR);
    expect([apic.read(CURRENT_COUNT), apic.deadline - apic.now]).toEqual([400, 400n * TICKS]);
    apic.pass(400n * TICKS);
    expect([apic.take(), apic.end(), apic.deadline]).toEqual([VECTOR, VECTOR, 0n]);
    // It has come, and does not begin by that
    apic.write(TIMER, PERIODIC | VECTOR);
    expect([apic.read(CURRENT_COUNT), apic.deadline]).toEqual([0, 0n]);
    apic.write(INITIAL_COUNT, 500);
    apic.write(TIMER, VECTOR);
    apic.write(TIMER, PERIODIC | VECTOR);
    apic.pass(500n * TICKS);
    expect(apic.deadline - apic.now).toBe(500n * TICKS);
  });
});

describe("masks", () => {
  it("have it count, tell of no deadline, and lose what was due", () => {
    const apic = counting(500, MASKED | VECTOR);
    expect([apic.deadline, apic.read(CURRENT_COUNT)]).toEqual([0n, 500]);
    apic.now += 600n * TICKS;
    apic.write(TIMER, VECTOR);
    apic.pass(0n);
    expect([isRequested(apic), apic.deadline]).toEqual([false, 0n]);
  });

  it("that end before it is due let it come", () => {
    const apic = counting(500, MASKED | PERIODIC | VECTOR);
    apic.pass(1800n * TICKS);
    expect([apic.read(CURRENT_COUNT), isRequested(apic)]).toEqual([200, false]);
    apic.write(TIMER, PERIODIC | VECTOR);
    expect(apic.deadline - apic.now).toBe(200n * TICKS);
    apic.pass(200n * TICKS);
    expect(apic.take()).toBe(VECTOR);
  });

  it("that come behind it do not take it back", () => {
    const apic = counting(500);
    apic.now += 500n * TICKS;
    apic.write(TIMER, MASKED | VECTOR);
    expect(apic.vectors(REQUESTED)).toEqual([VECTOR]);
  });

  it("come with the software's disabling", () => {
    const apic = counting(500);
    apic.write(SPURIOUS, 0xff);
    expect([apic.read(TIMER), apic.deadline]).toEqual([MASKED | VECTOR, 0n]);
    apic.write(TIMER, VECTOR);
    expect(apic.read(TIMER)).toBe(MASKED | VECTOR);
  });

  it("are not needed for vectors that there are not", () => {
    const apic = counting(500, 15);
    expect(apic.deadline).toBe(0n);
    apic.pass(500n * TICKS);
    expect([apic.vectors(REQUESTED), apic.read(CURRENT_COUNT)]).toEqual([[], 0]);
  });
});

describe("state", () => {
  it("has what is left, and goes on with it", () => {
    const apic = counting(500, PERIODIC | VECTOR);
    apic.pass(100n * TICKS);
    const other = enabled();
    other.now = 77_000n;
    other.state = apic.state;
    expect([other.read(CURRENT_COUNT), other.deadline - other.now]).toEqual([400, 400n * TICKS]);
    other.pass(400n * TICKS);
    expect([other.take(), other.deadline - other.now]).toEqual([VECTOR, 500n * TICKS]);
  });

  it("of one that has come does not bring it again", () => {
    const apic = counting(500);
    apic.pass(500n * TICKS);
    apic.take();
    const other = enabled();
    other.state = apic.state;
    expect([other.read(INITIAL_COUNT), other.read(CURRENT_COUNT), other.deadline]).toEqual([500, 0, 0n]);
  });
});

it("takes no other bits in x2APIC mode", () => {
  const apic = enabled(0, X2APIC);
  expect([apic.write(TIMER, VECTOR | (1 << 19)), apic.write(DIVIDE, 4), apic.write(CURRENT_COUNT, 0)]).toEqual([
    REFUSED,
    REFUSED,
    REFUSED,
  ]);
  expect([apic.read(TIMER), apic.read(DIVIDE)]).toEqual([MASKED, 0]);
});
