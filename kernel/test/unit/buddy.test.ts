// The buddy allocator against a model that knows every page

import { DIRECT_BASE, DIRECT_BYTES } from "@bareflank/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addChunk, freeBlocks, loadAllocators, MAX_ORDER, MEBIBYTE, mapChunk, PAGE } from "./allocators.ts";

const BASE = 0x1234_0000_0000n;

describe("a chunk", () => {
  test("gives all its pages but one page of states for each 4096", () => {
    const part = loadAllocators();
    expect(addChunk(part, BASE, 4n * MEBIBYTE)).toBe(true);
    expect(part.exports.totalPages()).toBe(1023n);
    expect(part.exports.freePageCount()).toBe(1023n);
    expect(part.exports.usedPages()).toBe(0n);
    expect(freeBlocks(part)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(addChunk(part, BASE + 64n * MEBIBYTE, 32n * MEBIBYTE)).toBe(true);
    expect(part.exports.totalPages()).toBe(1023n + 8190n);
    expect(part.exports.freeBlocks(MAX_ORDER)).toBe(7);
  });

  test("keeps its first bytes for the loader, in whole pages", () => {
    const part = loadAllocators();
    expect(addChunk(part, BASE, 16n * PAGE, 2n * PAGE + 1n)).toBe(true);
    expect(part.exports.totalPages()).toBe(12n);
    const pages = Array.from({ length: 13 }, () => part.exports.allocPages(0));
    const expected = Array.from({ length: 12 }, (_, n) => BASE + PAGE * BigInt(n + 3));
    expect(pages.toSorted()).toEqual([0n, ...expected]);
  });

  test.each<[string, bigint, bigint, bigint]>([
    ["has no bytes", BASE, 0n, 0n],
    ["begins within a page", BASE + 8n, 16n * PAGE, 0n],
    ["ends within a page", BASE, 16n * PAGE + 8n, 0n],
    ["begins at 0, which means no page", 0n, 16n * PAGE, 0n],
    ["has more used bytes than bytes", BASE, 16n * PAGE, 17n * PAGE],
    ["ends behind the direct map", DIRECT_BYTES - PAGE, 2n * PAGE, 0n],
    ["begins behind the direct map", DIRECT_BYTES, PAGE, 0n],
    ["wraps around", BASE, (1n << 64n) - PAGE, 0n],
  ])("that %s is refused", (_, phys, bytes, used) => {
    const { exports } = loadAllocators();
    expect(exports.addChunk(phys, bytes, used)).toBe(0);
    expect(exports.totalPages()).toBe(0n);
    expect(exports.ownsPhys(BASE)).toBe(0);
  });

  test.each<[string, bigint, bigint]>([
    ["is there already", BASE, 8n * PAGE],
    ["begins in another one", BASE + 7n * PAGE, 8n * PAGE],
    ["ends in another one", BASE - 7n * PAGE, 8n * PAGE],
    ["has another one inside", BASE - PAGE, 10n * PAGE],
    ["lies inside another one", BASE + PAGE, 2n * PAGE],
  ])("that %s is refused, and the pool stays as it was", (_, phys, bytes) => {
    const part = loadAllocators();
    expect(addChunk(part, BASE, 8n * PAGE)).toBe(true);
    expect(part.exports.addChunk(phys, bytes, 0n)).toBe(0);
    expect(part.exports.totalPages()).toBe(7n);
    expect(part.exports.ownsPhys(BASE - PAGE)).toBe(0);
    expect(part.exports.ownsPhys(BASE + 8n * PAGE)).toBe(0);
  });

  test("that the loader uses up belongs to the hypervisor all the same", () => {
    const part = loadAllocators();
    // Nothing is mapped: such a chunk may be all page tables, and has no room for states.
    expect(part.exports.addChunk(BASE, 4n * PAGE, 4n * PAGE)).toBe(1);
    expect(part.exports.addChunk(BASE + MEBIBYTE, 4n * PAGE, 3n * PAGE)).toBe(1);
    expect(part.exports.totalPages()).toBe(0n);
    expect(part.exports.ownsPhys(BASE + 3n * PAGE)).toBe(1);
    expect(part.exports.freePages(BASE, 0)).toBe(0);
  });

  test("of a single page is owned and not handed out", () => {
    const part = loadAllocators();
    expect(part.exports.addChunk(BASE, PAGE, 0n)).toBe(1);
    expect(part.exports.allocPages(0)).toBe(0n);
  });

  test("may be added while pages are taken", () => {
    const part = loadAllocators();
    addChunk(part, BASE, 2n * PAGE);
    expect(part.exports.allocPages(0)).toBe(BASE);
    expect(part.exports.allocPages(0)).toBe(0n);
    addChunk(part, BASE - MEBIBYTE, 3n * PAGE);
    expect(part.exports.allocPages(1)).toBe(BASE - MEBIBYTE);
    expect(part.exports.freePages(BASE, 0)).toBe(1);
    expect(part.exports.usedPages()).toBe(2n);
  });

  test("is one of 1024, in any order", () => {
    const { exports, memory } = loadAllocators();
    for (let n = 0n; n < 1024n; n++) {
      const phys = BASE + ((n * 389n) % 1024n) * 2n * PAGE;
      mapChunk(memory, phys, 2n * PAGE);
      expect(exports.addChunk(phys, 2n * PAGE, 0n)).toBe(1);
    }
    expect(exports.addChunk(BASE - 2n * PAGE, 2n * PAGE, 0n)).toBe(0);
    expect(exports.totalPages()).toBe(1024n);
    for (const n of [0n, 1n, 511n, 1022n, 1023n]) {
      expect(exports.ownsPhys(BASE + n * 2n * PAGE)).toBe(1);
      expect(exports.ownsPhys(BASE + n * 2n * PAGE + 2n * PAGE - 1n)).toBe(1);
    }
    expect(exports.ownsPhys(BASE - 1n)).toBe(0);
    expect(exports.ownsPhys(BASE + 2048n * PAGE)).toBe(0);
  });
});

describe("a block", () => {
  test.each([11, 12, 31, 32, 63, 64, 0xffff_ffff])("of order %i is refused at once", (order) => {
    const part = loadAllocators();
    addChunk(part, BASE, 8n * MEBIBYTE);
    expect(part.exports.allocPages(order)).toBe(0n);
    expect(part.exports.freePages(BASE, order)).toBe(0);
    expect(part.exports.usedPages()).toBe(0n);
  });

  test("of each order is aligned to its size", () => {
    const part = loadAllocators();
    addChunk(part, BASE + PAGE, 16n * MEBIBYTE);
    for (let order = 0; order <= MAX_ORDER; order++) {
      const phys = part.exports.allocPages(order);
      expect(phys).not.toBe(0n);
      expect(phys % (PAGE << BigInt(order))).toBe(0n);
    }
    expect(part.exports.usedPages()).toBe(2047n);
  });

  test("of 4 MiB comes and goes", () => {
    const part = loadAllocators();
    addChunk(part, BASE, 8n * MEBIBYTE);
    const before = freeBlocks(part);
    expect(part.exports.allocPages(MAX_ORDER)).toBe(BASE);
    expect(part.exports.allocPages(MAX_ORDER)).toBe(0n);
    expect(part.exports.freePages(BASE, MAX_ORDER)).toBe(1);
    expect(freeBlocks(part)).toEqual(before);
  });

  test("does not merge with its buddy in another chunk", () => {
    const part = loadAllocators();
    addChunk(part, BASE, 2n * PAGE);
    addChunk(part, BASE + 2n * PAGE, 3n * PAGE);
    expect(freeBlocks(part).slice(0, 3)).toEqual([1, 1, 0]);
  });

  test.each<[string, bigint, number]>([
    ["as a smaller block", 0n, 1],
    ["as a larger block", 0n, 3],
    ["by an address inside", PAGE, 0],
    ["by an address within its first page", 1n, 2],
    ["where only a free block is", 4n * PAGE, 2],
    ["where the pages' states are", MEBIBYTE - PAGE, 0],
    ["where no chunk is", MEBIBYTE, 2],
    ["where no memory is", -MEBIBYTE, 2],
  ])("is not given back %s", (_, distance, order) => {
    const part = loadAllocators();
    addChunk(part, BASE, MEBIBYTE);
    const phys = part.exports.allocPages(2);
    const before = freeBlocks(part);
    expect(part.exports.freePages(phys + distance, order)).toBe(0);
    expect(freeBlocks(part)).toEqual(before);
    expect(part.exports.usedPages()).toBe(4n);
    expect(part.exports.freePages(phys, 2)).toBe(1);
    expect(part.exports.usedPages()).toBe(0n);
  });

  test("is not given back twice, alone or merged", () => {
    const part = loadAllocators();
    addChunk(part, BASE, MEBIBYTE);
    const [a, b] = [part.exports.allocPages(0), part.exports.allocPages(0)];
    expect(part.exports.freePages(b, 0)).toBe(1);
    expect(part.exports.freePages(b, 0)).toBe(0);
    expect(part.exports.freePages(a, 0)).toBe(1);
    expect(part.exports.freePages(a, 0)).toBe(0);
    expect(part.exports.freePages(b, 0)).toBe(0);
    expect(part.exports.usedPages()).toBe(0n);
  });

  test("comes from its own pool", () => {
    const part = loadAllocators();
    addChunk(part, BASE, MEBIBYTE);
    expect(part.exports.otherAllocPages(0)).toBe(0n);
  });
});

/** One step of a program that uses the pool: take a block of an order, give the nth taken one, add pages, drain. */
type Step = readonly ["take" | "give" | "add" | "drain", number];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant("take" as const), fc.constant(0)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant("take" as const), fc.nat(MAX_ORDER + 1)) },
    { weight: 6, arbitrary: fc.tuple(fc.constant("give" as const), fc.nat()) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("add" as const), fc.integer({ min: 2, max: 300 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("drain" as const), fc.constant(0)) },
  ),
  { minLength: 20, maxLength: 100 },
);

