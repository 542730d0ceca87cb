// Memory in a row beyond a chunk: asked for, given as a whole, handed out, and back

import {
  DIRECT_BASE,
  DOOR_FLUSH,
  DOOR_GIVE_RUN,
  DOOR_REPORT,
  DOOR_TAKE,
  EXT_POOL_BASE,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  MAX_HUGE_ALLOCATIONS,
  MEMORY_EXCHANGE_WANTED,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, expectOutcome, HANDLE, status } from "../machine/extension-life.ts";
import { CHUNKS, EXCHANGE } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import type { Pp } from "../machine/pp.ts";
import { StructureView } from "../machine/structure-view.ts";
import {
  beginKnock,
  blankPages,
  cpuid,
  give,
  giveRun,
  goOn,
  knock,
  knockOnce,
  running,
  withoutNmis,
} from "./lent-memory.ts";
import { usedPages } from "./page-pool.ts";

const PAGE = 0x1000n;
const MIB = 0x10_0000n;
/** Across the border of two GiB, as a run may lie. */
const RAM = [0x2_ff80_0000n, 0x3_00c0_0000n] as const;
const RUN = 0x2_ffe0_0000n;
const BYTES = 6n * MIB;
/** The pool's pages besides: for tables of what comes. */
const MORE = 4 << 20;

const exchangeOf = (machine: Machine) => new StructureView(machine.physical, BigInt(EXCHANGE), "MemoryExchange");
const wanted = (machine: Machine) => exchangeOf(machine).get("wantedRun");

/** Asks in an exit of the VM's: the status, and the run. */
function ask(pp: Pp, bytes: bigint) {
  expectOutcome(cpuid(pp), "called");
  const result = status(pp, SYSCALL_MEM_ALLOC_HUGE, HANDLE, bytes);
  const answer = { status: result, virtual: pp.registers[0] ?? 0n, physical: pp.registers[1] ?? 0n };
  goOn(pp);
  return answer;
}

function release(pp: Pp, virtual: bigint): bigint {
  expectOutcome(cpuid(pp), "called");
  const result = status(pp, SYSCALL_MEM_FREE_HUGE, HANDLE, virtual);
  goOn(pp);
  return result;
}

/** Asks until there is nothing more to have, with every processor flushing in between: what came. */
function takeAll(pps: readonly Pp[], untaken = 0n): bigint[][] {
  const [pp] = pps as readonly [Pp];
  const taken: bigint[][] = [];
  for (let i = 0; i < 1000; i++) {
    const [answer, ...chunk] = knock(pp, DOOR_TAKE, untaken);
    if (Number(answer) === TAKE_NOTHING) return taken;
    if (Number(answer) === TAKE_DONE) taken.push(chunk);
    if (Number(answer) === TAKE_LATER) for (const other of pps) knock(other, DOOR_FLUSH);
  }
  throw new Error("it never ends");
}

