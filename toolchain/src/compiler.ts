// The compiler of this thread: npm's AssemblyScript, or its fork when the thread was started for that (compilers.ts)

import { workerData } from "node:worker_threads";
import { COMPILER_PACKAGES, type Runtime } from "./asc-options.ts";

/** What modules this thread compiles. */
export const RUNTIME: Runtime = (workerData as { runtime?: Runtime } | null)?.runtime ?? "none";

const name = COMPILER_PACKAGES[RUNTIME];

/** The compiler's command line, as a function. */
export const asc: typeof import("assemblyscript/asc") = await import(`${name}/asc`);

/** The compiler itself; the two number the kinds of their syntax trees' nodes differently. */
export const assemblyscript: typeof import("assemblyscript") = await import(name);
