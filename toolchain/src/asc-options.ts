// How asc is called: apart from the compiler, which takes half a second to load

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MEMORY_START } from "./memory.ts";

/** The options with which every bare-metal module is compiled; part of the key of what it gives. */
export const ASC_OPTIONS: readonly string[] = [
  ...["--runtime", "stub", "-O3", "--noAssert", "--use", "abort=", "--memoryBase", String(MEMORY_START)],
  ...["--debug", "--sourceMap", "--noColors"],
];

/** Version of the compiler. */
export const ASC_VERSION: string = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("assemblyscript/package.json"), "utf8"),
).version;
