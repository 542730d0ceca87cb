// Which test files cost most, in seconds of processor time: wall time says how busy the host was

import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** So many files are listed. */
const LISTED = 15;

/** A file that `test/run.mjs` names for the costs, instead of the terminal. */
const FILE = process.env.BF_TEST_COSTS;

/** What one test file has cost. */
interface Cost {
  readonly name: string;
  readonly project: string;
  readonly cpuSeconds: number;
}

const costOf = (module: TestModule): Cost => ({
  name: module.relativeModuleId,
  project: module.project.name,
  cpuSeconds: module.meta().cpuSeconds ?? 0,
});

/** Prints a table at the end of a run, also of one that failed. */
export default class CpuReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const costs = modules.map(costOf).sort((a, b) => b.cpuSeconds - a.cpuSeconds);
    if (FILE !== undefined) {
      appendFileSync(FILE, costs.map((cost) => `${JSON.stringify(cost)}\n`).join(""));
      return;
    }
    if (costs.length < 2) return;
    const sum = costs.reduce((all, { cpuSeconds }) => all + cpuSeconds, 0);
    const rows = costs
      .slice(0, LISTED)
      .map(({ name, cpuSeconds }) => `${cpuSeconds.toFixed(1).padStart(8)}  ${name}\n`);
    process.stdout.write(`\nSeconds of processor time, ${sum.toFixed(1)} in all:\n${rows.join("")}`);
  }
}
