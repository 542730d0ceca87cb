// The lab's own programs that run inside: static C, compiled when their source changes

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../host-tools.ts";
import { labFolder } from "../paths.ts";
import { cached } from "./cache.ts";

const flags = ["-O2", "-static", "-Wall", "-Wextra", "-Werror", "-std=gnu11"];

/** Compiles `lab/guest/NAME.c`, statically with glibc, and returns the program's path. */
export const guestProgram = (name: string): Promise<string> => {
  const source = join(labFolder, "guest", `${name}.c`);
  const digest = createHash("sha256").update(flags.join(" ")).update(readFileSync(source)).digest("hex");
  return cached(`guest-${name}`, digest, (path) => {
    runTool("clang", [...flags, "-o", path, source]);
  });
};
