// The build that checks itself: it stops where somebody writes into memory that is not his any more, or never was

import { describe, expect, test } from "vitest";
import { addChunk, loadAllocators, MEBIBYTE } from "./allocators.ts";

const BASE = 0x56_7800_0000n;
const OBJECT_BYTES = 96;
/** "nothing is being sent": both a line status register's bits that the kernel waits for. */
const TRANSMITTER_EMPTY = 0x60;

/** A cache for objects, and what the kernel prints. */
function withCache(name: string) {
  const printed: number[] = [];
  const cpu = { inb: () => TRANSMITTER_EMPTY, outb: (_: number, byte: number) => printed.push(byte) };
  const part = loadAllocators(name, { cpu });
  addChunk(part, BASE, MEBIBYTE);
  expect(part.exports.slabInit(0, OBJECT_BYTES)).toBe(1);
  return { ...part, text: () => String.fromCharCode(...printed) };
}

const hex = (address: bigint) => `0x${address.toString(16).padStart(16, "0")}`;
const checked = () => withCache("kernel-memory-checked");

describe("a build that checks itself", () => {
  test("stops when an object is taken that was written to after it was given back, and says where", () => {
    const { exports, memory, text } = checked();
    const object = exports.slabAllocate(0);
    exports.slabRelease(0, object);
    memory.poke(object + 0x28n, 4, 0x1234n);
    expect(() => exports.slabAllocate(0)).toThrow(/unreachable/);
    expect(text()).toContain(`object at ${hex(object)} was written to after it was given back, at offset 0x28`);
  });

  test("stops when an object comes back that was written to behind its end", () => {
    const { exports, memory, text } = checked();
    const object = exports.slabAllocate(0);
    memory.fill(object, 0xff, OBJECT_BYTES);
    memory.poke(object + BigInt(OBJECT_BYTES), 1, 0n);
    expect(() => exports.slabRelease(0, object)).toThrow(/unreachable/);
    expect(text()).toContain(`object at ${hex(object)} was written to behind its end, at offset 0x60`);
  });

  test("stops when an object's neighbour ran over into it while nobody had it", () => {
    const { exports, memory } = checked();
    const objects = Array.from({ length: 3 }, () => exports.slabAllocate(0));
    const [first = 0n, second = 0n] = objects.toSorted();
    const stride = exports.slabStride(0);
    expect(second).toBe(first + stride);
    exports.slabRelease(0, second);
    memory.fill(first, 0xff, Number(stride) + 8);
    expect(() => exports.slabAllocate(0)).toThrow(/unreachable/);
  });

  test("lets everybody do what he likes with his own, and gives zeros", () => {
    const { exports, memory, text } = checked();
    for (let round = 0; round < 3; round++) {
      const objects = Array.from({ length: 40 }, () => exports.slabAllocate(0));
      for (const object of objects) {
        expect(memory.read(object, OBJECT_BYTES)).toEqual(new Uint8Array(OBJECT_BYTES));
        memory.fill(object, 0xe7, OBJECT_BYTES);
      }
      for (const object of objects)
        expect([exports.slabRelease(0, object), exports.slabRelease(0, object)]).toEqual([1, 0]);
    }
    exports.emptyStores();
    expect(exports.usedPagesOfAll()).toBe(0n);
    expect(text()).toBe("");
  });
});

test("any other build has neither poison nor red zones", () => {
  const { exports, memory } = withCache("kernel-memory");
  expect(exports.slabStride(0)).toBe(BigInt(OBJECT_BYTES));
  const object = exports.slabAllocate(0);
  memory.fill(object, 0x11, OBJECT_BYTES);
  exports.slabRelease(0, object);
  expect(memory.peek(object, 1)).toBe(0x11n);
});
