// Programs for Linux that run the kernel's allocators at the kernel's addresses, as machine code that ships

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../../..");
const abi = join(repository, "abi", "generated", "c");
const folder = join(repository, "build", "test", "native");
/** The kernel's own optimization, so that what is compared is the code and not the compiler. */
const FLAGS = ["-std=gnu11", "-O2", "-fno-strict-aliasing", "-fwrapv", "-Wall", "-Wextra", "-Werror"];

/** Compiles a program from C files beside this one, and from further ones, unless it is there already: its path. */
export function compileProgram(name: string, sources: readonly string[], headers: readonly string[] = []): string {
  const own = (file: string) => join(import.meta.dirname, file);
  const files = [...sources, own("machine.c")];
  const hash = createHash("sha256").update(JSON.stringify(FLAGS));
  const beside = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".h"));
  for (const file of [...files, ...headers, ...beside.map(own), join(abi, "bareflank.h")])
    hash.update(readFileSync(file));
  const path = join(folder, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  execFileSync("clang", [...FLAGS, "-I", abi, "-I", import.meta.dirname, ...files, "-o", unfinished]);
  renameSync(unfinished, path);
  return path;
}

/** An image of the allocators that `bf build` has made. */
export function allocatorImage(part: "kernel-memory-native" | "kernel-memory-locks"): string {
  const path = join(repository, "build", part, `${part}.elf`);
  if (!existsSync(path)) throw new Error(`${path} is missing: build it with "npm run bf -- build ${part}"`);
  return path;
}
