// A copy of the sample workspace to build in

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPILERS } from "../../test/compilers.ts";
import { Builder, type BuildResult, findWorkspace, type Product, selectParts } from "../src/index.ts";

export const FIXTURES = fileURLToPath(new URL("./fixtures", import.meta.url));

/** The cache outlives a test run; the copies do not, because two runs may overlap. */
const CACHE = fileURLToPath(new URL("../../build/test/toolchain", import.meta.url));

/** A sample workspace of its own for one test file, and a warm builder for it. */
export class Sample {
  readonly root = mkdtempSync(join(tmpdir(), "bf-sample-"));
  readonly cache: string;
  readonly builder: Builder;

  constructor(name: string) {
    this.cache = join(CACHE, name);
    cpSync(join(FIXTURES, "sample"), this.root, { recursive: true });
    this.builder = new Builder(findWorkspace(this.root), { cache: this.cache, compilers: COMPILERS });
  }

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  build(...words: string[]): Promise<BuildResult> {
    return this.builder.build(selectParts(this.builder.workspace, words));
  }

  /** Builds one part, which must succeed. */
  async product(name: string): Promise<Product> {
    const { products, failures } = await this.build(name);
    if (failures[0] !== undefined) throw failures[0].error;
    const product = products.find(({ part }) => part === name);
    if (product === undefined) throw new Error(`${name} was not built`);
    return product;
  }

  async close(): Promise<void> {
    await this.builder.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Output of a program that must succeed. */
export function output(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Instructions of one function, without addresses and padding. */
export function disassemble(file: string, symbol: string): string[] {
  const text = output(
    "llvm-objdump",
    "-d",
    "--no-show-raw-insn",
    "--x86-asm-syntax=intel",
    `--disassemble-symbols=${symbol}`,
    file,
  );
  return text
    .split("\n")
    .map((line) => /^\s*[0-9a-f]+:\s+(.*)$/.exec(line)?.[1]?.replace(/\s+/g, " ").trim() ?? "")
    .filter((line) => line !== "" && !/^(nop|int3|cs nop)/.test(line));
}
