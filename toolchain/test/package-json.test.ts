// What is wrong with a package.json: in words, with the place, and what is meant

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BuildError, findWorkspace } from "../src/index.ts";
import { resolvePart } from "../src/part.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-package-"));
  mkdirSync(join(folder, "src"));
  for (const file of ["main.ts", "main.c"]) writeFileSync(join(folder, "src", file), "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What it says, each place, and the hint. */
function said(text: string): string[] {
  writeFileSync(join(folder, "package.json"), text);
  try {
    for (const part of findWorkspace(folder).parts) resolvePart(part);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const file = relative(process.cwd(), join(folder, "package.json"));
    const places = error.diagnostics.map((each) => `${each.line}:${each.column}: ${each.message}`);
    expect(error.diagnostics.map((each) => each.file)).toEqual(places.map(() => file));
    const message = error.message.replace(file, "FILE").replace(join(folder, "package.json"), "FILE");
    return [message, ...places, ...(error.hint === undefined ? [] : [error.hint])];
  }
  return [];
}

const field = (bareflank: object) => JSON.stringify({ name: "mine", bareflank }, null, 2);
const c = (more: object) => field({ type: "extension", language: "c", ...more });
const README = "toolchain/README.md describes the field.";
const FIELD = 'The field "bareflank" of FILE';

it.each([
  ["a comma too many", '{\n  "name": "mine",\n}', "2:17: JSON does not support trailing commas"],
  ["a comma too few", '{\n  "name": "mine"\n  "type": "module"\n}', '3:3: Expected "," in JSON but found "\\"type\\""'],
  ["an end too early", '{\n  "name": "mine",', "2:18: Expected string in JSON but found end of file"],
  ["a comment", '{\n  "é": 1 // one\n}', "2:10: JSON does not support comments"],
  ["nothing", "", "1:1: Unexpected end of file in JSON"],
])("of a text with %s says line and column", (_, text, place) => {
  expect(said(text)).toEqual(["FILE is no JSON.", place]);
});

it.each([
  [
    "a type",
    field({ type: "extention" }),
    `${FIELD} needs a "type": one of "kernel", "extension", "loader", "bare", "uefi", "linux-driver", "library", "bfm", "abi".`,
    '4:13: there is no type "extention"',
    `Is "extension" meant? ${README}`,
  ],
  [
    "a language",
    field({ type: "extension", language: "rsut" }),
    `${FIELD} names a "language" that is none of "typescript", "c", "cpp", "rust".`,
    '5:17: there is no language "rsut"',
    `Is "rust" meant? ${README}`,
  ],
  [
    "a language that is like none",
    field({ type: "extension", language: "cobol" }),
    `${FIELD} names a "language" that is none of "typescript", "c", "cpp", "rust".`,
    '5:17: there is no language "cobol"',
    README,
  ],
  [
    "a runtime of C++",
    field({ type: "extension", language: "cpp", runtime: "sdt" }),
    `${FIELD} names a "runtime" that is none of "none", "std".`,
    '6:16: there is no runtime "sdt"',
    `Is "std" meant? ${README}`,
  ],
  [
    "a runtime of TypeScript",
    field({ type: "extension", runtime: "manged" }),
    `${FIELD} names a "runtime" that is none of "none", "managed".`,
    '5:16: there is no runtime "manged"',
    `Is "managed" meant? ${README}`,
  ],
  [
    "an instance",
    field({ type: "extension", instance: "sharde" }),
    `${FIELD} names an "instance" that is none of "per-processor", "shared".`,
    '5:17: there is no instance "sharde"',
    `Is "shared" meant? ${README}`,
  ],
])("names %s that does not exist, where it is, and what is meant", (_, text, ...expected) => {
  expect(said(text)).toEqual(expected);
});

it.each([
  [
    "a size in quotation marks",
    c({ memory: { maximumKiB: "512" } }),
    `${FIELD} has a "memory.maximumKiB" of "512", which is a string and no number.`,
    '7:21: this is no value of "maximumKiB"',
    "Write 512 without quotation marks.",
  ],
  [
    "a size that is none",
    c({ memory: { maximumKiB: null } }),
    `${FIELD} has a "memory.maximumKiB" of null, which is no number.`,
    '7:21: this is no value of "maximumKiB"',
    README,
  ],
  [
    "a file where a list belongs",
    c({ sources: "src/main.c" }),
    `${FIELD} has a "sources" that is no list.`,
    '6:16: this is no value of "sources"',
    'Write "sources": ["src/main.c"].',
  ],
])("says of %s what it is", (_, text, ...expected) => {
  expect(said(text)).toEqual(expected);
});
