// An extension in C++ with the standard library, run as a program for Linux

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withSettings } from "@bareflank/abi/settings";
import { afterAll } from "vitest";

const FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-mfsgsbase"];
/** libc's canary lies at its own FS. */
const SIGNAL_FLAGS = ["-fno-stack-protector", "-U_FORTIFY_SOURCE"];

/** How it is run. */
export interface Run {
  readonly processors?: number;
  /** On each processor. */
  readonly exits?: number;
  readonly heapPages?: number;
}

/** A folder with the program, thrown away after a file's tests; `run` answers the lines that an image with a setting printed. */
export function simulatedProcessors(): { run(image: string, setting: string, how?: Run): string[] } {
  const folder = mkdtempSync(join(tmpdir(), "bf-sdk-cpp-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "processors");
  const source = join(import.meta.dirname, "processors.c");
  const headers = resolve(import.meta.dirname, "../../../abi/generated/c");
  execFileSync("clang", [...FLAGS, ...SIGNAL_FLAGS, "-I", headers, source, "-o", program]);
  return {
    run(image, setting, { processors = 1, exits = 1, heapPages = 1024 } = {}) {
      const path = join(folder, "image.elf");
      writeFileSync(path, withSettings(readFileSync(image), [setting]));
      const numbers = [processors, exits, heapPages].map(String);
      return execFileSync(program, [path, ...numbers], { encoding: "utf8" })
        .trimEnd()
        .split("\n");
    },
  };
}
