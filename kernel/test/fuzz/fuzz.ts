// `npm run fuzz -- --calls N --seed S`: random system calls against the model, and a table of what was made

import { parseArgs } from "node:util";
import { NestedFuzzSession } from "./nested-session.ts";
import { FuzzFailure, FuzzSession, type Tally } from "./session.ts";

const USAGE = "Usage: npm run fuzz -- [--calls N] [--seed S] [--processors N]";

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`"${text}" is no number.`);
  return Number(text);
}

function options(): { calls: number; seed: number; ppCount: number } {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "100000" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      processors: { type: "string", default: "3" },
    },
  });
  return { calls: number(values.calls), seed: number(values.seed), ppCount: number(values.processors) };
}

function table(tallies: ReadonlyMap<string, Tally>): string {
  const rows = [...tallies].sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows
    .map(
      ([name, { made, succeeded }]) =>
        `${name.padEnd(width)}  ${String(made).padStart(8)}  ${String(succeeded).padStart(8)}\n`,
    )
    .join("");
}

try {
  const chosen = options();
  process.stderr.write(`${chosen.calls} calls, seed ${chosen.seed}, ${chosen.ppCount} processors\n`);
  const session = new FuzzSession(chosen);
  session.run(chosen.calls);
  const wrong = session.audit();
  // Each of its requests is a page-by-page comparison: fewer of them take as long
  const nested = new NestedFuzzSession(chosen.seed);
  nested.run(Math.ceil(chosen.calls / 100));
  process.stdout.write(`call, made, succeeded\n${table(new Map([...session.tallies, ...nested.tallies]))}`);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} catch (error) {
  const isUsage = error instanceof TypeError;
  if (!isUsage && !(error instanceof FuzzFailure)) throw error;
  process.stderr.write(`fuzz: ${(error as Error).message}\n${isUsage ? `${USAGE}\n` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}
