// Memory that comes and goes by the door: what the kernel takes, and when it hands it out

import {
  DIRECT_BASE,
  DOOR_FLUSH,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  EXT_POOL_BASE,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  NESTED_RIGHTS,
  NESTED_WRITE_BACK,
  STATUS_FAILURE_UNKNOWN,
  STATUS_SUCCESS,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { call, expectOutcome, HANDLE, status } from "../machine/extension-life.ts";
import { makeGuest } from "../machine/guests.ts";
import { CHUNKS, EXCHANGE } from "../machine/loader.ts";
import type { Machine } from "../machine/machine.ts";
import { tablesOf } from "../machine/page-walk.ts";
import type { Pp } from "../machine/pp.ts";
import { StructureView } from "../machine/structure-view.ts";
import {
  blankPages as blankPagesIn,
  cpuid,
  give,
  goOn,
  knock,
  running as runningWith,
  withoutNmis,
} from "./lent-memory.ts";
import { usedPages } from "./page-pool.ts";

const PAGE = 0x1000n;
const KIB64 = 0x1_0000n;
const RAM = [0x3_0000_0000n, 0x3_0010_0000n] as const;
const [CHUNK] = RAM;
const MIB2 = 0x20_0000n;
/** Room for chunks that need no table of the lowest level. */
const WIDE = [CHUNK, CHUNK + 8n * 0x10_0000n] as const;
/** Memory of the operating system that is in no chunk. */
const OTHERS = 0x7000_0000n;
/** Read, write and execute, and write-back. */
const RIGHTS = BigInt(NESTED_RIGHTS) | BigInt(NESTED_WRITE_BACK);
const running = (vendor: number, ppCount = 1, ram: readonly [bigint, bigint] = RAM) =>
  runningWith(vendor, ram, { ppCount });
const blankPages = (machine: Machine, pp: Pp) => blankPagesIn(machine, pp, RAM);

/** Pages that an extension can get, in its callback: all of them, given back at once. */
function availablePages(pp: Pp): number {
  const taken: bigint[] = [];
  while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) taken.push(pp.registers[0] ?? 0n);
  for (const page of taken) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
  return taken.length;
}

const exchangeOf = (machine: Machine) => new StructureView(machine.physical, BigInt(EXCHANGE), "MemoryExchange");

/** Tables of the kernel's own address space. */
const hostTables = (machine: Machine, pp: Pp) => tablesOf(machine.physical, Number(pp.processor.cr3));

/** Takes every page that an extension can get, and gives back those that are not to be kept. */
function keepPages(pp: Pp, isToKeep: (physical: bigint) => boolean): bigint[] {
  const taken: bigint[] = [];
  while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) taken.push(pp.registers[0] ?? 0n);
  const kept = taken.filter((page) => isToKeep(page - EXT_POOL_BASE));
  for (const page of taken) if (!kept.includes(page)) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
  return kept;
}

