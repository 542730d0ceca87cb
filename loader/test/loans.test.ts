// Memory that is lent to the microkernel while it runs: what it asks for, what it gives back, and what goes wrong

import {
  CHUNK_LEAST_BYTES,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  ERROR_CHUNK_REFUSED,
  ERROR_GROWTH_LIMIT,
  ERROR_INVALID_ARGUMENT,
  ERROR_NO_MEMORY,
  ERROR_NONE,
  ERROR_NOT_RUNNING,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  IOCTL_START,
  IOCTL_UNLOAD,
  MEMORY_EVENT_ASKED,
  MEMORY_EVENT_GIVEN,
  MEMORY_EVENT_LIMIT,
  MEMORY_EVENT_NO_MEMORY,
  MEMORY_EVENT_REFUSED,
  MEMORY_EVENT_RETURNED,
  MEMORY_EXCHANGE_BYTES,
  MEMORY_LOANS_EVENT_BYTES,
  MEMORY_LOANS_EVENT_DETAIL,
  MEMORY_LOANS_EVENT_KIND,
  MEMORY_LOANS_EVENT_TIME,
  MEMORY_LOANS_EVENTS,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { BUFFER, CPUS, Lender, MOST, PAGE } from "./lender.ts";

const MIB = 0x10_0000n;
const LEAST = BigInt(CHUNK_LEAST_BYTES);
/** How long until what could not be given, and what could not be taken yet, is tried again: loader/src/loans.ts. */
const RETRY_MS = 1000;
const FLUSH_MS = 10;

describe("what the microkernel asks for", () => {
  it("comes in the largest pieces, and is noted", () => {
    const lender = new Lender();
    expect(lender.ask(9n * MIB)).toBe(0);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([MOST, MOST, MIB]);
    expect(lender.chunks.every(({ physical, bytes }) => physical % bytes === 0n)).toBe(true);
    expect(lender.record().events.map(([kind]) => kind)).toEqual([
      MEMORY_EVENT_ASKED,
      MEMORY_EVENT_GIVEN,
      MEMORY_EVENT_GIVEN,
      MEMORY_EVENT_GIVEN,
    ]);
    expect(lender.record()).toMatchObject({ lent: 9n * MIB });
    expect(lender.record().chunks(10)).toBe(2);
    expect(lender.machine.status().memoryBytes).toBeGreaterThan(9n * MIB);
    lender.expectAllBack();
  });

  it("is noted with its time and size, the newest 32 of everything", () => {
    const lender = new Lender();
    /** What a slot says: all that is noted, by its number modulo 32. */
    const slot = (index: number) => {
      lender.donate(0n);
      const at = (offset: number, bytes: number) =>
        lender.machine.memory.peek(BUFFER + BigInt(MEMORY_EXCHANGE_BYTES + offset + bytes * index), bytes);
      return {
        time: at(MEMORY_LOANS_EVENT_TIME, 8),
        bytes: at(MEMORY_LOANS_EVENT_BYTES, 8),
        kind: Number(at(MEMORY_LOANS_EVENT_KIND, 4)),
        detail: Number(at(MEMORY_LOANS_EVENT_DETAIL, 4)),
      };
    };
    const count = () =>
      Number(lender.machine.memory.peek(BUFFER + BigInt(MEMORY_EXCHANGE_BYTES + MEMORY_LOANS_EVENTS), 8));
    const { platform } = lender.machine;
    platform.clock = 1_000_000n;
    lender.ask(MOST + LEAST);
    expect([0, 1, 2, 3].map(slot)).toEqual([
      { time: 1_000_000n, bytes: MOST, kind: MEMORY_EVENT_ASKED, detail: 0 },
      { time: 1_000_001n, bytes: MOST, kind: MEMORY_EVENT_GIVEN, detail: 0 },
      { time: 1_000_002n, bytes: LEAST, kind: MEMORY_EVENT_GIVEN, detail: 0 },
      { time: 0n, bytes: 0n, kind: 0, detail: 0 },
    ]);
    lender.onGive = () => GIVE_SIZE;
    for (let number = 3; number < 36; number++) {
      platform.clock = BigInt(number);
      expect(lender.donate(LEAST * 2n).error).toBe(ERROR_CHUNK_REFUSED);
    }
    const refused = (time: bigint) => ({ time, bytes: 2n * LEAST, kind: MEMORY_EVENT_REFUSED, detail: GIVE_SIZE });
    expect(Array.from({ length: 32 }, (_, index) => slot(index))).toEqual(
      Array.from({ length: 32 }, (_, index) => refused(BigInt(index < 4 ? index + 32 : index))),
    );
    expect(count()).toBe(36);
  });

  it("comes by VMCALL on Intel", () => {
    const lender = new Lender(0n, ({ processors }) => {
      for (const processor of processors) processor.becomeIntel();
    });
    expect(lender.ask(MIB)).toBe(0);
    expect(lender.record()).toMatchObject({ lent: MIB });
    lender.expectAllBack();
  });

  it("comes in small pieces where the operating system has no larger ones", () => {
    const lender = new Lender();
    lender.machine.platform.largestPiece = Number(LEAST / PAGE);
    expect(lender.ask(4n * LEAST)).toBe(0);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([LEAST, LEAST, LEAST, LEAST]);
    lender.expectAllBack();
  });

  it("comes sixteen chunks at a time, so that others get at the driver in between", () => {
    const lender = new Lender();
    lender.machine.platform.largestPiece = Number(LEAST / PAGE);
    expect(lender.ask(20n * LEAST)).toBe(1);
    expect(lender.chunks).toHaveLength(16);
    expect(lender.balance()).toBe(0);
    expect(lender.chunks).toHaveLength(20);
    lender.expectAllBack();
  });

  it("is tried again where there is none, is noted once, and comes when there is some", () => {
    const lender = new Lender();
    lender.machine.platform.largestPiece = 1;
    const pages = lender.machine.platform.takenPages;
    for (let round = 0; round < 3; round++) expect(lender.ask(MIB)).toBe(RETRY_MS);
    expect(lender.machine.platform.takenPages).toBe(pages);
    expect(lender.knocks).not.toContain(DOOR_GIVE);
    expect(lender.record().events.map(([kind]) => kind)).toEqual([MEMORY_EVENT_ASKED, MEMORY_EVENT_NO_MEMORY]);
    lender.machine.platform.largestPiece = 1024;
    expect(lender.balance()).toBe(0);
    expect(lender.record()).toMatchObject({ lent: MIB });
    lender.expectAllBack();
  });

  it("ends where the hypervisor may hold no more", () => {
    const most = 8n * MIB;
    const lender = new Lender(most);
    expect(lender.ask(64n * MIB)).toBe(RETRY_MS);
    const held = lender.machine.status().memoryBytes;
    expect(held).toBeLessThanOrEqual(most);
    expect(held).toBeGreaterThan(most - 2n * LEAST);
    expect(lender.record().events.at(-1)?.[0]).toBe(MEMORY_EVENT_LIMIT);
    lender.expectAllBack();
  });

  it("comes up to the last byte that the hypervisor may hold, which the record says", () => {
    const start = new Lender().machine.status().memoryBytes;
    const most = start + 3n * LEAST;
    const lender = new Lender(most);
    expect(lender.ask(3n * LEAST)).toBe(0);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([2n * LEAST, LEAST]);
    expect(lender.record()).toMatchObject({ lent: 3n * LEAST, most });
    expect(lender.donate(LEAST)).toMatchObject({ error: ERROR_GROWTH_LIMIT, detail: LEAST });
    lender.expectAllBack();
  });

  it("comes up to a quarter of all memory where nothing else was said", () => {
    const [[base, end]] = new Lender().machine.platform.ram as readonly [readonly [bigint, bigint]];
    expect(new Lender().record().most).toBe((end - base) / 4n);
  });

  it("ends where there are as many chunks as there can be", () => {
    const lender = new Lender(1024n * MIB);
    lender.machine.platform.largestPiece = Number(LEAST / PAGE);
    let again = lender.ask(2000n * LEAST);
    while (again === 1) again = lender.balance();
    expect(again).toBe(RETRY_MS);
    expect(lender.chunks).toHaveLength(960);
    lender.expectAllBack();
  });

  it("is forgotten with the start that asked", () => {
    const lender = new Lender();
    lender.machine.platform.largestPiece = 1;
    expect(lender.ask(MIB)).toBe(RETRY_MS);
    lender.machine.platform.largestPiece = 1024;
    lender.expectAllBack();
    expect(lender.balance()).toBe(0);
    expect(lender.machine.operate(IOCTL_START).error).toBe(ERROR_NONE);
    expect(lender.balance()).toBe(0);
    expect(lender.record()).toMatchObject({ lent: 0n, events: [] });
  });
});

describe("a chunk that the microkernel does not take", () => {
  const answers = { GIVE_SIZE, GIVE_NOT_RAM, GIVE_OWNED, GIVE_NO_ROOM, GIVE_NO_TABLES, DOOR_UNKNOWN };

  it.each(Object.entries(answers))("is the operating system's again, and it is said why (%s)", (_, answer) => {
    const lender = new Lender();
    const pages = lender.machine.platform.takenPages;
    lender.onGive = () => answer;
    expect(lender.ask(MIB)).toBe(RETRY_MS);
    expect(lender.machine.platform.takenPages).toBe(pages);
    expect(lender.donate(MIB)).toMatchObject({ error: ERROR_CHUNK_REFUSED, detail: BigInt(answer) });
    expect(lender.machine.platform.takenPages).toBe(pages);
    expect(lender.record().events[1]).toEqual([MEMORY_EVENT_REFUSED, answer]);
    lender.onGive = () => GIVE_DONE;
    expect(lender.balance()).toBe(0);
    expect(lender.record()).toMatchObject({ lent: MIB });
    lender.expectAllBack();
  });

  it("is the operating system's again where nobody opens the door", () => {
    const lender = new Lender();
    const pages = lender.machine.platform.takenPages;
    for (const processor of lender.machine.processors) processor.onHypercall = () => false;
    expect(lender.donate(MIB)).toMatchObject({ error: ERROR_CHUNK_REFUSED, detail: BigInt(DOOR_UNKNOWN) });
    expect(lender.machine.platform.takenPages).toBe(pages);
    lender.expectAllBack();
  });
});

describe("a chunk that some processor still sees", () => {
  it("is given again when all have flushed", () => {
    const lender = new Lender();
    const answers = [GIVE_LATER, GIVE_DONE];
    lender.onGive = () => answers.shift() ?? GIVE_DONE;
    expect(lender.ask(MIB)).toBe(0);
    expect(lender.knocks).toEqual([DOOR_GIVE, ...Array(CPUS).fill(DOOR_FLUSH), DOOR_GIVE]);
    expect(lender.chunks).toHaveLength(1);
    lender.expectAllBack();
  });

  it("is lent all the same where one does not flush", () => {
    const lender = new Lender();
    lender.onGive = () => GIVE_LATER;
    expect(lender.donate(MIB).error).toBe(ERROR_NONE);
    expect(lender.record()).toMatchObject({ lent: MIB });
    lender.expectAllBack();
  });
});

describe("what the microkernel gives back", () => {
  it("is the operating system's, chunk by chunk", () => {
    const lender = new Lender();
    lender.ask(9n * MIB);
    const taken = lender.machine.platform.takenPages;
    const answers = [...lender.chunks]
      .reverse()
      .flatMap(({ physical }) => [[TAKE_MORE] as const, [TAKE_DONE, physical] as const]);
    lender.onTake = () => answers.shift() ?? [TAKE_NOTHING];
    expect(lender.offer()).toBe(0);
    expect(lender.machine.platform.takenPages).toBe(taken - Number((9n * MIB) / PAGE));
    const { events, lent } = lender.record();
    expect(lent).toBe(0n);
    expect(events.slice(-3).map(([kind]) => kind)).toEqual(Array(3).fill(MEMORY_EVENT_RETURNED));
    lender.expectAllBack();
  });

  it("is waited for where a processor has yet to flush, in front of which all flush once", () => {
    const lender = new Lender();
    lender.ask(MIB);
    let flushed = false;
    lender.onTake = () => (flushed ? [TAKE_DONE, lender.chunks[0]?.physical] : [TAKE_LATER]);
    expect(lender.offer()).toBe(FLUSH_MS);
    expect(lender.flushes).toBe(CPUS);
    // Nothing is offered any more, but a chunk is on its way
    expect(lender.balance()).toBe(FLUSH_MS);
    flushed = true;
    lender.onTake = () => {
      lender.onTake = () => [TAKE_NOTHING];
      return [TAKE_DONE, lender.chunks[0]?.physical];
    };
    expect(lender.balance()).toBe(0);
    expect(lender.record()).toMatchObject({ lent: 0n });
    lender.expectAllBack();
  });

  it("is nothing that was not lent", () => {
    const lender = new Lender();
    lender.ask(MIB);
    const pages = lender.machine.platform.takenPages;
    const answers = [0n, 0x1000n, (lender.chunks[0]?.physical ?? 0n) + PAGE, 0xffff_ffff_ffff_f000n];
    lender.onTake = () => (answers.length === 0 ? [TAKE_NOTHING] : [TAKE_DONE, answers.shift()]);
    expect(lender.offer()).toBe(0);
    expect(lender.machine.platform.takenPages).toBe(pages);
    lender.expectAllBack();
  });

  it("goes in steps where there is much, and again at once", () => {
    const lender = new Lender();
    lender.ask(MIB);
    lender.onTake = () => [TAKE_MORE];
    expect(lender.offer()).toBe(1);
    const taking = () => lender.knocks.filter((knock) => knock === DOOR_TAKE).length;
    expect(taking()).toBe(40);
    // Nothing is offered any more
    expect([lender.balance(), taking()]).toEqual([1, 80]);
    lender.onTake = () => [TAKE_NOTHING];
    expect([lender.balance(), taking()]).toEqual([0, 81]);
    expect([lender.balance(), taking()]).toEqual([0, 81]);
    lender.expectAllBack();
  });
});

describe("what nobody asked for", () => {
  it.each([1n, 0x1000n, LEAST - 1n, LEAST / 2n, 3n * MIB, MIB + 1n, ~0n & 0xffff_ffff_ffff_ffffn])(
    "is no power of two bytes, 64 KiB at least: refused (%s)",
    (bytes) => {
      const lender = new Lender();
      expect(lender.donate(bytes)).toMatchObject({ error: ERROR_INVALID_ARGUMENT, detail: bytes });
      expect(lender.knocks).not.toContain(DOOR_GIVE);
      lender.expectAllBack();
    },
  );

  it("may be as little as 64 KiB", () => {
    const lender = new Lender();
    expect(lender.donate(LEAST).error).toBe(ERROR_NONE);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([LEAST]);
    lender.expectAllBack();
  });

  it("comes in chunks of 4 MiB at most", () => {
    const lender = new Lender();
    expect(lender.donate(16n * MIB).error).toBe(ERROR_NONE);
    expect(lender.chunks.map(({ bytes }) => bytes)).toEqual([MOST, MOST, MOST, MOST]);
    lender.expectAllBack();
  });

  it("says how much could not be given, and keeps what was", () => {
    const lender = new Lender(12n * MIB);
    expect(lender.donate(16n * MIB)).toMatchObject({ error: ERROR_GROWTH_LIMIT, detail: 12n * MIB });
    expect(lender.record()).toMatchObject({ lent: MOST });
    const { platform } = lender.machine;
    platform.largestPiece = 1;
    expect(lender.donate(MIB)).toMatchObject({ error: ERROR_NO_MEMORY, detail: MIB });
    lender.expectAllBack();
  });

  it("goes nowhere where nothing runs", () => {
    const lender = new Lender();
    lender.expectAllBack();
    expect(lender.donate(MIB).error).toBe(ERROR_NOT_RUNNING);
    expect(lender.machine.operate(IOCTL_UNLOAD).error).toBe(ERROR_NONE);
    expect(lender.donate(MIB).error).toBe(ERROR_NOT_RUNNING);
    expect(lender.machine.platform.takenPages).toBe(0);
  });
});

describe("a driver that goes while memory is lent", () => {
  it("gets all of it back", () => {
    const lender = new Lender();
    lender.ask(9n * MIB);
    expect(lender.machine.loader.loaderUnload()).toBe(ERROR_NONE);
    expect(lender.machine.platform.takenPages).toBe(0);
  });
});
