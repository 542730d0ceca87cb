// The emulator as machine code in several threads at once

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const repository = resolve(import.meta.dirname, "../../..");
const build = join(repository, "build");
const object = join(build, "emulator-native", "emulator-native.o");
const INSTRUCTIONS = 20_000;
/** Linux gives a thread in the kernel 16 KiB of stack, and everything has to fit. */
const MOST_FRAME_BYTES = 512;

/** What each guest came to, with so many threads at a time. */
function run(threads: number): string[] {
  return execFileSync(program(), [`${threads}`, `${INSTRUCTIONS}`], { encoding: "utf8" })
    .trim()
    .split("\n");
}

/** Links the harness with the module, unless that has been done. */
function program(): string {
  const source = join(import.meta.dirname, "threads.c");
  const hash = createHash("sha256").update(readFileSync(source)).update(readFileSync(object)).digest("hex");
  const path = join(build, "test", "threads", hash.slice(0, 16));
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const folders = ["abi/generated/c", "toolchain/runtime", "build/emulator-native"].flatMap((folder) => [
    "-I",
    join(repository, folder),
  ]);
  const flags = ["-O2", "-pthread", "-no-pie", "-Wall", "-Wextra", "-Werror"];
  execFileSync("clang", [...flags, ...folders, source, object, "-o", `${path}.${process.pid}`]);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

describe("eight guests in eight threads", () => {
  it("come to what they come to one after the other", () => {
    const alone = run(1);
    expect(new Set(alone).size).toBe(8);
    for (let i = 0; i < 3; i++) expect(run(8)).toEqual(alone);
  });
});

describe("the stack", () => {
  it("of each function is small, and none calls itself", () => {
    const text = execFileSync("llvm-objdump", ["-d", "--no-show-raw-insn", object], { encoding: "utf8" });
    const frames = [...text.matchAll(/subq\s+\$(\w+), %rsp/g)].map(([, bytes]) => Number(bytes));
    expect(frames.length).toBeGreaterThan(0);
    expect(Math.max(...frames)).toBeLessThan(MOST_FRAME_BYTES);
    for (const [, name = "", body = ""] of text.matchAll(/^[0-9a-f]+ <([^>]+)>:\n((?:.+\n)+)/gm)) {
      expect(body).not.toMatch(new RegExp(`callq\\s.*<${name}>`));
    }
  });
});
