// How asc is called: apart from the compiler, which takes half a second to load

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MEMORY_START } from "./memory.ts";

/**
 * What a module brings along beside its own code: nothing that frees memory, or a garbage collector, closures and
 * exceptions.
 */
export const RUNTIMES = ["none", "managed"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** The npm package that compiles for each. The fork differs by closures and exceptions, and by little else. */
export const COMPILER_PACKAGES = { none: "assemblyscript", managed: "@btc-vision/assemblyscript" } as const;

const COMMON_OPTIONS = [
  ...["--noAssert", "--use", "abort=", "--memoryBase", String(MEMORY_START)],
  ...["--debug", "--sourceMap", "--noColors"],
];

const OPTIMIZED: Readonly<Record<Runtime, readonly string[]>> = {
  none: [...COMMON_OPTIONS, "--runtime", "stub", "-O3"],
  // The collector that runs when it is told to: it needs no second stack that an error would leave behind
  managed: [
    ...[...COMMON_OPTIONS, "--runtime", "minimal", "-O3"],
    ...["--enable", "closures", "--enable", "exception-handling"],
  ],
};

/** The options with which every bare-metal module is compiled; part of the key of what it gives. */
export const ascOptions = (runtime: Runtime): readonly string[] => OPTIMIZED[runtime];

/** The same without optimization: for twins that count branches, where each stays where its source is, and for checks. */
export const unoptimizedOptions = (runtime: Runtime): readonly string[] =>
  OPTIMIZED[runtime].map((option) => (option === "-O3" ? "-O0" : option));

/** Unused constants are most of what asc writes without optimization, and the dearest of what comes behind it. */
const CHEAP_PASSES = ["--runPasses", "simplify-globals,remove-unused-module-elements"];

/** The options of the development profile: each function stays what its source is, and compiles in a fraction of the time. */
export const developmentOptions = (runtime: Runtime): readonly string[] => [
  ...unoptimizedOptions(runtime),
  ...CHEAP_PASSES,
];

/** Version of the compiler. */
export function ascVersion(runtime: Runtime): string {
  const manifest = createRequire(import.meta.url).resolve(`${COMPILER_PACKAGES[runtime]}/package.json`);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
