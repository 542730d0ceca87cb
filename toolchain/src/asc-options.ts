// How asc is called: apart from the compiler, which takes half a second to load

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MEMORY_START } from "./memory.ts";

const COMMON_OPTIONS = [
  ...["--runtime", "stub", "--noAssert", "--use", "abort=", "--memoryBase", String(MEMORY_START)],
  ...["--debug", "--sourceMap", "--noColors"],
];

/** The options with which every bare-metal module is compiled; part of the key of what it gives. */
export const ASC_OPTIONS: readonly string[] = [...COMMON_OPTIONS, "-O3"];

/** The same for twins that count branches: not optimized, so that each branch stays where its source is. */
export const COVERAGE_OPTIONS: readonly string[] = [...COMMON_OPTIONS, "-O0"];

/** Version of the compiler. */
export const ASC_VERSION: string = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("assemblyscript/package.json"), "utf8"),
).version;
