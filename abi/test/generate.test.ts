// The generated files: up to date, complete, and taken by each language's compiler

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { calls } from "../src/calls.ts";
import { generate } from "../src/generate.ts";
import { syscalls } from "../src/syscalls.ts";

const generated = join(import.meta.dirname, "..", "generated");
const scratch = mkdtempSync(join(tmpdir(), "bf-abi-"));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a compiler says; empty when it is content. */
function complaints(program: string, ...args: string[]): string {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return status === 0 ? "" : stderr;
}

describe("the generated files", () => {
  it("are those of the description", () => {
    const files = readdirSync(generated, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const wanted = generate();
    expect(files).toHaveLength(wanted.size);
    for (const [path, text] of wanted) expect(readFileSync(join(generated, path), "utf8")).toBe(text);
  });

  it("have a function for each system call", () => {
    const numbers = syscalls.constants.map(({ name }) => name);
    expect(calls.map(({ name }) => `SYSCALL_${name.toUpperCase()}`).sort()).toEqual([...numbers].sort());
  });

  it.each([
    ["C", ["-xc", "-std=gnu11"]],
    ["C++", ["-xc++", "-std=c++17"]],
  ])("are valid %s", (_, language) => {
    const source = join(scratch, "calls");
    writeFileSync(source, '#include "bareflank-calls.h"\n');
    const flags = [...language, "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
    expect(complaints("clang", ...flags, "-I", join(generated, "c"), source)).toBe("");
  });

  it("are valid Rust", () => {
    const source = join(scratch, "lib.rs");
    writeFileSync(source, `#![no_std]\n${readFileSync(join(generated, "rust", "bareflank.rs"), "utf8")}`);
    const flags = ["--edition=2021", "--crate-type=rlib", "--emit=metadata", "-Dwarnings"];
    expect(complaints("rustc", ...flags, "-o", join(scratch, "lib.rmeta"), source)).toBe("");
  });
});
