// The slab allocator against a model that knows every object

import { DIRECT_BASE } from "@bareflank/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addChunk, loadAllocators, MEBIBYTE, PAGE } from "./allocators.ts";

const BASE = 0x56_7800_0000n;

/** Cache 0 for objects of a size, on a pool of a mebibyte or so. */
function loadCache(objectBytes: number, poolBytes = MEBIBYTE) {
  const part = loadAllocators();
  expect(addChunk(part, BASE, poolBytes)).toBe(true);
  expect(part.exports.slabInit(0, objectBytes)).toBe(1);
  return part;
}

describe("a size", () => {
  test.each([
    [1, 16n, 246, 1],
    [16, 16n, 246, 1],
    [17, 32n, 123, 1],
    [100, 112n, 35, 1],
    [500, 512n, 15, 2],
    [4000, 4000n, 8, 8],
    [4096, 4096n, 7, 8],
    [32608, 32608n, 1, 8],
    [32624, 32624n, 2, 16],
    [65000, 65008n, 1, 16],
  ])("of %i bytes gives a stride of %i and %i objects in %i pages", (bytes, stride, objects, pages) => {
    const { exports } = loadCache(bytes);
    expect(exports.slabStride(0)).toBe(stride);
    expect(exports.slabAllocate(0)).not.toBe(0n);
    expect(exports.slabTotal(0)).toBe(objects);
    expect(exports.slabPages(0)).toBe(pages);
  });

  test.each([1, 17, 4000])("of %i bytes has all objects of a slab within it, apart, and each comes back", (bytes) => {
    const { exports } = loadCache(bytes);
    const taken = [exports.slabAllocate(0)];
    const [stride, total] = [exports.slabStride(0), exports.slabTotal(0)];
    while (taken.length < total) taken.push(exports.slabAllocate(0));
    expect(exports.slabTotal(0)).toBe(total);
    const sorted = taken.toSorted((a, b) => (a < b ? -1 : 1));
    const first = sorted[0] ?? 0n;
    expect(sorted).toEqual(sorted.map((_, index) => first + BigInt(index) * stride));
    expect((first % PAGE) + BigInt(total) * stride).toBeLessThanOrEqual(BigInt(exports.slabPages(0)) * PAGE);
    for (const object of taken) expect(exports.slabRelease(0, object)).toBe(1);
    expect(exports.slabUsed(0)).toBe(0);
  });

  test.each([0, 4 * 0x10_0000 - 159, 0xffff_ffff])("of %i bytes is refused", (bytes) => {
    expect(loadAllocators().exports.slabInit(0, bytes)).toBe(0);
  });
});

describe("an object", () => {
  test("holds zeros, whatever lay there", () => {
    const { exports, memory } = loadCache(64);
    const object = exports.slabAllocate(0);
    expect(memory.read(object, 64)).toEqual(new Uint8Array(64));
    memory.fill(object, 0xff, 64);
    expect(exports.slabRelease(0, object)).toBe(1);
    expect(exports.slabAllocate(0)).toBe(object);
    expect(memory.read(object, 64)).toEqual(new Uint8Array(64));
  });

  test("is none when the pool is empty, and there is one again when one came back", () => {
    const { exports } = loadCache(2000, 4n * 8n * PAGE);
    const objects: bigint[] = [];
    for (let object = exports.slabAllocate(0); object !== 0n; object = exports.slabAllocate(0)) objects.push(object);
    expect(objects.length).toBe(exports.slabTotal(0));
    expect(new Set(objects).size).toBe(objects.length);
    expect(exports.slabAllocate(0)).toBe(0n);
    const [first = 0n] = objects;
    expect(exports.slabRelease(0, first)).toBe(1);
    expect(exports.slabAllocate(0)).toBe(first);
  });

  test.each<[string, (object: bigint) => bigint]>([
    ["by an address inside", (object) => object + 16n],
    ["by the address of one that is free", (object) => object + 112n],
    ["by its slab's header", (object) => (object / PAGE) * PAGE],
    ["by the address of one more than its slab has", (object) => (object / PAGE) * PAGE + 160n + 35n * 112n],
    ["by the address of a page that is no slab", (object) => (object / PAGE) * PAGE + PAGE + 160n],
    ["by its physical address", (object) => object - DIRECT_BASE],
    ["by an address that belongs to nobody", (object) => object + MEBIBYTE],
    ["by the null address", () => 0n],
    ["by an address behind the direct map", (object) => object | (1n << 62n)],
  ])("is not released %s", (_, wrong) => {
    const { exports } = loadCache(100);
    const object = exports.slabAllocate(0);
    expect(exports.slabRelease(0, wrong(object))).toBe(0);
    expect(exports.slabUsed(0)).toBe(1);
    expect(exports.slabRelease(0, object)).toBe(1);
    expect(exports.slabRelease(0, object)).toBe(0);
    expect(exports.slabUsed(0)).toBe(0);
  });

  test("is not released by another cache", () => {
    const { exports } = loadCache(100);
    exports.slabInit(1, 100);
    const object = exports.slabAllocate(0);
    expect(exports.slabRelease(1, object)).toBe(0);
    expect(exports.slabRelease(0, object)).toBe(1);
  });

  test("is not released once its slab has gone back to the pool", () => {
    const { exports } = loadCache(100);
    const object = exports.slabAllocate(0);
    exports.slabRelease(0, object);
    expect(exports.emptyStores()).toBe(1);
    expect(exports.slabRelease(0, object)).toBe(0);
    expect(exports.usedPages()).toBe(0n);
  });
});

