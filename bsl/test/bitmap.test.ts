import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadLibrary } from "./library.ts";

describe("bitmap", () => {
  test("any program gives what a set gives", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom("add", "remove"), fc.nat(255)), { maxLength: 300 }), (steps) => {
        const { exports } = loadLibrary();
        const model = new Set<number>();
        for (const [step, index] of steps) {
          const isChanged = step === "add" ? !model.has(index) : model.has(index);
          expect(step === "add" ? exports.bitmapAdd(index) : exports.bitmapRemove(index)).toBe(isChanged ? 1 : 0);
          if (step === "add") model.add(index);
          else model.delete(index);
          expect(exports.bitmapHas(index)).toBe(model.has(index) ? 1 : 0);
        }
        expect(exports.bitmapCountSet(256)).toBe(model.size);
        expect(exports.bitmapFirstClear(256)).toBe(Array.from({ length: 256 }, (_, n) => n).find((n) => !model.has(n)));
      }),
      { numRuns: 50 },
    );
  });

  test("ends where it was told", () => {
    const { exports } = loadLibrary();
    for (let n = 0; n < 70; n++) exports.bitmapAdd(n);
    expect(exports.bitmapFirstClear(70)).toBe(-1);
    expect(exports.bitmapFirstClear(71)).toBe(70);
    expect(exports.bitmapFirstClear(64)).toBe(-1);
    expect(exports.bitmapFirstClear(0)).toBe(-1);
    expect([0, 1, 64, 65, 128].map((count) => exports.bitmapBytes(count))).toEqual([0, 8, 8, 16, 16]);
  });
});
