// Objects that processors keep at hand

import { PP_BLOCK_BYTES } from "@bareflank/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addChunk, become, comeUp, freeBlocks, loadAllocators, MEBIBYTE, PAGE } from "./allocators.ts";

const BASE = 0x56_7800_0000n;
/** Objects of 64 bytes: so many come at once, a magazine has room for so many. */
const BATCH = 8;
const ROOM = 15;
/** What a store takes. */
const STORE_BYTES = 400 + 8 * 256;

function withCache(objectBytes = 64, bytes = MEBIBYTE) {
  const part = loadAllocators();
  for (const id of [1, 2]) comeUp(part, id);
  become(part, 0);
  expect(addChunk(part, BASE, bytes)).toBe(true);
  expect(part.exports.slabInit(0, objectBytes)).toBe(1);
  const { exports, memory } = part;
  const take = (count: number) => Array.from({ length: count }, () => exports.slabAllocate(0));
  return { part, exports, memory, take };
}

describe("an object", () => {
  test("comes with some more, which count for nobody", () => {
    const { exports, take } = withCache();
    expect(take(1)).not.toContain(0n);
    expect(exports.slabUsed(0)).toBe(1);
  });

  test("goes to whoever asks next on the same processor", () => {
    const { part, exports, take } = withCache();
    const [object = 0n] = take(1);
    expect(exports.slabRelease(0, object)).toBe(1);
    become(part, 1);
    expect(take(BATCH)).not.toContain(object);
    become(part, 0);
    expect(take(1)).toEqual([object]);
  });

  test("that is kept is not taken back, on whatever processor", () => {
    const { part, exports, take } = withCache();
    const [object = 0n, other = 0n] = take(2);
    expect(exports.slabRelease(0, object)).toBe(1);
    for (const id of [1, 0]) {
      become(part, id);
      expect(exports.slabRelease(0, object)).toBe(0);
      // One that came to the magazine with others, and that nobody ever had
      expect(exports.slabRelease(0, other + 64n)).toBe(0);
    }
    expect(exports.slabUsed(0)).toBe(1);
    become(part, 1);
    expect(exports.slabRelease(0, other)).toBe(1);
  });

  test("that a processor keeps is found when the pool has nothing more", () => {
    const { part, exports } = withCache(1900, 17n * PAGE);
    const objects: bigint[] = [];
    for (let at = exports.allocateObject(0); at !== 0n; at = exports.allocateObject(0)) objects.push(at);
    expect(objects.length).toBe(exports.slabTotal(0));
    become(part, 1);
    const [first = 0n] = objects;
    expect(exports.slabRelease(0, first)).toBe(1);
    become(part, 2);
    expect(exports.slabAllocate(0)).toBe(0n);
    expect(exports.allocateObject(0)).toBe(first);
    expect(exports.allocateObject(0)).toBe(0n);
  });
});

describe("a magazine", () => {
  test("that is full gives half of its objects back, and their slabs when they are empty", () => {
    const { part, exports, take } = withCache();
    const untouched = freeBlocks(part);
    const objects = take(10 * ROOM);
    const pages = exports.slabPages(0);
    for (const object of objects) expect(exports.slabRelease(0, object)).toBe(1);
    expect(exports.slabUsed(0)).toBe(0);
    expect(exports.slabPages(0)).toBeLessThan(pages);
    expect([exports.emptyStores(), exports.emptyStores()]).toEqual([1, 0]);
    expect(exports.slabPages(0)).toBe(0);
    expect(freeBlocks(part)).toEqual(untouched);
  });

  test("has room for 15, the newest of which comes first, and lets go of the eight that it has had longest", () => {
    const { exports, take } = withCache();
    // Two batches: one object that nobody had stays
    const objects = take(ROOM);
    for (const object of objects.slice(0, -1)) expect(exports.slabRelease(0, object)).toBe(1);
    expect(take(ROOM - 1)).toEqual(objects.slice(0, -1).reverse());
    for (const object of objects) expect(exports.slabRelease(0, object)).toBe(1);
    expect(take(BATCH)).toEqual(objects.slice(-BATCH).reverse());
  });

  test("keeps no more bytes than a page, and one object whatever its size", () => {
    const { exports, take } = withCache(5000);
    const [first = 0n, second = 0n] = take(2);
    exports.slabRelease(0, first);
    exports.slabRelease(0, second);
    // Both are free; the second one is at hand
    expect(take(1)).toEqual([second]);
    expect(take(1)).toEqual([first]);
  });

  test("is had by eight caches, all of which empty theirs; one more is refused", () => {
    const { exports } = withCache(64);
    for (let cache = 1; cache < 8; cache++) expect(exports.slabInit(cache, 64)).toBe(1);
    expect(exports.slabInit(8, 64)).toBe(0);
    for (let cache = 0; cache < 8; cache++) {
      const object = exports.slabAllocate(cache);
      expect(object).not.toBe(0n);
      expect([exports.slabRelease(cache, object), exports.slabRelease(cache, object)]).toEqual([1, 0]);
      expect(exports.slabUsed(cache)).toBe(0);
    }
    exports.emptyStores();
    for (let cache = 0; cache < 8; cache++) expect(exports.slabPages(cache)).toBe(0);
  });

  test("lies with all others, and with pages, in the page of its processor's block", () => {
    const store = (PP_BLOCK_BYTES + 63) & ~63;
    expect(store + STORE_BYTES).toBeLessThanOrEqual(4096);
  });
});

/** Knows who has which objects, and what he wrote into them. */
class Program {
  readonly #machine = withCache(200, 40n * PAGE);
  readonly #untouched = freeBlocks(this.#machine.part);
  readonly #taken: { readonly object: bigint; readonly content: number }[] = [];
  #serial = 0;

  become(processor: number): void {
    become(this.#machine.part, processor);
  }

  take(): void {
    const { exports, memory } = this.#machine;
    const object = exports.allocateObject(0);
    if (object === 0n) return;
    expect(memory.read(object, 200).every((byte) => byte === 0)).toBe(true);
    const content = (this.#serial++ % 255) + 1;
    memory.fill(object, content, 200);
    this.#taken.push({ object, content });
  }

  give(index: number): void {
    const [entry] = this.#taken.splice(index % Math.max(1, this.#taken.length), 1);
    if (entry === undefined) return;
    const { exports, memory } = this.#machine;
    expect(memory.read(entry.object, 200).every((byte) => byte === entry.content)).toBe(true);
    expect([exports.slabRelease(0, entry.object), exports.slabRelease(0, entry.object)]).toEqual([1, 0]);
  }

  empty(): void {
    this.#machine.exports.emptyStores();
  }

  check(): void {
    expect(this.#machine.exports.slabUsed(0)).toBe(this.#taken.length);
  }

  giveAll(): void {
    while (this.#taken.length > 0) this.give(this.#taken.length >> 1);
    this.empty();
    expect(freeBlocks(this.#machine.part)).toEqual(this.#untouched);
  }
}

const steps = fc.array(
  fc.tuple(fc.constantFrom("take", "take", "take", "give", "give", "empty"), fc.nat(2), fc.nat()),
  { minLength: 100, maxLength: 500 },
);

describe("any program on three processors", () => {
  test("gets objects of zeros that nobody else has, and loses none", () => {
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
