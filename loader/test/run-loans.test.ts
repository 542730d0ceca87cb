// Runs that the microkernel asks for: what it gets, and what it gets when there is none

import {
  CHUNK_MOST_BYTES,
  DOOR_GIVE_RUN,
  DOOR_UNKNOWN,
  ERROR_NONE,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  IOCTL_START,
  MEMORY_EVENT_ASKED,
  MEMORY_EVENT_GIVEN,
  MEMORY_EVENT_LIMIT,
  MEMORY_EVENT_NO_MEMORY,
  MEMORY_EVENT_REFUSED,
  MEMORY_EVENT_RETURNED,
  RUN_MOST_BYTES,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { Lender } from "./lender.ts";

/** How long a request that could not be met stands, and how long a run waits for somebody: loader/src/run-loans.ts. */
const STANDS_MS = 1000;
const PATIENCE_MS = 10_000;
const NANOSECONDS = 1_000_000n;
const MIB = 0x10_0000n;
const SIZE = 64n * MIB + 2n * MIB;
const MOST = 512n * MIB;

const kinds = (lender: Lender) => lender.record().events.map(([kind]) => kind);
const pass = (lender: Lender, milliseconds: number) => {
  lender.machine.platform.clock += BigInt(milliseconds) * NANOSECONDS;
};

describe("a run that the microkernel asks for", () => {
  it("comes in one piece, at a multiple of 2 MiB, and is the operating system's again at a stop", () => {
    const lender = new Lender(MOST);
    expect(lender.askRun(SIZE)).toBe(PATIENCE_MS);
    expect(lender.runs).toEqual([{ physical: expect.any(BigInt), bytes: SIZE }]);
    expect((lender.runs[0]?.physical ?? 1n) % (2n * MIB)).toBe(0n);
    expect(lender.record()).toMatchObject({ lent: SIZE });
    expect(lender.record().chunks(10)).toBe(0);
    expect(kinds(lender)).toEqual([MEMORY_EVENT_ASKED, MEMORY_EVENT_GIVEN]);
    lender.expectAllBack();
  });

  it("comes back when it is offered, as a run", () => {
    const lender = new Lender(MOST);
    lender.askRun(SIZE);
    const { freed } = lender.machine.platform;
    freed.length = 0;
    const answers = [[TAKE_MORE], [TAKE_LATER], [TAKE_DONE, lender.runs[0]?.physical], [TAKE_NOTHING]] as const;
    let step = 0;
    lender.onTake = () => answers[step++] as (typeof answers)[0];
    lender.offer();
    expect(lender.record()).toMatchObject({ lent: 0n });
    expect(freed.map((bytes) => BigInt(bytes.length))).toEqual([SIZE]);
    expect(kinds(lender).at(-1)).toBe(MEMORY_EVENT_RETURNED);
    lender.expectAllBack();
  });

  it("is asked back when nobody has taken it for ten seconds, and not before", () => {
    const lender = new Lender(MOST);
    const asked: boolean[] = [];
    lender.onTake = (untaken) => {
      asked.push(untaken);
      return [TAKE_NOTHING];
    };
    lender.askRun(SIZE);
    pass(lender, PATIENCE_MS - 500);
    lender.offer();
    expect(asked).toEqual([false]);
    expect(lender.balance()).toBeLessThanOrEqual(500);
    pass(lender, 500);
    lender.balance();
    expect(asked.at(-1)).toBe(true);
    // Once
    const times = asked.length;
    pass(lender, PATIENCE_MS);
    lender.balance();
    expect(asked.slice(times)).not.toContain(true);
    lender.expectAllBack();
  });

  it("waits for a processor that has yet to flush", () => {
    const lender = new Lender(MOST);
    let times = 0;
    lender.onGiveRun = () => (times++ === 0 ? GIVE_LATER : GIVE_DONE);
    lender.askRun(SIZE);
    expect(lender.flushes).toBeGreaterThan(0);
    expect(lender.runs).toHaveLength(1);
    lender.expectAllBack();
  });

  it("comes behind a chunk where the microkernel has no memory for its tables", () => {
    const lender = new Lender(MOST);
    lender.onGiveRun = () => (lender.chunks.length === 0 ? GIVE_NO_TABLES : GIVE_DONE);
    lender.askRun(SIZE);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([BigInt(CHUNK_MOST_BYTES)]);
    expect(lender.runs).toHaveLength(1);
    lender.expectAllBack();
  });
});

describe("a run that there is not", () => {
  it.each([
    ["for which the operating system has no memory", SIZE, MEMORY_EVENT_NO_MEMORY],
    ["beyond what the hypervisor may hold", MOST, MEMORY_EVENT_LIMIT],
    ["beyond a GiB", BigInt(RUN_MOST_BYTES) + 2n * MIB, MEMORY_EVENT_LIMIT],
    ["of more than sums can hold", (1n << 64n) - 2n * MIB, MEMORY_EVENT_LIMIT],
  ])("%s: the microkernel hears of it a second later, it is noted once, and nothing is lost", (_, bytes, event) => {
    const lender = new Lender(MOST);
    lender.machine.platform.largestRun = 1024;
    const pages = lender.machine.platform.takenPages;
    expect(lender.askRun(bytes)).toBe(STANDS_MS);
    expect(lender.declined).toBe(0);
    expect(lender.balance()).toBe(0);
    expect(lender.declined).toBe(1);
    for (let i = 0; i < 3; i++) {
      expect(lender.askRun(bytes)).toBe(STANDS_MS);
      lender.balance();
    }
    expect(kinds(lender)).toEqual([MEMORY_EVENT_ASKED, event]);
    expect(lender.machine.platform.takenPages).toBe(pages);
    // And something smaller comes
    expect(lender.askRun(4n * MIB)).toBe(PATIENCE_MS);
    lender.expectAllBack();
  });

  const answers = { GIVE_SIZE, GIVE_NOT_RAM, GIVE_OWNED, GIVE_NO_ROOM, GIVE_NO_TABLES, DOOR_UNKNOWN };
  it.each(Object.entries(answers))("because the microkernel does not take it (%s)", (_, answer) => {
    const lender = new Lender(MOST);
    const before = lender.machine.platform.takenPages;
    lender.onGive = () => GIVE_NOT_RAM;
    lender.onGiveRun = () => answer;
    expect(lender.askRun(SIZE)).toBe(STANDS_MS);
    expect(lender.machine.platform.takenPages).toBe(before);
    expect(lender.record().events.at(-1)).toEqual([MEMORY_EVENT_REFUSED, answer]);
    lender.expectAllBack();
  });

  it("is forgotten with the start that asked", () => {
    const lender = new Lender(MOST);
    lender.machine.platform.largestRun = 1024;
    expect(lender.askRun(SIZE)).toBe(STANDS_MS);
    lender.expectAllBack();
    expect(lender.machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    lender.knocks.length = 0;
    expect(lender.balance()).toBe(0);
    expect(lender.knocks).not.toContain(DOOR_GIVE_RUN);
  });
});
