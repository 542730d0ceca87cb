// What a source is changed into

import { expect, test } from "vitest";
import { changesOf } from "./changes.ts";

const changed = (text: string) => changesOf("a.ts", text).map(({ before, after }) => `${before} → ${after}`);

test("a condition, its operator and its numbers are changed", () => {
  expect(changed("export function f(a: u32): bool { if (a == 0x10) return true; return false; }")).toEqual([
    "a == 0x10 → true",
    "a == 0x10 → false",
    "== → !=",
    "0x10 → 17",
    "true → false",
    "false → true",
  ]);
});

test("statements that do something are left out, and a status is another of the file's", () => {
  const text = [
    'import { STATUS_FAILURE_UNKNOWN, STATUS_SUCCESS } from "./status";',
    "export function f(a: u64): u64 { g(a); a += 1; return STATUS_SUCCESS; }",
  ];
  expect(changed(text.join("\n"))).toEqual([
    "g(a) → {}",
    "a += 1 → {}",
    "+= → -=",
    "1 → 2",
    "STATUS_SUCCESS → STATUS_FAILURE_UNKNOWN",
  ]);
});

test("a cast is no comparison, and an operator in parentheses is found", () => {
  expect(changed("export function f(a: u64): u32 { return <u32>((a) & (a)); }")).toEqual(["& → |"]);
});

test("imports, types, fields and room in the memory are left alone", () => {
  const text = [
    'import { g } from "./g";',
    "class C { x: u32 = 0; }",
    "declare function h(a: u32): u32;",
    "const room: usize = memory.data(8 * 128, 8);",
  ];
  expect(changed(text.join("\n"))).toEqual([]);
});

test("a first value that an init function replaces in any case makes no difference", () => {
  const text = [
    "let a: u32 = 1;",
    "let b: u32 = 2;",
    "export function initA(): void {",
    "  a = f();",
    "  if (a == g) {",
    "    b = g;",
    "  }",
    "}",
    "export function later(): void {",
    "  a = 7;",
    "}",
  ];
  const constants = changesOf("a.ts", text.join("\n")).filter(({ before }) => /^\d$/.test(before));
  expect(constants.map(({ before, line }) => [before, line])).toEqual([
    ["2", 2],
    ["7", 10],
  ]);
});

test("each change says where it is", () => {
  const text = "export const A: u32 = 1;\nexport const B: u32 = 2;\n";
  expect(changesOf("a.ts", text)).toEqual([
    { file: "a.ts", line: 1, start: 22, end: 23, before: "1", after: "2" },
    { file: "a.ts", line: 2, start: 47, end: 48, before: "2", after: "3" },
  ]);
});
