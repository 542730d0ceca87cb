// bfm memory and bfm start --memory: what is typed, what the driver is asked, and what it answers

import * as abi from "@bareflank/abi";
import { beforeEach, describe, expect, test } from "vitest";
import { parseBounds, parseSize } from "../src/memory-size.ts";
import { Bench } from "./bench.ts";

const MIB = 1n << 20n;
const LOANS = abi.MEMORY_EXCHANGE_BYTES;

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.driver.state = abi.STATE_LOADED;
});

describe("sizes", () => {
  test.each([
    ["0", 0n],
    ["4096", 4096n],
    ["64k", 64n << 10n],
    ["2M", 2n * MIB],
    ["1GiB", 1n << 30n],
    ["3TB", 3n << 40n],
  ])("%s", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each(["", "M", "-1M", "1.5M", "2 M", "0x10", "1P", "99999999999999999999"])("%s is none", (text) => {
    expect(() => parseSize(text)).toThrow(/is no size of memory/);
  });
});

describe("bounds", () => {
  test.each([
    ["2M..512M", 2n * MIB, 512n * MIB],
    ["2M..", 2n * MIB, 0n],
    ["..64M", 0n, 64n * MIB],
    ["4M..4M", 4n * MIB, 4n * MIB],
  ])("%s", (text, leastBytes, mostBytes) => expect(parseBounds(text)).toEqual({ leastBytes, mostBytes }));

  test.each([
    ["512M", "are no bounds of memory"],
    ["..", "are no bounds of memory"],
    ["1M..2M..3M", "are no bounds of memory"],
    ["two..three", '"two" is no size of memory'],
    ["..0", "no hypervisor runs in no memory"],
    ["5M..4M", "cannot hold at least 5M and at most 4M"],
  ])("%s: %s", async (text, what) => {
    const { exitCode, error } = await bench.bfm("start", "--memory", text);
    expect(exitCode).toBe(2);
    expect(error).toContain(what);
    expect(bench.driver.requests).toEqual([]);
  });
});

test("a start passes its bounds on, and quick does", async () => {
  expect((await bench.bfm("start", "--memory", "2M..512M")).exitCode).toBe(0);
  expect(bench.driver.startBounds).toEqual([2n * MIB, 512n * MIB]);
  expect((await bench.bfm("start")).exitCode).toBe(0);
  expect(bench.driver.startBounds).toEqual([0n, 0n]);
});

test("a start that takes more than it may says how much", async () => {
  bench.driver.reports.start = { error: abi.ERROR_MEMORY_LIMIT, detail: 3n * MIB };
  const { exitCode, error } = await bench.bfm("start", "--memory", "..1M");
  expect(exitCode).toBe(1);
  expect(error).toBe(
    "bfm: the start takes 3 MiB of memory, more than the hypervisor may have.\n" +
      "Allow it more: bfm start --memory MIN..MAX.\n",
  );
});

test("memory as JSON has every fact", async () => {
  const { driver } = bench;
  driver.state = abi.STATE_RUNNING;
  const { memory } = driver;
  memory.set64(abi.MEMORY_EXCHANGE_TOTAL_PAGES, 1000n);
  memory.set64(abi.MEMORY_EXCHANGE_FREE_PAGES, 900n);
  memory.set64(abi.MEMORY_EXCHANGE_WAITING_PAGES, 2n);
  memory.set64(abi.MEMORY_EXCHANGE_LOW_PAGES, 10n);
  memory.set64(abi.MEMORY_EXCHANGE_HIGH_PAGES, 20n);
  memory.set32(abi.MEMORY_EXCHANGE_RUN_COUNT, 2);
  memory.set32(abi.MEMORY_EXCHANGE_RUNS_TAKEN, 1);
  memory.set64(abi.MEMORY_EXCHANGE_RUN_PAGES, 17_408n);
  memory.set64(abi.MEMORY_EXCHANGE_KERNEL_PAGES, 98n);
  memory.set32(abi.MEMORY_EXCHANGE_CHUNK_COUNT, 5);
  memory.set32(abi.MEMORY_EXCHANGE_FREE_BLOCKS + 4 * 10, 3);
  memory.set32(abi.MEMORY_EXCHANGE_SLAB_COUNT, 1);
  memory.set64(abi.MEMORY_EXCHANGE_SLAB_NAME, 0x7376n);
  memory.set32(abi.MEMORY_EXCHANGE_SLAB_OBJECT_BYTES, 320);
  memory.set32(abi.MEMORY_EXCHANGE_SLAB_USED, 1);
  memory.set32(abi.MEMORY_EXCHANGE_SLAB_TOTAL, 12);
  memory.set32(abi.MEMORY_EXCHANGE_SLAB_PAGES, 1);
  memory.set32(abi.MEMORY_EXCHANGE_VM_COUNT, 1);
  memory.set32(abi.MEMORY_EXCHANGE_VM_PAGES, 2);
  memory.set64(LOANS + abi.MEMORY_LOANS_START_BYTES, 2n * MIB);
  memory.set64(LOANS + abi.MEMORY_LOANS_HELD_BYTES, 6n * MIB);
  memory.set64(LOANS + abi.MEMORY_LOANS_MOST_BYTES, 64n * MIB);
  memory.set32(LOANS + abi.MEMORY_LOANS_LENT_CHUNKS + 4 * 10, 1);
  // 33 events: the first one is forgotten
  memory.set64(LOANS + abi.MEMORY_LOANS_EVENTS, 33n);
  memory.set32(LOANS + abi.MEMORY_LOANS_EVENT_KIND, abi.MEMORY_EVENT_REFUSED);
  memory.set32(LOANS + abi.MEMORY_LOANS_EVENT_DETAIL, abi.GIVE_OWNED);
  memory.set64(LOANS + abi.MEMORY_LOANS_EVENT_BYTES, 4n * MIB);
  memory.set64(LOANS + abi.MEMORY_LOANS_EVENT_TIME, 1_700_000_000_123_456_789n);
  const { exitCode, out } = await bench.bfm("memory", "--json");
  expect(exitCode).toBe(0);
  const facts = JSON.parse(out);
  expect(facts).toMatchObject({
    startBytes: 0x20_0000,
    heldBytes: 0x60_0000,
    mostBytes: 0x400_0000,
    chunks: 5,
    lentChunks: { 10: 1 },
    pages: { total: 1000, free: 900, waiting: 2, low: 10, high: 20 },
    runs: { count: 2, taken: 1, pages: 17_408 },
    freeBlocks: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3],
    slabs: [{ name: "vs", objectBytes: 320, used: 1, total: 12, pages: 1 }],
    owners: { kernel: 98, extensions: [], vms: [{ id: 0, pages: 2 }] },
    eventCount: 33,
  });
  expect(facts.events).toHaveLength(32);
  expect(facts.events[31]).toEqual({
    time: "2023-11-14T22:13:20.123Z",
    event: "refused",
    bytes: 0x40_0000,
    reason: "GIVE_OWNED",
  });
});

