import * as abi from "@bareflank/abi";
import { description } from "@bareflank/abi/description";
import {
  bootTexts,
  bytes,
  elfTexts,
  errorTexts,
  phaseTexts,
  stateNames,
  type Text,
  vendorNames,
} from "@bareflank/abi/messages";
import { expect, test } from "vitest";
import { constantName } from "../src/constant-names.ts";
import { reportFailure } from "../src/driver-failure.ts";

/** Names and values of a table of abi/. */
function constants(prefix: string): [string, number][] {
  const table = description.find(
    (item) =>
      item.kind === "table" && item.width === "u32" && item.constants.every(({ name }) => name.startsWith(prefix)),
  );
  if (table?.kind !== "table") throw new Error(`There is no table of ${prefix}*.`);
  return table.constants.map(({ name, value }) => [name, Number(value)]);
}

const families: [Parameters<typeof constantName>[0], Readonly<Record<number, unknown>>, string[]][] = [
  ["ERROR_", errorTexts(), ["ERROR_NONE"]],
  ["ELF_", elfTexts(), ["ELF_OK"]],
  ["BOOT_", bootTexts(), ["BOOT_OK"]],
  ["PHASE_", phaseTexts(), []],
];

test.each(families)("every constant of %s* has a text, and nothing else has", (prefix, texts, without) => {
  const expected = constants(prefix).filter(([name]) => !without.includes(name));
  expect(
    Object.keys(texts)
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual(expected.map(([, value]) => value).sort((a, b) => a - b));
  for (const [name, value] of constants(prefix)) expect(constantName(prefix, value)).toBe(name);
});

test("states and vendors have names", () => {
  expect(Object.keys(stateNames).map(Number)).toEqual(constants("STATE_").map(([, value]) => value));
  expect(Object.keys(vendorNames).map(Number)).toEqual(constants("VENDOR_").map(([, value]) => value));
});

test("texts read as clauses, advice as sentences", () => {
  const report = { error: 0, cpu: 1, phase: abi.PHASE_START, file: 1, detail: 1n };
  const texts: Text[] = [errorTexts(), elfTexts(), bootTexts()].flatMap((family) => Object.values(family));
  for (const { what, advice } of texts) {
    const clause = typeof what === "string" ? what : what(report);
    expect(clause).toMatch(/^(Linux|[a-z]).*[^.\s]$/s);
    expect(clause).not.toContain("undefined");
    expect(advice).toMatch(/^(--|[A-Z]).*[.)]$/s);
  }
});

test("a refused file is called what the user called it", () => {
  const { message, facts } = reportFailure({
    error: abi.ERROR_ELF,
    cpu: 0xffff_ffff,
    phase: 0,
    file: 1,
    detail: BigInt(abi.ELF_TRUNCATED),
    fileName: "my.elf",
  });
  expect(message).toBe("the driver refuses my.elf: it is truncated: a segment ends behind the end of the file");
  expect(facts).toMatchObject({ file: "my.elf", reason: "ELF_TRUNCATED" });
  expect(facts).not.toHaveProperty("cpu");
});

test("bytes for people", () => {
  expect([0, 1023, 1024, 1536, 4_718_592n, 2n ** 40n].map(bytes)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1 KiB",
    "1.5 KiB",
    "4.5 MiB",
    "1048576 MiB",
  ]);
});
