import fc from "fast-check";
import { expect, test } from "vitest";
import { loadLibrary } from "./library.ts";

const PAGE = 0x7000n;
const { exports: format, memory } = loadLibrary();
memory.map(PAGE, 4096);

/** What a call writes: it may not touch the byte before and must say where it stopped. */
function written(write: () => bigint): string {
  memory.fill(PAGE, 0xee, 4096);
  format.aim(PAGE + 1n);
  const end = write();
  expect(memory.peek(PAGE, 1)).toBe(0xeen);
  expect(memory.peek(end, 1)).toBe(0xeen);
  return new TextDecoder().decode(memory.read(PAGE + 1n, Number(end - PAGE) - 1));
}

const word = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.nat(64).map((shift) => BigInt.asUintN(64, 1n << BigInt(shift))),
  fc.nat(19).chain((power) => fc.constantFrom(10n ** BigInt(power), 10n ** BigInt(power) - 1n)),
);

test("decimal", () => {
  fc.assert(
    fc.property(word, (value) => {
      expect(written(() => format.decimal(value))).toBe(value.toString());
      expect(written(() => format.signed(value))).toBe(BigInt.asIntN(64, value).toString());
    }),
    { numRuns: 500 },
  );
  expect(written(() => format.decimal((1n << 64n) - 1n))).toBe("18446744073709551615");
  expect(written(() => format.signed(-(1n << 63n)))).toBe("-9223372036854775808");
});

test("hexadecimal, with as many digits as asked for, or as needed", () => {
  fc.assert(
    fc.property(word, fc.nat(24), (value, digits) => {
      expect(written(() => format.hex(value, digits))).toBe(value.toString(16).padStart(digits, "0"));
    }),
    { numRuns: 500 },
  );
});

test("text is ASCII, whatever it was", () => {
  expect(written(() => format.greeting())).toBe("PP 0: gr??e, ?\n");
});
