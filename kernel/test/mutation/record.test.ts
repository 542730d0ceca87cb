// The order of changes, which has to outlive that other changes come and go

import { expect, test } from "vitest";
import { candidatesOf, inOrder } from "./record.ts";

const sources = (texts: { readonly [file: string]: string }) => ({ read: (file: string) => texts[file] ?? "" });
const A = "export const A: u32 = 1;\nexport const B: u32 = 2;\n";
const C = "export function c(a: u32): bool {\n  return a < 3;\n}\n";
const ordered = (texts: { readonly [file: string]: string }, seed = 1) =>
  inOrder(sources(texts), Object.keys(texts), seed).map(({ change: { file, before, after } }) => [file, before, after]);

test("the order of changes stays when others come and go, and when lines move", () => {
  const all = ordered({ "a.ts": A, "c.ts": C });
  expect(all).toHaveLength(4);
  expect(ordered({ "a.ts": A })).toEqual(all.filter(([file]) => file === "a.ts"));
  expect(ordered({ "c.ts": `// Moved\n\n${C.replace("  return", "    return")}` })).toEqual(
    all.filter(([file]) => file === "c.ts"),
  );
});

test("a seed decides the order", () => {
  const orders = [1, 2, 3, 4, 5, 6].map((seed) => JSON.stringify(ordered({ "a.ts": A, "c.ts": C }, seed)));
  expect(new Set(orders).size).toBeGreaterThan(1);
  for (const order of orders) expect(JSON.parse(order)).toHaveLength(4);
});

test("changes of lines with the same text are told apart", () => {
  const keys = candidatesOf("a.ts", "f(1);\nf(1);\n").map(({ key }) => key);
  expect(keys).toHaveLength(4);
  expect(new Set(keys).size).toBe(4);
});
