// Extensions in C and assembly for tests, outside of the toolchain: what a user of the bare system call ABI would type

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../../..");
/** The folder of bareflank.h, which is all that these extensions share with the microkernel. */
const abi = join(repository, "abi", "generated", "c");
const folder = join(repository, "build", "test", "bare");

const target = "--target=x86_64-unknown-none-elf";
/** As Bareflank 3.0 compiles extensions: freestanding, no red zone, no vector registers, anywhere in memory. */
const compileFlags = [
  ...["-std=gnu11", "-O2", "-ffreestanding", "-mgeneral-regs-only", "-mno-red-zone", "-mcmodel=large", "-fno-pic"],
  ...["-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-Wall", "-Wextra", "-Werror"],
];
const linkFlags = ["-static", "-z", "max-page-size=4096", "-z", "noexecstack", "-z", "norelro"];

/** An extension to compile. */
export interface Program {
  /** C and assembly files. */
  readonly sources: readonly string[];
  /** Linker script, preprocessed with the same definitions. */
  readonly script: string;
  /** Definitions for all of them, as `NAME` or `NAME=value`. */
  readonly defines?: readonly string[];
}

/** Compiles and links an extension, unless it is there already, and returns its path. */
export function compile({ sources, script, defines = [] }: Program): string {
  const flags = defines.map((define) => `-D${define}`);
  const hash = createHash("sha256").update(JSON.stringify([flags, compileFlags, linkFlags, sources]));
  for (const input of [...sources, ...headersBeside(sources), join(abi, "bareflank.h"), script]) {
    hash.update(readFileSync(input));
  }
  const path = join(folder, `${hash.digest("hex").slice(0, 16)}.elf`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const all = [target, "-I", abi, ...flags];
  execFileSync("clang", [...all, "-E", "-P", "-x", "assembler-with-cpp", script, "-o", `${path}.ld`]);
  const objects = sources.map((source, index) => {
    const object = `${path}.${index}.o`;
    const language = source.endsWith(".c") ? compileFlags : [];
    execFileSync("clang", [...all, ...language, "-c", source, "-o", object]);
    return object;
  });
  execFileSync("ld.lld", [...linkFlags, "-T", `${path}.ld`, "-o", `${path}.new`, ...objects]);
  renameSync(`${path}.new`, path);
  return path;
}

function headersBeside(sources: readonly string[]): string[] {
  const folders = new Set(sources.map((source) => dirname(source)));
  return [...folders].flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.endsWith(".h"))
      .sort()
      .map((name) => join(parent, name)),
  );
}