/** Knows which pages are taken and what was written into them. */
class Program {
  readonly part = loadAllocators();
  readonly #taken: { phys: bigint; order: number; content: number }[] = [];
  readonly #pages = new Set<bigint>();
  readonly #chunks: { phys: bigint; pages: number }[] = [];
  #end: bigint;
  #serial = 0;

  constructor(firstPage: number) {
    this.#end = BigInt(firstPage) * PAGE;
  }

  /** A chunk directly behind the last one, or with a gap of one or two pages. */
  add(pages: number): void {
    expect(addChunk(this.part, this.#end, BigInt(pages) * PAGE)).toBe(true);
    this.#chunks.push({ phys: this.#end, pages });
    this.#end += BigInt(pages + (pages % 3)) * PAGE;
  }

  take(order: number): void {
    const { exports, memory } = this.part;
    const hasRoom = order <= MAX_ORDER && freeBlocks(this.part).some((count, at) => at >= order && count > 0);
    const phys = exports.allocPages(order);
    expect(phys !== 0n).toBe(hasRoom);
    if (phys === 0n) return;
    expect(phys % (PAGE << BigInt(order))).toBe(0n);
    for (const page of pagesOf(phys, order)) {
      expect(this.#pages.has(page)).toBe(false);
      this.#pages.add(page);
    }
    const content = this.#serial++ & 255;
    memory.fill(DIRECT_BASE + phys, content, 4096 << order);
    this.#taken.push({ phys, order, content });
  }

  give(index: number): void {
    const [block] = this.#taken.splice(index % Math.max(1, this.#taken.length), 1);
    if (block === undefined) return;
    const { exports, memory } = this.part;
    const bytes = memory.read(DIRECT_BASE + block.phys, 4096 << block.order);
    expect(bytes.every((byte) => byte === block.content)).toBe(true);
    for (const page of pagesOf(block.phys, block.order)) this.#pages.delete(page);
    expect(exports.freePages(block.phys, block.order)).toBe(1);
    expect(exports.freePages(block.phys, block.order)).toBe(0);
  }

  giveAll(): void {
    while (this.#taken.length > 0) this.give(this.#taken.length >> 1);
  }

  /** Every page that counts as free can be had, and comes back. */
  drain(): void {
    const { exports } = this.part;
    const before = freeBlocks(this.part);
    const pages: bigint[] = [];
    for (let phys = exports.allocPages(0); phys !== 0n; phys = exports.allocPages(0)) pages.push(phys);
    expect(exports.freePageCount()).toBe(0n);
    expect(pages.length).toBe(before.reduce((sum, count, order) => sum + (count << order), 0));
    expect(pages.some((page) => this.#pages.has(page))).toBe(false);
    for (const phys of pages) expect(exports.freePages(phys, 0)).toBe(1);
    expect(freeBlocks(this.part)).toEqual(before);
  }

  /** The state bytes of all chunks. */
  states(): Uint8Array[] {
    return this.#chunks.map(({ phys, pages }) => {
      const bytes = 4096 * Math.ceil(pages / 4096);
      return this.part.memory.read(DIRECT_BASE + phys + BigInt(pages) * PAGE - BigInt(bytes), pages);
    });
  }

  checkCounts(): void {
    const { exports } = this.part;
    expect(exports.usedPages()).toBe(BigInt(this.#pages.size));
    expect(exports.freePageCount() + exports.usedPages()).toBe(exports.totalPages());
    const listed = freeBlocks(this.part).reduce((sum, count, order) => sum + (count << order), 0);
    expect(BigInt(listed)).toBe(exports.freePageCount());
  }
}

function pagesOf(phys: bigint, order: number): bigint[] {
  return Array.from({ length: 1 << order }, (_, n) => phys + BigInt(n) * PAGE);
}

describe("any program", () => {
  test("gets blocks that overlap nothing, keeps what it writes, and leaves the pool as if nobody had used it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x1000 }), steps, (firstPage, program) => {
        const used = new Program(firstPage);
        const untouched = new Program(firstPage);
        for (const [step, number] of [["add", 40] as const, ...program]) {
          used[step](number);
          if (step === "add") untouched.add(number);
          used.checkCounts();
        }
        used.giveAll();
        used.checkCounts();
        expect(freeBlocks(used.part)).toEqual(freeBlocks(untouched.part));
        expect(used.states()).toEqual(untouched.states());
      }),
      { numRuns: 30 },
    );
  });
});
