// Pages that processors keep at hand: against the pool, and against one another

import { DIRECT_BASE } from "@bareflank/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addChunk, become, comeUp, freeBlocks, loadAllocators, MAX_ORDER, MEBIBYTE, PAGE } from "./allocators.ts";

const BASE = 0x1234_0000_0000n;
/** Pages that go between pool and store at once, and that a store has room for: dirty and zeroed ones. */
const BATCH = 8;
const MOST_PAGES = 16;
const MOST_ZEROED = 8;

/** Processors 0 to count - 1, the test being the first, on a pool of 4 MiB. */
function withProcessors(count: number, bytes = 4n * MEBIBYTE) {
  const part = loadAllocators();
  for (let id = 1; id < count; id++) comeUp(part, id);
  become(part, 0);
  expect(addChunk(part, BASE, bytes)).toBe(true);
  const { exports, memory } = part;
  const dirty = (phys: bigint) => memory.fill(DIRECT_BASE + phys, 0xdb, 4096);
  const take = (count: number) => Array.from({ length: count }, () => exports.allocatePages(0));
  const isZero = (phys: bigint) => memory.read(DIRECT_BASE + phys, 4096).every((byte) => byte === 0);
  return { part, exports, memory, dirty, take, isZero };
}

describe("a page", () => {
  test("comes from the pool with some more, which nobody has yet", () => {
    const { exports } = withProcessors(1);
    expect(exports.allocatePages(0)).not.toBe(0n);
    expect(exports.keptPages()).toBe(BATCH - 1);
    expect(exports.freePageCount()).toBe(1023n - BigInt(BATCH));
    expect(exports.usedPagesOfAll()).toBe(1n);
    expect(exports.freePagesOfAll()).toBe(1022n);
  });

  test("that is at hand is zeroed before the pool is asked for another", () => {
    const { exports, isZero, dirty } = withProcessors(1);
    for (const page of [exports.allocatePages(0), exports.allocatePages(0)]) dirty(page);
    const [kept, free] = [exports.keptPages(), exports.freePageCount()];
    expect(isZero(exports.allocatePage())).toBe(true);
    expect([exports.keptPages(), exports.freePageCount()]).toEqual([kept - 1, free]);
  });

  test("that the call for zeroed pages gives holds zeros, whatever lay there", () => {
    const { exports, dirty, isZero } = withProcessors(1);
    for (let round = 0; round < 3; round++) {
      const pages = Array.from({ length: 40 }, () => exports.allocatePage());
      expect(new Set(pages).size).toBe(40);
      for (const page of pages) expect(isZero(page)).toBe(true);
      for (const page of pages) {
        dirty(page);
        expect(exports.freePage(page)).toBe(1);
      }
    }
    expect(exports.usedPagesOfAll()).toBe(0n);
  });

  test("is zeroed when it comes back, while there is room for such pages, and not when it is asked for", () => {
    const { exports, memory, dirty, take } = withProcessors(1);
    const pages = take(20);
    for (const page of pages) dirty(page);
    for (const page of pages) exports.freePage(page);
    expect(exports.zeroedPages()).toBe(MOST_ZEROED);
    expect(pages.filter((page) => memory.peek(DIRECT_BASE + page, 8) === 0n)).toHaveLength(MOST_ZEROED);
    const [first = 0n] = pages;
    // What lies there now was put there behind the allocator's back, so nobody writes zeros at this time
    memory.fill(DIRECT_BASE + first, 0x77, 4096);
    const got = Array.from({ length: MOST_ZEROED }, () => exports.allocatePage());
    expect(got).toContain(first);
    expect(memory.peek(DIRECT_BASE + first + 2048n, 1)).toBe(0x77n);
  });

  test("for whoever does not ask for zeros is a zeroed one only when there is no other", () => {
    const { exports, take } = withProcessors(1, 9n * PAGE);
    const all = take(8);
    for (const page of all) exports.freePage(page);
    expect(exports.zeroedPages()).toBe(8);
    expect(take(9).toSorted()).toEqual([0n, ...all].toSorted());
  });

  test.each<[string, (page: bigint) => bigint]>([
    ["that is kept at hand", (page) => page],
    ["by an address inside", (page) => page + 8n],
    ["where the states are", () => BASE + 4n * MEBIBYTE - PAGE],
    ["that the pool never had", () => BASE - PAGE],
    ["at address 0", () => 0n],
  ])("is not taken back %s", (_, address) => {
    const { part, exports, take } = withProcessors(2);
    const [page = 0n, other = 0n] = take(2);
    expect(exports.freePage(page)).toBe(1);
    const before = { kept: exports.keptPages(), blocks: freeBlocks(part) };
    for (const id of [0, 1]) {
      become(part, id);
      expect(exports.freePage(address(page))).toBe(0);
      expect(exports.freePages(address(page), 0)).toBe(0);
    }
    expect({ kept: exports.keptPages(), blocks: freeBlocks(part) }).toEqual(before);
    expect(exports.usedPagesOfAll()).toBe(1n);
    become(part, 1);
    expect(exports.freePage(other)).toBe(1);
  });

  test("of a larger block is not taken back alone, nor the block as a page", () => {
    const { exports } = withProcessors(1);
    const block = exports.allocatePages(2);
    expect(exports.freePage(block)).toBe(0);
    expect(exports.freePage(block + PAGE)).toBe(0);
    expect(exports.freePages(block, 2)).toBe(1);
  });
});

