// The manual's table of atomic operations: each that there is, with its parameters in their order

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const read = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");

it("has each operation, with its parameters where they stand in full", () => {
  const declared = [...read("bsl/src/atomic.ts").matchAll(/^export declare function (\w+)(\(.*\)): \w+;$/gm)];
  const operations = new Map(declared.map(([, name = "", parameters = ""]) => [name, parameters] as const));
  const [, section = ""] = /^### Atomic operations\n(.*?)^###? /ms.exec(read("docs/extensions.md")) ?? [];
  const told = [...section.matchAll(/`(\w+)(\([^`]*\))`/g)].filter(([, name]) => name !== "sharedMemory");
  expect(told.map(([, name]) => name).sort()).toEqual([...operations.keys()].sort());
  const inFull = told.filter(([, , parameters]) => parameters !== "(…)");
  expect(inFull.map(([, name]) => name)).toEqual([
    "exchangeAdd32",
    "compareExchange8",
    "loadAcquire32",
    "storeRelease32",
    "pause",
  ]);
  for (const [, name = "", parameters] of inFull) expect(parameters, name).toBe(operations.get(name));
});
