import fc from "fast-check";
import { expect, test } from "vitest";
import { loadLibrary } from "./library.ts";

const CAPACITY = 4;

/** A ring, and an array that does the same. */
class Rings {
  readonly ring = loadLibrary().exports;
  readonly array: number[] = [];

  constructor() {
    this.ring.ringInit(CAPACITY);
  }

  put(value: number): void {
    const hasRoom = this.array.length < CAPACITY;
    expect(this.ring.ringPut(value)).toBe(hasRoom ? 1 : 0);
    if (hasRoom) this.array.push(value);
  }

  putOver(value: number): void {
    this.ring.ringPutOver(value);
    this.array.push(value);
    if (this.array.length > CAPACITY) this.array.shift();
  }

  take(): void {
    if (this.array.length > 0) expect(this.ring.ringTake()).toBe(this.array.shift());
  }

  compare(): void {
    expect(this.ring.ringCount()).toBe(this.array.length);
    expect(this.ring.ringIsEmpty()).toBe(this.array.length === 0 ? 1 : 0);
    expect(this.ring.ringIsFull()).toBe(this.array.length === CAPACITY ? 1 : 0);
    expect(this.array.map((_, index) => this.ring.ringAt(index))).toEqual(this.array);
  }
}

test("any program gives what an array gives", () => {
  const step = fc.tuple(fc.constantFrom("put" as const, "putOver" as const, "take" as const), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (program) => {
      const rings = new Rings();
      for (const [call, value] of program) {
        rings[call](value);
        rings.compare();
      }
    }),
  );
});

test("its size is that of its elements and four words", () => {
  expect(loadLibrary().exports.ringBytes(8, 2)).toBe(32);
});
