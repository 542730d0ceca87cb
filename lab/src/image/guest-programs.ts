// The lab's own programs that run inside: static C, compiled when their source changes

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../host-tools.ts";
import { labFolder } from "../paths.ts";
import { cached } from "./cache.ts";

const flags = ["-O2", "-static", "-Wall", "-Wextra", "-Werror", "-std=gnu11"];

/**
 * Compiles `lab/guest/NAME.c`, statically with glibc, and returns the program's path.
 *
 * @param headers files below `lab/` that it includes
 */
export const guestProgram = (name: string, headers: readonly string[] = []): Promise<string> => {
  const source = join(labFolder, "guest", `${name}.c`);
  const hash = createHash("sha256").update(flags.join(" "));
  for (const file of [source, ...headers.map((header) => join(labFolder, header))]) {
    hash.update(readFileSync(file));
  }
  return cached(`guest-${name}`, hash.digest("hex"), (path) => {
    runTool("clang", [...flags, "-o", path, source]);
  });
};
