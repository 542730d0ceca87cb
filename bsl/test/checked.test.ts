import fc from "fast-check";
import { expect, test } from "vitest";
import { loadLibrary, unsigned } from "./library.ts";

const { exports: checked } = loadLibrary();
const POISON = (1n << 64n) - 1n;
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: POISON }),
  fc.nat(64).map((shift) => BigInt.asUintN(64, 1n << BigInt(shift))),
  fc.bigInt({ min: POISON - 3n, max: POISON }),
  fc.bigInt({ min: 0n, max: 1n << 33n }),
);

/** What a result must be: the exact one, or POISON when it does not fit or comes from POISON. */
function exact(operands: readonly bigint[], result: bigint): bigint {
  return operands.includes(POISON) || result < 0n || result > POISON ? POISON : result;
}

test("results are exact or poisoned", () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(unsigned(checked.checkedAdd(a, b))).toBe(exact([a, b], a + b));
      expect(unsigned(checked.checkedSubtract(a, b))).toBe(exact([a, b], a - b));
      expect(unsigned(checked.checkedMultiply(a, b))).toBe(exact([a, b], a * b));
      expect(unsigned(checked.checked32(a))).toBe(exact([a], a >> 32n === 0n ? a : POISON));
      expect(checked.isPoisoned(a)).toBe(a === POISON ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test("alignment is exact or poisoned", () => {
  fc.assert(
    fc.property(number, fc.nat(63), (value, shift) => {
      const step = 1n << BigInt(shift);
      expect(unsigned(checked.checkedAlignUp(value, step))).toBe(exact([value], ((value + step - 1n) / step) * step));
    }),
  );
});