describe.each([
  ["AMD", VENDOR_AMD],
  ["Intel", VENDOR_INTEL],
])("on %s", (_, vendor) => {
  test("a chunk is hidden and handed out at once where there is one processor", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const before = availablePages(pp);
    goOn(pp);
    expect(blankPages(machine, pp)).toBe(0);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(blankPages(machine, pp)).toBe(16);
    expectOutcome(cpuid(pp), "called");
    // One page has the states, and some may be in use for tables
    expect(availablePages(pp)).toBeGreaterThan(before + 15 / 2);
  });

  test("nothing of it is handed out while another processor's VM may see it", () => {
    const { pps } = running(vendor, 2);
    const [first, second] = pps as [Pp, Pp];
    withoutNmis(first);
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_LATER);
    // Again and again, and whatever else comes
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_LATER);
    expect(give(first, CHUNK + KIB64, KIB64)).toBe(GIVE_NO_ROOM);
    expectOutcome(cpuid(first), "called");
    const pages = new Set<bigint>();
    while (status(first, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) {
      pages.add((first.registers[0] ?? 0n) - EXT_POOL_BASE);
    }
    expect([...pages].filter((page) => page >= RAM[0] && page < RAM[1])).toEqual([]);
    goOn(first);
    // The other one's VM exits and is run again: it has flushed
    expect(Number(knock(second, DOOR_FLUSH)[0])).toBe(0);
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(first), "called");
    call(first, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    expect((first.registers[0] ?? 0n) - EXT_POOL_BASE).toBeGreaterThanOrEqual(RAM[0]);
  });

  test("another processor leaves its VM to flush, at once, and its extension hears nothing", () => {
    const { pps } = running(vendor, 2);
    const [first, second] = pps as [Pp, Pp];
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(first.processor.commands).toEqual([(0x101n << 32n) | 0x4400n]);
    expect([second.mode, second.guestNmis]).toEqual(["guest", 0]);
  });

  test("comes where not a page is left", () => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_SUCCESS);
  });

  test("goes back when all is free again, though what the next one needs was taken from it", () => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const pages: bigint[] = [];
    while (status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) === STATUS_SUCCESS) pages.push(pp.registers[0] ?? 0n);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    for (const page of pages) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    goOn(pp);
    expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_MORE);
    expect(knock(pp, DOOR_TAKE)).toEqual([BigInt(TAKE_DONE), CHUNK, KIB64]);
    expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_NOTHING);
    // And the next one finds what it needs
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
  });

  test("a chunk that is twice given, the kernel's own, a device's, or no chunk is refused, and nothing changes", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    const blank = blankPages(machine, pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_OWNED);
    expect(give(pp, BigInt(CHUNKS[0].base), KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, 0xfee0_0000n, KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, RAM[1], KIB64)).toBe(GIVE_NOT_RAM);
    expect(give(pp, CHUNK + PAGE, KIB64)).toBe(GIVE_SIZE);
    expect(give(pp, CHUNK + KIB64, KIB64 - PAGE)).toBe(GIVE_SIZE);
    expect(blankPages(machine, pp)).toBe(blank);
    expect(Number(knock(pp, 99)[0])).toBe(DOOR_UNKNOWN);
  });

  // What a call may touch is 4,096 entries: some lie behind what one look passes over
  test.each([
    ["a page in the middle of it", 0x1234_5000n, CHUNK + KIB64 / 2n, PAGE],
    ["its last page, at the highest address", (1n << 48n) - PAGE, CHUNK + KIB64 - PAGE, PAGE],
    ["2 MiB around it", 0x4000_0000n, CHUNK, 1n << 21n],
    ["a page behind 16 MiB of others", 0x100_0000n, CHUNK, PAGE],
  ])("a chunk of which another VM sees %s is refused, until it does not any more", (_what, guest, host, bytes) => {
    const { pps } = running(vendor);
    const [pp] = pps as [Pp];
    expectOutcome(cpuid(pp), "called");
    const nested = call(pp, SYSCALL_NESTED_CREATE, HANDLE, 0n);
    const map = (at: bigint, from: bigint, length: bigint) => {
      for (let done = 0n; done < length; ) {
        done += call(pp, SYSCALL_NESTED_MAP, HANDLE, nested, at + done, from + done, length - done, RIGHTS);
      }
    };
    // Pages of 4 KiB, because host and guest lie differently within 2 MiB
    map(0n, OTHERS + PAGE, 0x100_0000n);
    map(guest, host, bytes);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_OWNED);
    expect(give(pp, CHUNK + KIB64, KIB64)).toBe(bytes > KIB64 ? GIVE_OWNED : GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    expect(call(pp, SYSCALL_NESTED_UNMAP, HANDLE, nested, guest, bytes)).toBe(bytes);
    goOn(pp);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
  });

  test("what is not needed goes back zeroed, shown again, and behind a flush of every processor", () => {
    const { machine, pps } = running(vendor, 2);
    const [first, second] = pps as [Pp, Pp];
    withoutNmis(first);
    give(first, CHUNK, KIB64);
    knock(second, DOOR_FLUSH);
    expect(give(first, CHUNK, KIB64)).toBe(GIVE_DONE);
    machine.physical.write(CHUNK + PAGE, new Uint8Array(16).fill(0xa5));
    let [answer = 0n, base, bytes] = knock(first, DOOR_TAKE);
    expect(Number(answer)).toBe(TAKE_MORE);
    expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_LATER);
    for (const pp of [first, second]) knock(pp, DOOR_FLUSH);
    [answer = 0n, base, bytes] = knock(first, DOOR_TAKE);
    expect([Number(answer), base, bytes]).toEqual([TAKE_DONE, CHUNK, KIB64]);
    expect(machine.physical.read(CHUNK, Number(KIB64)).every((byte) => byte === 0)).toBe(true);
    expect(blankPages(machine, first)).toBe(0);
    expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_NOTHING);
  });

  test("a chunk comes, or is refused and comes then, and goes whole, whichever allocation fails on the way", () => {
    const taken = (machine: Machine, pp: Pp): number => {
      expectOutcome(cpuid(pp), "called");
      pp.emptyReserves();
      const used = usedPages(machine);
      goOn(pp);
      return used;
    };
    let refused = 0;
    const comeAndGo = (machine: Machine, pp: Pp) => {
      let answer = give(pp, CHUNK, KIB64);
      if (answer === GIVE_NO_TABLES) {
        refused++;
        expect(blankPages(machine, pp)).toBe(0);
        answer = give(pp, CHUNK, KIB64);
      }
      expect(answer).toBe(GIVE_DONE);
      expect(blankPages(machine, pp)).toBe(16);
      expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_MORE);
      expect(knock(pp, DOOR_TAKE)).toEqual([BigInt(TAKE_DONE), CHUNK, KIB64]);
      expect(blankPages(machine, pp)).toBe(0);
    };
    let nth = 1;
    for (let isOver = false; !isOver; nth++) {
      const { machine, pps } = running(vendor);
      const [pp] = pps as [Pp];
      comeAndGo(machine, pp);
      const usual = taken(machine, pp);
      pp.failAllocation(nth);
      comeAndGo(machine, pp);
      isOver = pp.isFailureDue();
      pp.failAllocation(0);
      // What could not be kept for the next one is kept again behind it
      comeAndGo(machine, pp);
      expect([nth, taken(machine, pp)]).toEqual([nth, usual]);
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("tables that an unmap leaves empty go while memory is lent, for they could keep a chunk, and stay otherwise", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    const tables = () => tablesOf(machine.physical, Number(pp.processor.cr3));
    /** The tables that are there after a page far from all others was mapped and unmapped, beyond those before. */
    const left = (physical: bigint) => {
      expectOutcome(cpuid(pp), "called");
      const before = tables();
      const virtual = call(pp, SYSCALL_VM_MAP_DIRECT, HANDLE, 0n, physical);
      const made = tables().size - before.size;
      call(pp, SYSCALL_VM_UNMAP_DIRECT, HANDLE, 0n, virtual);
      const after = [...tables()].filter((table) => !before.has(table)).length;
      goOn(pp);
      return { made, after };
    };
    // The first one also makes a table of the second level, which stays in any case
    expect(left(0x180_0000_0000n)).toEqual({ made: 3, after: 3 });
    expect(left(0x180_4000_0000n)).toEqual({ made: 2, after: 2 });
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(left(0x180_8000_0000n)).toEqual({ made: 2, after: 0 });
  });

  test("tables of the direct map come with the first chunk that needs them, and go with the last", () => {
    const { machine, pps } = running(vendor, 1, WIDE);
    const [pp] = pps as [Pp];
    const before = hostTables(machine, pp).size;
    const more = () => hostTables(machine, pp).size - before;
    const isMapped = (physical: bigint) => machine.memory.isMapped(DIRECT_BASE + physical);
    const takeOne = () => {
      expect(Number(knock(pp, DOOR_TAKE)[0])).toBe(TAKE_MORE);
      return knock(pp, DOOR_TAKE);
    };
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(more()).toBe(2);
    expect(give(pp, CHUNK + KIB64, KIB64)).toBe(GIVE_DONE);
    expect(more()).toBe(2);
    expect(takeOne()).toEqual([BigInt(TAKE_DONE), CHUNK + KIB64, KIB64]);
    expect([more(), isMapped(CHUNK + KIB64 - 1n), isMapped(CHUNK + KIB64)]).toEqual([2, true, false]);
    expect(takeOne()).toEqual([BigInt(TAKE_DONE), CHUNK, KIB64]);
    expect([more(), isMapped(CHUNK)]).toEqual([0, false]);
    // The upper one stays, for a page of it is out
    expect(give(pp, CHUNK + MIB2, MIB2)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    // Those that the processor has at hand come first
    while (call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE) < EXT_POOL_BASE + CHUNK + MIB2);
    goOn(pp);
    const withPage = more();
    expect(give(pp, CHUNK, MIB2)).toBe(GIVE_DONE);
    expect(isMapped(CHUNK)).toBe(true);
    expect(takeOne()).toEqual([BigInt(TAKE_DONE), CHUNK, MIB2]);
    expect([more(), isMapped(CHUNK + MIB2 - 1n), isMapped(CHUNK + MIB2)]).toEqual([withPage, false, true]);
  });

  test("the driver is told of what it may have back, once", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    const exchange = exchangeOf(machine);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expectOutcome(cpuid(pp), "called");
    const kept = keepPages(pp, (physical) => physical >= RAM[0] && physical < RAM[1]);
    exchange.set("surplus", 0n);
    exchange.set("signal", 0n, 0);
    for (const page of kept) call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    expect([exchange.get("surplus"), exchange.get("signal", 0)]).toEqual([1n, 1n]);
    exchange.set("signal", 0n, 0);
    const page = call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    call(pp, SYSCALL_MEM_FREE_PAGE, HANDLE, page);
    expect([exchange.get("surplus"), exchange.get("signal", 0)]).toEqual([1n, 0n]);
  });

  test("a report says what there is, and who has it", () => {
    const { machine, pps } = running(vendor);
    const [pp] = pps as [Pp];
    const exchange = exchangeOf(machine);
    const report = () => {
      expect(Number(knock(pp, DOOR_REPORT)[0])).toBe(0);
      const names = ["totalPages", "freePages", "waitingPages", "kernelPages", "extensionPages"];
      const [total = 0n, free = 0n, waiting = 0n, kernel = 0n, own = 0n] = names.map((name) => exchange.get(name));
      expect(kernel + own + free + waiting).toBe(total);
      return { total, kernel, own };
    };
    const before = report();
    // Nobody asks while there is enough, whatever was made
    expectOutcome(cpuid(pp), "called");
    makeGuest(pp);
    goOn(pp);
    expect(exchange.get("wanted")).toBe(0n);
    expect(give(pp, CHUNK, KIB64)).toBe(GIVE_DONE);
    expect(report().total).toBe(before.total + 15n);
    expectOutcome(cpuid(pp), "called");
    goOn(pp);
    const { kernel } = report();
    expectOutcome(cpuid(pp), "called");
    call(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE);
    goOn(pp);
    const { own, kernel: kernelAfter } = report();
    expect(own).toBe(before.own + 1n);
    // Its first page may have taken tables
    expect(Number(kernelAfter - kernel)).toBeLessThanOrEqual(3);
    expect(exchange.get("slabCount")).toBe(2n);
    const words = ["vs", "fpu"].map((name) =>
      name.split("").reduceRight((word, letter) => (word << 8n) | BigInt(letter.charCodeAt(0)), 0n),
    );
    for (const [slab, word] of words.entries()) {
      expect(exchange.get("slabName", slab)).toBe(word);
      const [bytes = 0n, used = 0n, total = 0n, slabPages = 0n] = ["ObjectBytes", "Used", "Total", "Pages"].map(
        (name) => exchange.get(`slab${name}`, slab),
      );
      expect(used).toBeGreaterThan(0n);
      expect(used).toBeLessThanOrEqual(total);
      expect(total * bytes).toBeLessThan(slabPages * PAGE);
      expect(total * bytes * 2n).toBeGreaterThan(slabPages * PAGE);
    }
    expect(exchange.get("vmCount")).toBe(2n);
    expect([0, 1].map((vm) => [exchange.get("vmId", vm), exchange.get("vmPages", vm)])).toEqual([
      [0n, 1n],
      [1n, 1n],
    ]);
  });
});

