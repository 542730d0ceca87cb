import { describe, expect, test } from "vitest";
import { MemoryFault } from "../test-support/index.ts";
import { loadLibrary, unsigned } from "./library.ts";

const PAGE = 0x7000n;

/** Span 0 over the last `bytes` bytes of a page with nothing behind it; each byte is its offset. */
function loadSpan(bytes: bigint) {
  const part = loadLibrary();
  const address = PAGE + 4096n - bytes;
  part.memory.map(PAGE, 4096);
  for (let i = 0n; i < bytes; i++) part.memory.poke(address + i, 1, i);
  part.exports.spanSet(0, address, bytes);
  return { ...part, address };
}

describe("an access", () => {
  test.each([
    [1, 15n, 0x0fn],
    [2, 14n, 0x0f0en],
    [4, 12n, 0x0f0e_0d0cn],
    [8, 8n, 0x0f0e_0d0c_0b0a_0908n],
  ])("of %i bytes at the end lies within, one byte further it does not", (size, offset, value) => {
    const { exports } = loadSpan(16n);
    expect(unsigned(exports.spanLoad(0, offset, size))).toBe(value);
    expect(exports.spanIsIntact(0)).toBe(1);
    expect(exports.spanLoad(0, offset + 1n, size)).toBe(0n);
    expect(exports.spanIsIntact(0)).toBe(0);
    expect(unsigned(exports.spanLoad(0, offset, size))).toBe(value);
    expect(exports.spanIsIntact(0)).toBe(0);
  });

  test.each([(1n << 64n) - 1n, (1n << 64n) - 8n, 1n << 63n, 16n])("at offset %i lies outside", (offset) => {
    const { exports, memory, address } = loadSpan(16n);
    exports.spanStore(0, offset, 8, ~0n);
    expect(exports.spanIsIntact(0)).toBe(0);
    expect(memory.peek(address, 8)).toBe(0x0706_0504_0302_0100n);
  });

  test.each([1, 2, 4, 8])("stores %i bytes and no more", (size) => {
    const { exports, memory, address } = loadSpan(16n);
    exports.spanStore(0, 4n, size, 0xffee_ddcc_bbaa_9988n);
    expect(memory.peek(address + 4n, size)).toBe(BigInt.asUintN(8 * size, 0xffee_ddcc_bbaa_9988n));
    expect(memory.peek(address + 4n + BigInt(size), 1)).toBe(BigInt(4 + size));
    expect(exports.spanIsIntact(0)).toBe(1);
  });

  test("beside a span would fault: the span's end is the page's end", () => {
    const { exports, memory, address } = loadSpan(16n);
    expect(() => memory.peek(address + 9n, 8)).toThrow(MemoryFault);
    exports.spanFill(0, 8n, 0xaa, 9n);
    exports.spanFill(0, 0n, 0xbb, 16n);
    expect(memory.peek(address + 8n, 8)).toBe(0xbbbb_bbbb_bbbb_bbbbn);
  });
});

describe("a part", () => {
  test("counts from its own begin and ends where it was told", () => {
    const { exports } = loadSpan(16n);
    exports.spanSetPart(1, 0, 4n, 8n);
    expect(exports.spanLoad(1, 0n, 1)).toBe(4n);
    expect(exports.spanLoad(1, 8n, 1)).toBe(0n);
    expect(exports.spanIsIntact(1)).toBe(0);
    expect(exports.spanIsIntact(0)).toBe(1);
  });

  test.each([
    [16n, 1n],
    [9n, 8n],
    [(1n << 64n) - 4n, 8n],
    [0n, (1n << 64n) - 1n],
  ])("at %i of %i bytes is none", (offset, bytes) => {
    const { exports } = loadSpan(16n);
    exports.spanSetPart(1, 0, offset, bytes);
    expect(exports.spanIsIntact(1)).toBe(0);
    expect(exports.spanBytes(1)).toBe(0n);
    exports.spanSet(1, PAGE, 1n);
    expect(exports.spanIsIntact(1)).toBe(1);
  });

  test("of a span that is not intact is not intact", () => {
    const { exports } = loadSpan(16n);
    exports.spanLoad(0, 16n, 1);
    exports.spanSetPart(1, 0, 0n, 4n);
    expect(exports.spanIsIntact(1)).toBe(0);
  });
});

test("a copy is whole or nothing, and both spans know", () => {
  const { exports, memory, address } = loadSpan(16n);
  exports.spanSet(1, PAGE, 32n);
  exports.spanCopy(1, 30n, 0, 0n, 4n);
  expect(exports.spanIsIntact(1)).toBe(0);
  expect(exports.spanIsIntact(0)).toBe(1);
  expect(memory.peek(PAGE + 30n, 2)).toBe(0n);
  exports.spanCopy(1, 0n, 0, 13n, 4n);
  expect(exports.spanIsIntact(0)).toBe(0);
  expect(memory.peek(PAGE, 4)).toBe(0n);
  exports.spanCopy(1, 0n, 0, 12n, 4n);
  expect(memory.peek(PAGE, 4)).toBe(memory.peek(address + 12n, 4));
});

test("an end behind the last address is cut off", () => {
  const { exports } = loadLibrary();
  exports.spanSet(0, (1n << 64n) - 8n, 100n);
  expect(exports.spanBytes(0)).toBe(8n);
});