const isZero = (machine: Machine, base: bigint, bytes: bigint) =>
  machine.physical.read(base, Number(bytes)).every((byte) => byte === 0);

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("a run on %s", (_, vendor) => {
  test("is asked for, comes, is handed out as a whole, and goes back when it is freed", () => {
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    expect(ask(pp, BYTES - PAGE).status).toBe(STATUS_FAILURE_UNKNOWN);
    expect(wanted(machine)).toBe(BYTES);
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_DONE);
    expect(wanted(machine)).toBe(0n);
    expect(blankPages(machine, pp, RAM)).toBe(Number(BYTES / PAGE));
    const run = ask(pp, BYTES - PAGE);
    expect(run).toEqual({ status: STATUS_SUCCESS, virtual: EXT_POOL_BASE + RUN, physical: RUN });
    expect(isZero(machine, RUN, BYTES - PAGE)).toBe(true);
    for (const at of [0n, 2n * MIB - PAGE, 2n * MIB, BYTES - 2n * PAGE]) {
      expect(machine.mapping(run.virtual + at)).toMatchObject({ physical: Number(RUN + at), isUser: true });
    }
    // The page that was not asked for nobody sees
    expect(machine.mapping(run.virtual + BYTES - PAGE)).toBeUndefined();
    machine.physical.write(RUN, new Uint8Array(64).fill(0x5a));
    expect(release(pp, run.virtual)).toBe(STATUS_SUCCESS);
    expect(exchangeOf(machine).get("surplus")).toBe(1n);
    expect(takeAll(pps)).toEqual([[RUN, BYTES]]);
    expect(isZero(machine, RUN, BYTES)).toBe(true);
    expect(blankPages(machine, pp, RAM)).toBe(0);
    expect(release(pp, run.virtual)).toBe(STATUS_INVALID_INPUT_REG1);
  });

  test("is hidden and zeroed in steps of 4 MiB when it comes, for each of which the VM makes its hypercall again", () => {
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    ask(pp, BYTES);
    const filled = new Uint8Array(Number(BYTES)).fill(0x5a);
    machine.physical.write(RUN, filled);
    beginKnock(pp, DOOR_GIVE_RUN, { rcx: RUN, rdx: BYTES });
    const states: [number, boolean, boolean][] = [];
    for (let answer: Record<string, bigint> | undefined; answer === undefined; ) {
      answer = knockOnce(pp);
      const zero = [0n, 4n * MIB].map((at) => isZero(machine, RUN + at, 2n * MIB));
      states.push([blankPages(machine, pp, RAM), ...(zero as [boolean, boolean])]);
      if (answer !== undefined) expect(answer).toMatchObject({ rax: BigInt(GIVE_DONE), rcx: RUN, rdx: BYTES });
    }
    expect(states).toEqual([
      [1024, false, false],
      [1536, true, false],
      [1536, true, true],
    ]);
    // Whoever takes it finds it as it came: the call that hands it out writes nothing there
    machine.physical.write(RUN, new Uint8Array([1]));
    expect(ask(pp, BYTES).status).toBe(STATUS_SUCCESS);
    expect(isZero(machine, RUN, 1n)).toBe(false);
    expect(isZero(machine, RUN + 1n, BYTES - 1n)).toBe(true);
  });

  test("is not zeroed before every processor's VM has flushed, nor handed out before it is zeroed", () => {
    const { machine, pps } = running(vendor, RAM, { ppCount: 2, moreBytes: MORE });
    const [first, second] = pps as [Pp, Pp];
    withoutNmis(first);
    ask(first, BYTES);
    machine.physical.write(RUN, new Uint8Array([1]));
    expect(giveRun(first, RUN, BYTES)).toBe(GIVE_LATER);
    expect(isZero(machine, RUN, 1n)).toBe(false);
    knock(second, DOOR_FLUSH);
    beginKnock(first, DOOR_GIVE_RUN, { rcx: RUN, rdx: BYTES });
    expect(knockOnce(first)).toBeUndefined();
    expect([isZero(machine, RUN, 1n), ask(first, BYTES).status]).toEqual([true, STATUS_FAILURE_UNKNOWN]);
    // The driver is on another processor now
    expect(giveRun(second, RUN, BYTES)).toBe(GIVE_DONE);
    expect(ask(first, BYTES).status).toBe(STATUS_SUCCESS);
  });

  test("is one for 4 MiB, too, where the pool has no block of that size, and none where it has", () => {
    const { machine, pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    expect(ask(pp, 3n * MIB).status).toBe(STATUS_FAILURE_UNKNOWN);
    expect(wanted(machine)).toBe(4n * MIB);
    const rich = running(vendor, RAM, { moreBytes: 16 << 20 });
    expect(ask(rich.pps[0] as Pp, 3n * MIB).status).toBe(STATUS_SUCCESS);
    expect(wanted(rich.machine)).toBe(0n);
  });

  test("is not handed out while another processor's VM may see it, nor back before all have flushed", () => {
    const { machine, pps } = running(vendor, RAM, { ppCount: 2, moreBytes: MORE });
    const [first, second] = pps as [Pp, Pp];
    withoutNmis(first);
    ask(first, BYTES);
    expect(giveRun(first, RUN, BYTES)).toBe(GIVE_LATER);
    expect(giveRun(first, RUN, BYTES)).toBe(GIVE_LATER);
    expect(ask(first, BYTES).status).toBe(STATUS_FAILURE_UNKNOWN);
    knock(second, DOOR_FLUSH);
    expect(giveRun(first, RUN, BYTES)).toBe(GIVE_DONE);
    const run = ask(first, BYTES);
    expect(run.status).toBe(STATUS_SUCCESS);
    // Another extension's run it is not, nor may it leave
    expect(takeAll(pps, 1n)).toEqual([]);
    expect(release(first, run.virtual)).toBe(STATUS_SUCCESS);
    machine.physical.write(RUN, new Uint8Array(64).fill(0x5a));
    expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_LATER);
    // What ring 3 of another processor can still reach is not zeroed yet
    expect(isZero(machine, RUN, 64n)).toBe(false);
    expect(takeAll(pps)).toEqual([[RUN, BYTES]]);
  });

  test("that nobody takes goes when the driver asks for such, and not before", () => {
    const { pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_DONE);
    expect(takeAll(pps)).toEqual([]);
    expect(takeAll(pps, 1n)).toEqual([[RUN, BYTES]]);
    expect(ask(pp, BYTES).status).toBe(STATUS_FAILURE_UNKNOWN);
  });

  test("is taken by whoever asks for its size, and for no other", () => {
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    giveRun(pp, RUN, BYTES);
    expect(ask(pp, 8n * MIB).status).toBe(STATUS_FAILURE_UNKNOWN);
    expect(wanted(machine)).toBe(8n * MIB);
    // One request stands until it is answered: here, that there is none
    expect(ask(pp, 10n * MIB).status).toBe(STATUS_FAILURE_UNKNOWN);
    expect(wanted(machine)).toBe(8n * MIB);
    expect(Number(knock(pp, DOOR_GIVE_RUN)[0])).toBe(GIVE_DONE);
    expect(wanted(machine)).toBe(0n);
    expect(ask(pp, BYTES).status).toBe(STATUS_SUCCESS);
  });

  test.each([
    ["at no multiple of 2 MiB", RUN + MIB, BYTES, GIVE_SIZE],
    ["of no multiple of 2 MiB", RUN, BYTES + PAGE, GIVE_SIZE],
    ["of less", RUN, MIB, GIVE_SIZE],
    ["of more than a GiB", RUN, 1026n * MIB, GIVE_SIZE],
    ["of so much that sums wrap around", RUN, (1n << 64n) - 2n * MIB, GIVE_SIZE],
    ["where there is nothing", 1n << 52n, BYTES, GIVE_SIZE],
    ["of which the end is no memory", RAM[1] - 4n * MIB, BYTES, GIVE_NOT_RAM],
    ["that is a device's", 0xfee0_0000n, 2n * MIB, GIVE_NOT_RAM],
    ["of the hypervisor's own", BigInt(CHUNKS[0].base) & ~(2n * MIB - 1n), 2n * MIB, GIVE_NOT_RAM],
  ])("%s is refused, and nothing changes", (_what, base, bytes, answer) => {
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    expect(giveRun(pp, base, bytes)).toBe(answer);
    expect(blankPages(machine, pp, RAM)).toBe(0);
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_DONE);
  });

  test("that overlaps a chunk, itself, or another run is refused", () => {
    const { pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    expect(give(pp, RUN + 2n * MIB, 64n << 10n)).toBe(GIVE_DONE);
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_OWNED);
    expect(giveRun(pp, RUN + 4n * MIB, 4n * MIB)).toBe(GIVE_DONE);
    expect(giveRun(pp, RUN + 4n * MIB, 4n * MIB)).toBe(GIVE_OWNED);
    expect(giveRun(pp, RUN + 6n * MIB, 4n * MIB)).toBe(GIVE_OWNED);
    expect(give(pp, RUN + 6n * MIB, 64n << 10n)).toBe(GIVE_OWNED);
  });

  test("beyond those that there can be is refused", () => {
    const most = MAX_HUGE_ALLOCATIONS;
    const ram = [RAM[0], RAM[0] + BigInt(most + 1) * 2n * MIB] as const;
    const { pps } = running(vendor, ram, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    for (let i = 0; i < most; i++) expect(giveRun(pp, ram[0] + BigInt(i) * 2n * MIB, 2n * MIB)).toBe(GIVE_DONE);
    expect(giveRun(pp, ram[0] + BigInt(most) * 2n * MIB, 2n * MIB)).toBe(GIVE_NO_ROOM);
    expect(takeAll(pps, 1n)).toHaveLength(most);
  });

  test("is reported as what it is: the pool's pages are not its own", () => {
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    const exchange = exchangeOf(machine);
    const figures = () => {
      knock(pp, DOOR_REPORT);
      return ["runCount", "runsTaken", "runPages", "extensionPages", "totalPages"].map((name) => exchange.get(name));
    };
    const [, , , , total = 0n] = figures();
    giveRun(pp, RUN, BYTES);
    expect(figures()).toEqual([1n, 0n, BYTES / PAGE, 0n, total]);
    const run = ask(pp, BYTES);
    expect(figures()).toEqual([1n, 1n, BYTES / PAGE, BYTES / PAGE, total]);
    const kernel = exchange.get("kernelPages");
    expect(kernel).toBeLessThan(total);
    release(pp, run.virtual);
    expect(figures()).toEqual([1n, 0n, BYTES / PAGE, 0n, total]);
    takeAll(pps);
    expect(figures()).toEqual([0n, 0n, 0n, 0n, total]);
  });

  test("comes, or is refused and comes then, is handed out, or not and then, and goes, whichever allocation fails", () => {
    const failures = { give: 0, ask: 0 };
    const comeAndGo = (machine: Machine, pp: Pp) => {
      let answer = giveRun(pp, RUN, BYTES);
      if (answer === GIVE_NO_TABLES) {
        failures.give++;
        expect(blankPages(machine, pp, RAM)).toBe(0);
        answer = giveRun(pp, RUN, BYTES);
      }
      expect(answer).toBe(GIVE_DONE);
      let run = ask(pp, BYTES);
      if (run.status === STATUS_FAILURE_UNKNOWN) {
        failures.ask++;
        // It has gone back: others may have seen it
        expect(takeAll([pp])).toEqual([[RUN, BYTES]]);
        expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_DONE);
        run = ask(pp, BYTES);
      }
      expect(run.status).toBe(STATUS_SUCCESS);
      expect(release(pp, run.virtual)).toBe(STATUS_SUCCESS);
      expect(takeAll([pp])).toEqual([[RUN, BYTES]]);
      expect(blankPages(machine, pp, RAM)).toBe(0);
    };
    const { machine, pps } = running(vendor, RAM, { moreBytes: MORE });
    const [pp] = pps as [Pp];
    const used = (): number => {
      expectOutcome(cpuid(pp), "called");
      pp.emptyReserves();
      const pages = usedPages(machine);
      goOn(pp);
      return pages;
    };
    comeAndGo(machine, pp);
    const usual = used();
    for (let nth = 1, isOver = false; !isOver; nth++) {
      pp.failAllocation(nth);
      comeAndGo(machine, pp);
      isOver = pp.isFailureDue();
      pp.failAllocation(0);
      // What could not be kept for the next one is kept again behind it
      comeAndGo(machine, pp);
      expect([nth, used()]).toEqual([nth, usual]);
    }
    expect(failures.give).toBeGreaterThan(2);
    expect(failures.ask).toBeGreaterThan(2);
  });

  test("for which there are no tables is refused, and comes when there are", () => {
    const { pps } = running(vendor, RAM);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const pages: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) pages.push(pp.registers[0] ?? 0n);
    goOn(pp);
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_NO_TABLES);
    expectOutcome(cpuid(pp), "called");
    for (const page of pages) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    goOn(pp);
    expect(giveRun(pp, RUN, BYTES)).toBe(GIVE_DONE);
  });
});

