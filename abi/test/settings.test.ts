// Settings in an extension's file: exact bytes where its note says, and every reason why not

import { expect, test } from "vitest";
import { buildElf, buildNote, littleEndian, PF, PT } from "../../bsl/test-support/index.ts";
import { NOTE_EXTENSION_SETTINGS } from "../generated/node/boot.ts";
import { SettingsError, withSettings } from "../src/settings.ts";

const DATA = 0x3280_0000_2000n;
const AREA_BYTES = 32;

/** An extension whose area begins 8 bytes into its data. */
function extension(address = DATA + 8n, size: number = AREA_BYTES): Uint8Array {
  return buildElf({
    segments: [
      { type: PT.NOTE, data: buildNote("Other", NOTE_EXTENSION_SETTINGS, littleEndian(8, 1n, 2n)) },
      { type: PT.NOTE, data: buildNote("Bareflank", NOTE_EXTENSION_SETTINGS, littleEndian(8, address, size)) },
      { type: PT.LOAD, flags: PF.R | PF.W, address: DATA, data: new Uint8Array(8 + AREA_BYTES + 8).fill(0xaa) },
    ],
  });
}

/** The data segment's bytes: the last of the file. */
const dataOf = (file: Uint8Array) => file.subarray(file.length - (8 + AREA_BYTES + 8));

test("are lines, then zeroes, and nothing else of the file changes", () => {
  const before = extension();
  const after = withSettings(before, ["leaf=7", "name=a b=c"]);
  const data = dataOf(after);
  expect(Buffer.from(data.subarray(8, 8 + AREA_BYTES)).toString("latin1")).toBe(
    "leaf=7\nname=a b=c\n".padEnd(32, "\0"),
  );
  expect([...data.subarray(0, 8), ...data.subarray(8 + AREA_BYTES)]).toEqual(Array(16).fill(0xaa));
  expect(after.subarray(0, after.length - data.length)).toEqual(before.subarray(0, before.length - data.length));
  expect(dataOf(before)[8]).toBe(0xaa);
});

test("of an earlier load do not stay", () => {
  const data = dataOf(withSettings(withSettings(extension(), ["long=1234567890"]), ["a=1"]));
  expect(Buffer.from(data.subarray(8, 8 + AREA_BYTES)).toString("latin1")).toBe("a=1\n".padEnd(32, "\0"));
});

test.each([
  ["x", "not of the form key=value"],
  ["=1", "not of the form key=value"],
  ["a b=1", "not of the form key=value"],
  ["a=1\nb=2", "not of the form key=value"],
  [`a=${"1".repeat(29)}`, "more than 31 bytes"],
])("%j is refused", (setting, message) => {
  expect(() => withSettings(extension(), [setting])).toThrow(SettingsError);
  expect(() => withSettings(extension(), [setting])).toThrow(message);
});

test("need an area, and bytes in the file for it", () => {
  const without = buildElf({ segments: [{ type: PT.LOAD, address: DATA, data: new Uint8Array(8) }] });
  expect(() => withSettings(without, ["a=1"])).toThrow("takes no settings");
  expect(() => withSettings(extension(DATA - 8n), ["a=1"])).toThrow("has no bytes for");
  expect(() => withSettings(extension(DATA + 8n, 64), ["a=1"])).toThrow("has no bytes for");
});