describe("a store", () => {
  test("that is full gives the pages that it has had longest to the pool", () => {
    const { exports, take } = withProcessors(1);
    const pages = take(64);
    expect(exports.keptPages()).toBe(0);
    for (const page of pages) exports.freePage(page);
    expect(exports.keptPages()).toBeLessThanOrEqual(MOST_PAGES + MOST_ZEROED);
    expect(exports.keptPages()).toBeGreaterThan(MOST_PAGES + MOST_ZEROED - BATCH);
    expect(exports.usedPagesOfAll()).toBe(0n);
    expect(take(1)).toEqual(pages.slice(-1));
  });

  test("takes one page at a time when the pool has few", () => {
    const { exports } = withProcessors(1, 200n * PAGE);
    expect(exports.allocatePages(0)).not.toBe(0n);
    expect(exports.keptPages()).toBe(0);
  });

  test("has zeroed pages from the beginning when there are many, and none when there are few", () => {
    const many = withProcessors(1);
    many.exports.fillStore();
    expect(many.exports.zeroedPages()).toBe(MOST_ZEROED);
    expect(many.exports.usedPagesOfAll()).toBe(0n);
    const pages = Array.from({ length: MOST_ZEROED }, () => many.exports.allocatePage());
    expect(new Set(pages).size).toBe(MOST_ZEROED);
    expect(pages.every(many.isZero)).toBe(true);
    for (const page of pages) expect(many.exports.freePage(page)).toBe(1);
    const few = withProcessors(1, 200n * PAGE);
    few.exports.fillStore();
    expect(few.exports.keptPages()).toBe(0);
  });

  test("gives all back, so that the pool is as if nobody had used it", () => {
    const { part, exports, take } = withProcessors(2);
    const untouched = freeBlocks(part);
    const pages = take(50);
    pages.forEach((page, index) => {
      become(part, index % 2);
      exports.freePage(page);
    });
    expect([exports.emptyStores(), exports.emptyStores()]).toEqual([1, 0]);
    expect(exports.keptPages()).toBe(0);
    expect(freeBlocks(part)).toEqual(untouched);
    expect(exports.isChunkFree(BASE)).toBe(1);
  });
});

describe("a page that another processor keeps at hand", () => {
  /** All pages of a small pool, given back by processor 1: some of them are in its store. */
  function keptElsewhere() {
    const all = withProcessors(3, 33n * PAGE);
    const pages = all.take(32);
    become(all.part, 1);
    for (const page of pages) expect(all.exports.freePage(page)).toBe(1);
    expect(all.exports.keptPages()).toBeGreaterThan(BATCH);
    become(all.part, 2);
    return all;
  }

  test.each(["allocatePage", "allocatePages"] as const)("is found by %s when there is no other", (call) => {
    const { exports } = keptElsewhere();
    const pages = Array.from({ length: 32 }, () => exports[call](0));
    expect(new Set(pages).size).toBe(32);
    expect(pages).not.toContain(0n);
    expect(exports[call](0)).toBe(0n);
    expect(exports.usedPagesOfAll()).toBe(32n);
  });

  test("is found by who wants a large block, and merged for that", () => {
    const { exports } = keptElsewhere();
    const [first, second] = [exports.allocatePages(4), exports.allocatePages(4)];
    expect(first).not.toBe(0n);
    expect(second).not.toBe(0n);
    expect(exports.allocatePages(0)).toBe(0n);
  });

  test("is found by who wants an object", () => {
    const { exports } = keptElsewhere();
    expect(exports.slabInit(0, 0x1e00)).toBe(1);
    let objects = 0;
    while (exports.allocateObject(0) !== 0n) objects++;
    expect(objects).toBe(Number(exports.slabTotal(0)));
    expect(exports.usedPagesOfAll()).toBe(32n);
  });
});

