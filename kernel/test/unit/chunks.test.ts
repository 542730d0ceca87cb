// Chunks that leave the buddy allocator again

import { DIRECT_BASE } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { addChunk, freeBlocks, loadAllocators, MEBIBYTE, PAGE } from "./allocators.ts";

const BASE = 0x12_3400_0000n;

/** Chunks of 4 MiB, each with 1023 pages for the pool, not adjacent. */
function withChunks(count: number) {
  const part = loadAllocators();
  const bases = Array.from({ length: count }, (_, n) => BASE + BigInt(n) * 8n * MEBIBYTE);
  for (const base of bases) expect(addChunk(part, base, 4n * MEBIBYTE)).toBe(true);
  return { part, exports: part.exports, bases };
}

describe("a chunk", () => {
  test("is wholly free until one of its pages is out, and again when it came back", () => {
    const { exports, bases } = withChunks(2);
    for (const base of bases) expect(exports.isChunkFree(base)).toBe(1);
    const page = exports.allocPages(0);
    const large = exports.allocPages(9);
    const isOf = (base: bigint) => [page, large].some((phys) => phys >= base && phys < base + 4n * MEBIBYTE);
    for (const base of bases) expect(exports.isChunkFree(base)).toBe(isOf(base) ? 0 : 1);
    exports.freePages(page, 0);
    exports.freePages(large, 9);
    for (const base of bases) expect(exports.isChunkFree(base)).toBe(1);
  });

  test("is found by its index, in ascending order", () => {
    const { exports, bases } = withChunks(3);
    expect(exports.chunkCount()).toBe(3);
    expect([0, 1, 2, 3].map((index) => exports.chunkBase(index))).toEqual([...bases, 0n]);
    expect(exports.chunkBytes(BASE)).toBe(4n * MEBIBYTE);
    expect(exports.chunkBytes(BASE + PAGE)).toBe(0n);
  });

  test("that is withdrawn is owned, and hands nothing out", () => {
    const { part, exports, bases } = withChunks(2);
    const [first = 0n] = bases;
    expect(exports.withdrawChunk(first)).toBe(1);
    expect(exports.totalPages()).toBe(1023n);
    expect(exports.freePageCount()).toBe(1023n);
    expect(exports.usedPages()).toBe(0n);
    expect(freeBlocks(part)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(exports.ownsPhys(first)).toBe(1);
    // Whatever the pool did with it now would fault
    part.memory.unmap(DIRECT_BASE + first, 4 * Number(MEBIBYTE));
    for (let pages = 0; pages < 1023; pages++) expect(exports.allocPages(0)).toBeGreaterThan(first + 4n * MEBIBYTE);
    expect(exports.allocPages(0)).toBe(0n);
    expect(exports.freePages(first, 0)).toBe(0);
  });

  test("that is removed is nobody's, and can come again", () => {
    const { part, exports, bases } = withChunks(3);
    const [, second = 0n] = bases;
    expect(exports.withdrawChunk(second)).toBe(1);
    expect(exports.removeChunk(second)).toBe(1);
    expect(exports.chunkCount()).toBe(2);
    expect(bases.map((base) => exports.ownsPhys(base))).toEqual([1, 0, 1]);
    expect(exports.removeChunk(second)).toBe(0);
    expect(addChunk(part, second, 4n * MEBIBYTE)).toBe(true);
    expect(exports.totalPages()).toBe(3n * 1023n);
    expect(exports.isChunkFree(second)).toBe(1);
  });

  test("with room for the loader's own leaves as the others", () => {
    const part = loadAllocators();
    addChunk(part, BASE, 64n * PAGE, 13n * PAGE);
    expect(part.exports.isChunkFree(BASE)).toBe(1);
    expect(part.exports.withdrawChunk(BASE)).toBe(1);
    expect(part.exports.totalPages()).toBe(0n);
    expect(freeBlocks(part)).toEqual(Array(11).fill(0));
  });

  test.each<[string, (exports: ReturnType<typeof withChunks>["exports"]) => bigint]>([
    ["while a page is out", (exports) => (exports.allocPages(0) / (8n * MEBIBYTE)) * 8n * MEBIBYTE],
    ["by an address within", () => BASE + PAGE],
    ["where there is none", () => BASE - PAGE],
    ["twice", (exports) => BASE * BigInt(exports.withdrawChunk(BASE))],
  ])("is not withdrawn %s", (_, prepare) => {
    const { part, exports } = withChunks(1);
    const base = prepare(exports);
    const before = { total: exports.totalPages(), free: exports.freePageCount(), blocks: freeBlocks(part) };
    expect(exports.isChunkFree(base)).toBe(0);
    expect(exports.withdrawChunk(base)).toBe(0);
    expect({ total: exports.totalPages(), free: exports.freePageCount(), blocks: freeBlocks(part) }).toEqual(before);
  });

  test("is not removed while it has pages of the pool", () => {
    const { exports } = withChunks(1);
    expect(exports.removeChunk(BASE)).toBe(0);
    expect(exports.removeChunk(BASE + PAGE)).toBe(0);
    expect(exports.ownsPhys(BASE)).toBe(1);
  });

  test("that the operating system uses, too, has no pages: nothing of it is taken, given or withdrawn", () => {
    const { part, exports } = withChunks(1);
    const shared = BASE - 4n * MEBIBYTE;
    expect(exports.addShared(shared, MEBIBYTE)).toBe(1);
    expect(exports.addShared(shared, MEBIBYTE)).toBe(0);
    expect(exports.ownsPhys(shared + PAGE)).toBe(1);
    // Nothing of it is mapped: whatever the pool looked at would fault
    const before = { total: exports.totalPages(), free: exports.freePageCount(), blocks: freeBlocks(part) };
    expect(exports.freePages(shared, 0)).toBe(0);
    expect(exports.bury(shared + PAGE, 0, 0)).toBe(0);
    expect(exports.isTaken(shared, 0)).toBe(0);
    expect([exports.isChunkFree(shared), exports.withdrawChunk(shared)]).toEqual([0, 0]);
    const page = exports.allocPages(0);
    expect(exports.bury(page, 0, 1)).toBe(1);
    expect(exports.release(1, 9)).toBe(1);
    expect({ total: exports.totalPages(), free: exports.freePageCount(), blocks: freeBlocks(part) }).toEqual(before);
    expect(exports.removeChunk(shared)).toBe(1);
    expect(exports.ownsPhys(shared + PAGE)).toBe(0);
  });

  test("is the next one from an address on, with those that are shared or without", () => {
    const { exports, bases } = withChunks(2);
    const [first = 0n, second = 0n] = bases;
    const [below, between, behind] = [first - 4n * MEBIBYTE, first + 4n * MEBIBYTE, second + 4n * MEBIBYTE];
    for (const shared of [below, below + MEBIBYTE, between, behind])
      expect(exports.addShared(shared, MEBIBYTE)).toBe(1);
    const next = (phys: bigint) => [exports.nextOwned(phys), exports.nextPrivate(phys)];
    expect(next(0n)).toEqual([below, first]);
    expect(next(below + PAGE)).toEqual([below + PAGE, first]);
    expect(next(first)).toEqual([first, first]);
    expect(next(first + 4n * MEBIBYTE - PAGE)).toEqual(Array(2).fill(first + 4n * MEBIBYTE - PAGE));
    expect(next(between)).toEqual([between, second]);
    expect(next(behind - PAGE)).toEqual([behind - PAGE, behind - PAGE]);
    expect(next(behind)).toEqual([behind, -1n]);
    expect(next(behind + MEBIBYTE)).toEqual([-1n, -1n]);
  });

  test("is asked about when no more than 64 of its pages are out, each time that one comes back", () => {
    const { exports } = withChunks(1);
    const pages = Array.from({ length: 66 }, () => exports.allocPages(0));
    const giveBack = () => exports.freePages(pages.pop() ?? 0n, 0);
    expect(exports.hasNewFreeChunk()).toBe(0);
    giveBack();
    expect(exports.hasNewFreeChunk()).toBe(0);
    giveBack();
    expect([exports.hasNewFreeChunk(), exports.hasNewFreeChunk()]).toEqual([1, 0]);
    pages.push(exports.allocPages(0));
    expect(exports.hasNewFreeChunk()).toBe(0);
    giveBack();
    expect([exports.hasNewFreeChunk(), exports.hasNewFreeChunk()]).toEqual([1, 0]);
  });
});

describe("a block in limbo", () => {
  test("is nobody's, but not free, until its half is released", () => {
    const { part, exports } = withChunks(1);
    const before = freeBlocks(part);
    const [page, block] = [exports.allocPages(0), exports.allocPages(3)];
    expect(exports.bury(page, 0, 0)).toBe(1);
    expect(exports.bury(block, 3, 1)).toBe(1);
    expect([exports.isTaken(page, 0), exports.isTaken(block, 3)]).toEqual([0, 0]);
    expect([exports.isWaiting(0), exports.isWaiting(1), exports.waitingPages(), exports.usedPages()]).toEqual([
      1,
      1,
      9,
      0n,
    ]);
    expect(exports.freePageCount()).toBe(1023n - 9n);
    expect([exports.release(0, 9), exports.isWaiting(0), exports.isWaiting(1)]).toEqual([1, 0, 1]);
    expect(exports.freePageCount()).toBe(1023n - 8n);
    expect([exports.release(1, 9), exports.waitingPages()]).toEqual([1, 0]);
    expect(freeBlocks(part)).toEqual(before);
  });

  test("is released as often as is asked for, the rest later", () => {
    const { exports } = withChunks(2);
    const pages = Array.from({ length: 20 }, () => exports.allocPages(0));
    for (const page of pages) expect(exports.bury(page, 0, 0)).toBe(1);
    expect([exports.release(0, 3), exports.waitingPages()]).toEqual([3, 17]);
    expect([exports.release(0, 4), exports.waitingPages()]).toEqual([4, 13]);
    expect([exports.release(0, 13), exports.waitingPages(), exports.isWaiting(0)]).toEqual([13, 0, 0]);
    expect(exports.release(0, 1)).toBe(0);
  });

  test.each<[string, (exports: ReturnType<typeof withChunks>["exports"], block: bigint) => number]>([
    ["again", (exports, block) => exports.bury(block, 2, 1)],
    ["as a block of another size", (exports) => exports.bury(exports.allocPages(2), 1, 0)],
    ["by an address within", (exports) => exports.bury(exports.allocPages(2) + PAGE, 2, 0)],
    ["that is free", (exports) => exports.bury(BASE + MEBIBYTE, 2, 0)],
    ["of nobody's memory", (exports) => exports.bury(BASE - PAGE, 0, 0)],
    ["that is larger than any", (exports) => exports.bury(BASE, 11, 0)],
  ])("is not put there %s, and nothing is counted", (_, bury) => {
    const { exports } = withChunks(1);
    const block = exports.allocPages(2);
    expect(exports.bury(block, 2, 0)).toBe(1);
    expect(bury(exports, block)).toBe(0);
    expect(exports.waitingPages()).toBe(4);
    expect(exports.release(1, 9)).toBe(0);
    expect([exports.release(0, 9), exports.waitingPages()]).toEqual([1, 0]);
  });
});