describe("slabs", () => {
  test("without objects go back to the pool, all but one", () => {
    const { exports } = loadCache(1000);
    const objects = Array.from({ length: 100 }, () => exports.slabAllocate(0));
    const pages = exports.slabPages(0);
    expect(exports.usedPages()).toBe(BigInt(pages));
    for (const object of objects) expect(exports.slabRelease(0, object)).toBe(1);
    // At most as many as objects are kept at hand, and two pages of a slab without any
    expect(exports.slabPages(0)).toBeLessThanOrEqual(2 * 4 + 2);
    expect(exports.emptyStores()).toBe(1);
    expect(exports.slabPages(0)).toBe(0);
    expect(exports.slabShrink(0)).toBe(0);
    expect(exports.slabTotal(0)).toBe(0);
    expect(exports.usedPages()).toBe(0n);
  });

  test("do not come and go with a single object", () => {
    const { exports } = loadCache(1000);
    const objects = Array.from({ length: 8 }, () => exports.slabAllocate(0));
    const extra = exports.slabAllocate(0);
    const pages = exports.slabPages(0);
    exports.slabRelease(0, extra);
    expect(exports.slabPages(0)).toBe(pages);
    expect(exports.slabAllocate(0)).toBe(extra);
    expect(objects).not.toContain(extra);
  });
});

/** Takes an object from a cache, gives the nth of a cache back, or shrinks it. */
type Step = readonly ["take" | "give" | "shrink", cache: number, index: number];

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("take" as const), fc.nat(2), fc.constant(0)) },
    { weight: 5, arbitrary: fc.tuple(fc.constant("give" as const), fc.nat(2), fc.nat()) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("shrink" as const), fc.nat(2), fc.constant(0)) },
  ),
  { minLength: 50, maxLength: 400 },
);

/** Three caches on one pool; knows which objects are taken and what was written into them. */
class Program {
  readonly #part = loadCache(24, 40n * PAGE);
  readonly #caches = [24, 700, 5000].map((bytes) => ({ bytes, taken: [] as { object: bigint; content: number }[] }));
  #serial = 0;

  constructor() {
    this.#caches.forEach(({ bytes }, cache) => {
      if (cache > 0) this.#part.exports.slabInit(cache, bytes);
    });
  }

  take(cache: number): void {
    const { bytes, taken } = this.#cache(cache);
    const object = this.#part.exports.slabAllocate(cache);
    if (object === 0n) return;
    const content = this.#serial++ & 255;
    this.#part.memory.fill(object, content, bytes);
    taken.push({ object, content });
  }

  give(cache: number, index: number): void {
    const { bytes, taken } = this.#cache(cache);
    const [entry] = taken.splice(index % Math.max(1, taken.length), 1);
    if (entry === undefined) return;
    const { exports, memory } = this.#part;
    expect(memory.read(entry.object, bytes).every((byte) => byte === entry.content)).toBe(true);
    expect(exports.slabRelease(cache, entry.object)).toBe(1);
    expect(exports.slabRelease(cache, entry.object)).toBe(0);
  }

  shrink(cache: number): void {
    this.#part.exports.slabShrink(cache);
  }

  giveAll(): void {
    this.#caches.forEach(({ taken }, cache) => {
      while (taken.length > 0) this.give(cache, taken.length >> 1);
    });
    this.#part.exports.emptyStores();
  }

  checkCounts(): void {
    const { exports } = this.#part;
    let pages = 0;
    this.#caches.forEach(({ taken }, cache) => {
      expect(exports.slabUsed(cache)).toBe(taken.length);
      pages += exports.slabPages(cache);
    });
    expect(exports.usedPages()).toBe(BigInt(pages));
  }

  usedPages(): bigint {
    return this.#part.exports.usedPages();
  }

  #cache(index: number) {
    const cache = this.#caches[index];
    if (cache === undefined) throw new RangeError(`there is no cache ${index}`);
    return cache;
  }
}

describe("any program", () => {
  test("gets objects that overlap nothing, keeps what it writes, and leaves no page", () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const program = new Program();
        for (const [step, cache, index] of steps) {
          program[step](cache, index);
          program.checkCounts();
        }
        program.giveAll();
        expect(program.usedPages()).toBe(0n);
      }),
      { numRuns: 60 },
    );
  });
});
