// The rules of bf lint, on a source whose comments say what is found where

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compileTypeScript } from "../src/assemblyscript.ts";
import { FIXTURES } from "./sample.ts";

const root = join(FIXTURES, "lint");

/** `file:line rule` of each comment `expect rule...`. */
function expected(file: string): string[] {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const rules = /\/\/ expect (.*)$/.exec(line)?.[1]?.split(" ") ?? [];
    return rules.map((rule) => `${file}:${index + 1} ${rule}`);
  });
}

it("finds each mistake where it is, and nothing else", async () => {
  const request = {
    root,
    entries: [join(root, "main.ts")],
    initialPages: 1,
    maximumPages: 1,
    lint: { type: "kernel" },
  } as const;
  const { diagnostics } = await compileTypeScript(request);
  const found = diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`);
  expect(found.sort()).toEqual([...expected("main.ts"), ...expected("reexported.ts")].sort());
});

it("lets other parts make managed objects where they like", async () => {
  const request = {
    root,
    entries: [join(root, "main.ts")],
    initialPages: 1,
    maximumPages: 1,
    lint: { type: "extension" },
  } as const;
  const { diagnostics } = await compileTypeScript(request);
  expect(diagnostics.filter(({ code }) => code === "managed-new")).toEqual([]);
});

it("finds what processors that share an instance would do to one another, in the extension's own sources", async () => {
  const request = {
    root,
    entries: [join(root, "shared/shared.ts")],
    initialPages: 1,
    maximumPages: 1,
    lint: { type: "extension", shared: true },
  } as const;
  const { diagnostics } = await compileTypeScript(request);
  const found = diagnostics.map(({ file, line, code }) => `${file}:${line} ${code}`);
  expect(found.sort()).toEqual(expected("shared/shared.ts"));
});