test("what two processors ask back at once each gets its own of", () => {
  const SMALL = 0x1_0000n;
  const { machine, pps } = running(VENDOR_AMD, RAM, { ppCount: 2 });
  const [first, second] = pps as [Pp, Pp];
  withoutNmis(first);
  const flush = () => {
    for (const pp of pps) knock(pp, DOOR_FLUSH);
  };
  const bases = [RAM[0], RAM[0] + SMALL];
  for (const base of bases) {
    expect(give(first, base, SMALL)).toBe(GIVE_LATER);
    flush();
    expect(give(first, base, SMALL)).toBe(GIVE_DONE);
  }
  for (let i = 0; i < 2; i++) expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_MORE);
  flush();
  // The other one comes when the first has left the lock, and says what it wants now
  const answered = DIRECT_BASE + BigInt(EXCHANGE + MEMORY_EXCHANGE_WANTED);
  const poke = machine.memory.poke.bind(machine.memory);
  let others: bigint[] | undefined;
  machine.memory.poke = (address, size, value) => {
    poke(address, size, value);
    if (BigInt.asUintN(64, address) !== answered || others !== undefined) return;
    others = [];
    others = machine.beside(() => knock(second, DOOR_TAKE));
  };
  const own = knock(first, DOOR_TAKE);
  const answers = [own, others ?? []].map(([answer, base]) => [Number(answer), base]);
  expect(answers).toEqual(expect.arrayContaining(bases.map((base) => [TAKE_DONE, base])));
});
