// What a test file costs: the processor time of the process that runs it, and of the emulators and compilers it started

import { readFileSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Processor time that the file took, children included. */
    cpuSeconds?: number;
  }
}

/** Linux counts in these. (proc(5): sysconf(_SC_CLK_TCK)) */
const TICKS_PER_SECOND = 100;

/** Seconds of this process and of its children that have ended. (proc(5), /proc/pid/stat: utime, stime, cutime, cstime) */
export function cpuSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  // The second field is the program's name in parentheses, which may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}

let before = 0;
beforeAll(() => {
  before = cpuSeconds();
});
// biome-ignore lint/correctness/noEmptyPattern: Vitest takes no other name for a context that is not used
afterAll(({}, suite) => {
  suite.meta.cpuSeconds = cpuSeconds() - before;
});
