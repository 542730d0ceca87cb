import fc from "fast-check";
import { expect, test } from "vitest";
import { loadLibrary, unsigned } from "./library.ts";

const { exports: bits } = loadLibrary();
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const alignment = fc.nat(63).map((shift) => 1n << BigInt(shift));

test.each([
  [0, 0, 0n],
  [63, 0, 0n],
  [0, 1, 1n],
  [0, 64, (1n << 64n) - 1n],
  [12, 40, 0x000f_ffff_ffff_f000n],
  [63, 1, 1n << 63n],
  [32, 64, 0xffff_ffff_0000_0000n],
])("mask from bit %i, %i ones", (low, count, expected) => {
  expect(unsigned(bits.mask(low, count))).toBe(expected);
});

test("a field is what was inserted, and nothing else changes", () => {
  fc.assert(
    fc.property(word, fc.nat(63), fc.nat(64), word, (value, low, count, field) => {
      const ones = ((1n << BigInt(count)) - 1n) & ((1n << BigInt(64 - low)) - 1n);
      const inserted = unsigned(bits.insert(value, low, count, field));
      expect(unsigned(bits.extract(inserted, low, count))).toBe(field & ones);
      expect(inserted & ~(ones << BigInt(low))).toBe(value & ~(ones << BigInt(low)));
    }),
  );
});

test("single bits", () => {
  fc.assert(
    fc.property(word, fc.nat(63), (value, index) => {
      expect(unsigned(bits.bit(index))).toBe(1n << BigInt(index));
      expect(bits.isSet(value, index)).toBe(Number((value >> BigInt(index)) & 1n));
    }),
  );
});

test("counting and finding bits", () => {
  fc.assert(
    fc.property(word, (value) => {
      const digits = value.toString(2);
      const lowest = value === 0n ? 64 : digits.length - 1 - digits.lastIndexOf("1");
      expect(bits.countBits(value)).toBe(digits.replaceAll("0", "").length);
      expect(bits.lowestBit(value)).toBe(lowest);
    }),
  );
});

test("alignment", () => {
  fc.assert(
    fc.property(word, alignment, (value, step) => {
      const down = value - (value % step);
      const up = BigInt.asUintN(64, down === value ? value : down + step);
      expect(unsigned(bits.alignDown(value, step))).toBe(down);
      expect(unsigned(bits.alignUp(value, step))).toBe(up);
      expect(bits.isAligned(value, step)).toBe(down === value ? 1 : 0);
    }),
  );
  expect(bits.alignUp((1n << 64n) - 1n, 4096n)).toBe(0n);
});

test("logarithms", () => {
  fc.assert(
    fc.property(word, fc.nat(63), (random, shift) => {
      const value = (random >> BigInt(shift)) | 1n;
      const digits = value.toString(2).length;
      expect(bits.log2Floor(value)).toBe(digits - 1);
      expect(bits.log2Ceil(value)).toBe((value - 1n).toString(2).length - (value === 1n ? 1 : 0));
    }),
  );
  for (let n = 0n; n < 64n; n++) {
    expect(bits.log2Floor(1n << n)).toBe(Number(n));
    expect(bits.log2Ceil(1n << n)).toBe(Number(n));
    expect(bits.isPowerOfTwo(1n << n)).toBe(1);
  }
  expect(bits.log2Ceil((1n << 63n) + 1n)).toBe(64);
  for (const value of [0n, 3n, 6n, (1n << 63n) + 1n, (1n << 64n) - 1n]) expect(bits.isPowerOfTwo(value)).toBe(0);
});