// On AMD the tables that hide the second chunk from the VM keep the first one
test("a chunk comes where others are on their way out, and gets the tables that were there", () => {
  const { machine, pps } = running(VENDOR_INTEL, 2, WIDE);
  const [first, second] = pps as [Pp, Pp];
  const flush = () => {
    for (const pp of [first, second]) knock(pp, DOOR_FLUSH);
  };
  withoutNmis(first);
  const settle = (chunk: bigint) => {
    expect(give(first, chunk, KIB64)).toBe(GIVE_LATER);
    flush();
    expect(give(first, chunk, KIB64)).toBe(GIVE_DONE);
  };
  const before = hostTables(machine, first).size;
  const places = [CHUNK, CHUNK + MIB2, CHUNK + 2n * MIB2] as const;
  for (const chunk of places) settle(chunk);
  for (const _ of places) expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_MORE);
  expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_LATER);
  expect(hostTables(machine, first).size).toBe(before);
  // In the middle one's 2 MiB: of the four tables that are out it needs the second and the last
  const arriving = places[1] + KIB64;
  settle(arriving);
  const tables = hostTables(machine, first);
  expect(tables.size).toBe(before + 2);
  for (const _ of places) expect(Number(knock(first, DOOR_TAKE)[0])).toBe(TAKE_DONE);
  expectOutcome(cpuid(first), "called");
  const pages = keepPages(first, () => true).map((page) => Number(page - EXT_POOL_BASE));
  expect(pages.filter((page) => tables.has(page))).toEqual([]);
  expect(new Set(pages).size).toBe(pages.length);
  expect(hostTables(machine, first).has([...tables][0] ?? 0)).toBe(true);
  expect(machine.memory.isMapped(DIRECT_BASE + arriving)).toBe(true);
});

