// Which functions of two modules differ

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { shapeOf } from "../src/wasm.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-shape-"));
const wat2wasm = join(dirname(createRequire(import.meta.url).resolve("wabt/package.json")), "bin/wat2wasm");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shape(...fields: string[]) {
  const [text, wasm] = [join(folder, "module.wat"), join(folder, "module.wasm")];
  writeFileSync(text, `(module ${fields.join(" ")})`);
  execFileSync(process.execPath, [wat2wasm, "--debug-names", text, "-o", wasm]);
  return shapeOf(readFileSync(wasm));
}

const LEAF = "(func $leaf (result i32) i32.const 7)";
const OTHER = "(func $other (result i32) i32.const 9)";
const CALLER = "(func $caller (result i32) call $leaf i32.const 1 i32.add)";

it("a function is the same when others come, go and move, and its callee keeps its name", () => {
  const one = shape(LEAF, CALLER);
  const other = shape(OTHER, CALLER, LEAF);
  expect([...one.functions.keys()]).toEqual(["leaf", "caller"]);
  expect(other.functions.get("caller")).toBe(one.functions.get("caller"));
  expect(other.functions.get("leaf")).toBe(one.functions.get("leaf"));
  expect(other.rest).toBe(one.rest);
});

it("only the function whose constant, operator or callee is another is different", () => {
  const before = shape(LEAF, OTHER, CALLER);
  for (const [name, fields] of [
    ["leaf", [LEAF.replace("7", "8"), OTHER, CALLER]],
    ["caller", [LEAF, OTHER, CALLER.replace("i32.add", "i32.sub")]],
    ["caller", [LEAF, OTHER, CALLER.replace("$leaf", "$other")]],
    ["caller", [LEAF, OTHER, CALLER.replace(" call", " (local i64) call")]],
  ] as const) {
    const after = shape(...fields);
    const different = [...after.functions].filter(([key, digest]) => before.functions.get(key) !== digest);
    expect(different.map(([key]) => key)).toEqual([name]);
    expect(after.rest).toBe(before.rest);
  }
});

it("a global belongs to the functions that use it", () => {
  const globals = (one: number, other: number) => [
    `(global $unused i32 (i32.const ${one}))`,
    `(global $used (mut i32) (i32.const ${other}))`,
    "(func $reads (result i32) global.get $used)",
    "(func $writes i32.const 3 global.set $used)",
    LEAF,
  ];
  const before = shape(...globals(1, 2));
  expect(shape(...globals(5, 2))).toEqual(before);
  const { functions, rest } = shape(...globals(1, 5));
  const different = [...functions].filter(([key, digest]) => before.functions.get(key) !== digest);
  expect(different.map(([key]) => key)).toEqual(["reads", "writes"]);
  expect(rest).toBe(before.rest);
});

it("data and memory are the rest", () => {
  const memory = "(memory 1)";
  const { rest } = shape(memory, '(data (i32.const 0) "ab")');
  expect(shape(memory, '(data (i32.const 0) "ac")').rest).not.toBe(rest);
  expect(shape("(memory 2)", '(data (i32.const 0) "ab")').rest).not.toBe(rest);
});
