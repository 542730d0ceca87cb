// The table of changes that nothing can notice

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { changesOf } from "./changes.ts";
import { EQUIVALENTS, type Equivalent, Equivalents } from "./equivalents.ts";
import { repository } from "./tree.ts";

const TEXT = [
  "const LIMIT: u32 = 3;",
  "export function first(a: u32): bool {",
  "  return a < LIMIT;",
  "}",
  "class Table {",
  "  second(a: u32): bool {",
  "    return a < LIMIT;",
  "  }",
  "}",
  "",
].join("\n");
const tree = { read: () => TEXT };
const entry = (change: Partial<Equivalent>): Equivalent => ({
  file: "a.ts",
  within: "first",
  line: "return a «<» LIMIT;",
  becomes: "<=",
  why: "",
  ...change,
});

test("every entry names one change of the sources, and says why", () => {
  expect(() => new Equivalents({ read: (file) => readFileSync(join(repository, file), "utf8") })).not.toThrow();
  expect(EQUIVALENTS.filter(({ why }) => !/^[A-Z].{15,}\.$/.test(why))).toEqual([]);
});

test("an entry leaves out the change of its function, and no other", () => {
  const left = (one: Equivalent) => {
    const equivalents = new Equivalents(tree, [one]);
    return changesOf("a.ts", TEXT)
      .filter((change) => equivalents.has(change))
      .map(({ line, after }) => [line, after]);
  };
  expect(left(entry({}))).toEqual([[3, "<="]]);
  expect(left(entry({ within: "second" }))).toEqual([[7, "<="]]);
  expect(left(entry({ within: "LIMIT", line: "const LIMIT: u32 = «3»;", becomes: "4" }))).toEqual([[1, "4"]]);
});

test.each([
  ["another function", { within: "third" }],
  ["a line that is not there any more", { line: "return a «<» 4;" }],
  ["what nothing is changed into", { becomes: ">" }],
  ["another place in the line", { line: "return «a» < LIMIT;" }],
])("an entry that names %s is an error", (_, change) => {
  expect(() => new Equivalents(tree, [entry(change)])).toThrow(/a\.ts, .* names 0 changes/);
});