test("a report has as many VMs as it has room for, those with the lowest numbers", () => {
  const { machine, pps } = running(VENDOR_AMD);
  const [pp] = pps as [Pp];
  expectOutcome(cpuid(pp), "called");
  for (let vm = 0; vm < 70; vm++) call(pp, SYSCALL_VM_CREATE, HANDLE);
  goOn(pp);
  expect(Number(knock(pp, DOOR_REPORT)[0])).toBe(0);
  const exchange = exchangeOf(machine);
  expect(exchange.get("vmCount")).toBe(64n);
  expect([0, 1, 63].map((vm) => exchange.get("vmId", vm))).toEqual([0n, 1n, 63n]);
});

test("pages that an extension asked for and did not get are not its own in a report", () => {
  const { machine, pps } = running(VENDOR_AMD);
  const [pp] = pps as [Pp];
  const own = () => {
    expect(Number(knock(pp, DOOR_REPORT)[0])).toBe(0);
    return exchangeOf(machine).get("extensionPages");
  };
  const before = own();
  expectOutcome(cpuid(pp), "called");
  // A page, but none for the table that would show it
  pp.failAllocation(2);
  expect(status(pp, SYSCALL_MEM_ALLOC_PAGE, HANDLE)).toBe(STATUS_FAILURE_UNKNOWN);
  expect(pp.isFailureDue()).toBe(false);
  availablePages(pp);
  goOn(pp);
  expect(own()).toBe(before);
});