test("memory for people says what it holds, and what came since the start", async () => {
  const { driver } = bench;
  driver.state = abi.STATE_RUNNING;
  driver.memory.set64(LOANS + abi.MEMORY_LOANS_START_BYTES, 2n * MIB);
  driver.memory.set64(LOANS + abi.MEMORY_LOANS_HELD_BYTES, 6n * MIB);
  driver.memory.set64(LOANS + abi.MEMORY_LOANS_MOST_BYTES, 64n * MIB);
  driver.memory.set32(LOANS + abi.MEMORY_LOANS_LENT_CHUNKS + 4 * 10, 1);
  const { out } = await bench.bfm("memory");
  expect(out).toMatch(/^bareflank: 6 MiB of memory, 2 MiB at the start, at most 64 MiB\n/);
  expect(out).toContain("lent since: 1 of 4 MiB;");
  expect(out).not.toContain("runs");
  driver.memory.set32(abi.MEMORY_EXCHANGE_RUN_COUNT, 2);
  driver.memory.set32(abi.MEMORY_EXCHANGE_RUNS_TAKEN, 1);
  driver.memory.set64(abi.MEMORY_EXCHANGE_RUN_PAGES, 17_408n);
  expect((await bench.bfm("memory")).out).toContain("  runs: 2 of 68 MiB together, 1 in use\n");
});

test("memory is given on demand, and a refusal says why", async () => {
  const { driver } = bench;
  driver.state = abi.STATE_RUNNING;
  expect((await bench.bfm("memory", "--give", "16M")).exitCode).toBe(0);
  expect(driver.donatedBytes).toBe(16n * MIB);
  expect((await bench.bfm("memory", "--give", "much")).exitCode).toBe(2);
  for (const size of ["0", "32K", "3M"]) {
    const refused = await bench.bfm("memory", "--give", size);
    expect(refused.exitCode).toBe(2);
    expect(refused.error).toMatch(`bfm: ${size} of memory cannot be given.\nWrite a power of two, 64K at least`);
  }
  driver.reports.memory = { error: abi.ERROR_CHUNK_REFUSED, detail: BigInt(abi.GIVE_OWNED) };
  const { exitCode, error } = await bench.bfm("memory", "--give", "16M");
  expect(exitCode).toBe(1);
  expect(error).toMatch(/^bfm: the microkernel refuses the memory: some of it is the hypervisor's already\.\n/);
});

test("a hypervisor that does not run has no memory to speak of", async () => {
  const { exitCode, error } = await bench.bfm("memory");
  expect(exitCode).toBe(1);
  expect(error).toBe("bfm: the hypervisor is not running.\nStart it first: bfm start.\n");
});

test("status tells the state even when the microkernel does not tell of its memory", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.reports.memory = { error: abi.ERROR_NOT_RUNNING };
  const { exitCode, out } = await bench.bfm("status", "--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ state: "running", memoryError: { code: "ERROR_NOT_RUNNING" } });
});