describe("exhaustion", () => {
  test.each([0, 1, 5, MAX_ORDER])("of blocks of order %i ends when one comes back", (order) => {
    const { exports } = withProcessors(2, 9n * MEBIBYTE);
    const blocks: bigint[] = [];
    for (let at = exports.allocatePages(order); at !== 0n; at = exports.allocatePages(order)) blocks.push(at);
    expect(exports.freePagesOfAll()).toBeLessThan(1n << BigInt(order + 2));
    const [first = 0n] = blocks;
    expect(order === 0 ? exports.freePage(first) : exports.freePages(first, order)).toBe(1);
    expect(exports.allocatePages(order)).toBe(first);
    expect(exports.allocatePages(order)).toBe(0n);
  });
});

/** Knows who has which pages. */
class Program {
  readonly #machine = withProcessors(3, 128n * PAGE);
  readonly #untouched = freeBlocks(this.#machine.part);
  readonly #taken: { readonly phys: bigint; readonly order: number }[] = [];

  become(processor: number): void {
    become(this.#machine.part, processor);
  }

  take(): void {
    this.#keep(this.#machine.exports.allocatePages(0), 0);
  }

  takeZeroed(): void {
    const phys = this.#machine.exports.allocatePage();
    if (phys !== 0n) expect(this.#machine.isZero(phys)).toBe(true);
    this.#keep(phys, 0);
  }

  takeLarge(index: number): void {
    const order = 1 + (index % 3);
    this.#keep(this.#machine.exports.allocatePages(order), order);
  }

  #keep(phys: bigint, order: number): void {
    if (phys === 0n) {
      if (order === 0) expect(this.#machine.exports.freePagesOfAll()).toBe(0n);
      return;
    }
    const end = phys + (PAGE << BigInt(order));
    for (let page = phys; page < end; page += PAGE) this.#machine.dirty(page);
    const others = this.#taken.filter((other) => other.phys < end && phys < other.phys + (PAGE << BigInt(other.order)));
    expect(others).toEqual([]);
    this.#taken.push({ phys, order });
  }

  give(index: number): void {
    const [block] = this.#taken.splice(index % Math.max(1, this.#taken.length), 1);
    if (block === undefined) return;
    const { exports } = this.#machine;
    const giveBack = () =>
      block.order === 0 ? exports.freePage(block.phys) : exports.freePages(block.phys, block.order);
    expect([giveBack(), giveBack()]).toEqual([1, 0]);
  }

  empty(): void {
    this.#machine.exports.emptyStores();
  }

  giveAll(): void {
    while (this.#taken.length > 0) this.give(this.#taken.length >> 1);
    this.empty();
    this.check();
    expect(freeBlocks(this.#machine.part)).toEqual(this.#untouched);
  }

  check(): void {
    const pages = this.#taken.reduce((sum, { order }) => sum + (1 << order), 0);
    expect(this.#machine.exports.usedPagesOfAll()).toBe(BigInt(pages));
  }
}

const steps = fc.array(
  fc.tuple(
    fc.constantFrom("take", "take", "takeZeroed", "takeZeroed", "give", "give", "give", "takeLarge", "empty"),
    fc.nat(2),
    fc.nat(),
  ),
  { minLength: 100, maxLength: 400 },
);

describe("any program on three processors", () => {
  test("gets pages that nobody else has, zeros where it asked for them, and loses none", () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const program = new Program();
        for (const [step, processor, index] of steps) {
          program.become(processor);
          program[step](index);
          program.check();
        }
        program.giveAll();
      }),
      { numRuns: 40 },
    );
  });
});

test("a page of zeros is taken for want of another, and the rest of them stays at hand", () => {
  const { exports } = withProcessors(1, 64n * PAGE);
  const taken: bigint[] = [];
  for (let page = exports.allocatePage(); page !== 0n; page = exports.allocatePage()) taken.push(page);
  const back = taken.slice(0, 5);
  for (const page of back) expect(exports.freePage(page)).toBe(1);
  expect([exports.zeroedPages(), exports.keptPages()]).toEqual([5, 5]);
  expect(back).toContain(exports.allocatePages(0));
  expect([exports.zeroedPages(), exports.keptPages()]).toEqual([4, 4]);
});
