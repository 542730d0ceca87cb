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
});
