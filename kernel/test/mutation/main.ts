// npm run test:mutate [-- --seed N] [--count N] [--only WORD] [--living | --thorough] [--json]: do the tests
// notice small changes of kernel and loader?
//
// Exit codes: 0 when at least GOAL percent of the changes are noticed, 1 when fewer are, 2 for wrong usage.

import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Change } from "./changes.ts";
import { Equivalents } from "./equivalents.ts";
import { Judge } from "./judge.ts";
import { inOrder, Record, type Result } from "./record.ts";
import { folder, SourceTree } from "./tree.ts";

const USAGE = "usage: npm run test:mutate -- [--seed N] [--count N] [--only WORD] [--living | --thorough] [--json]";
/** Percent of the changes that tests have to notice. */
const GOAL = 95;

interface Options {
  readonly seed: number;
  /** So many changes have to say something about the tests. */
  readonly count: number;
  /** What `file:line:` of a change has in it. */
  readonly only: string;
  /** Try those that lived on some more of the unit tests. */
  readonly living: boolean;
  /** Try those that lived on all unit tests, and on the machines. */
  readonly thorough: boolean;
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
const describe = ({ file, line, before, after }: Change) =>
  `${file}:${line}: ${before.replace(/\s+/g, " ")} → ${after}`;

/** Whether a change says something about the tests. */
const counts = ({ verdict }: Result) => verdict === "killed" || verdict === "alive";

/** Judges changes until `count` of them say something about the tests. */
async function mutate({ seed, count, only, living, thorough }: Options): Promise<readonly Result[]> {
  mkdirSync(folder, { recursive: true });
  const tree = new SourceTree();
  const equivalents = new Equivalents(tree);
  const judge = new Judge(tree);
  try {
    tell("building without any change");
    await judge.prepare();
    tell(`${Math.round(judge.cpuSeconds)} CPU seconds before the first change`);
    const files = tree.files().filter((file) => judge.knows(file));
    const record = new Record(tree);
    const results: Result[] = [];
    for (const { change, key } of inOrder(tree, files, seed)) {
      if (!`${change.file}:${change.line}:`.includes(only)) continue;
      if (results.filter(counts).length >= count) break;
      if (equivalents.has(change)) continue;
      const known = record.get(key);
      if (known !== undefined && !((living || thorough) && known.verdict === "alive")) {
        results.push({ ...known, ...change });
        continue;
      }
      const before = judge.cpuSeconds;
      const judgement = await judge.judge(change, known?.survived, thorough);
      const cpuSeconds = Number((judge.cpuSeconds - before).toFixed(1));
      const result = { ...change, ...judgement, cpuSeconds };
      results.push(result);
      record.put(key, result);
      const number = `${results.filter(counts).length}/${count}`;
      const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
      const costs = `${cpuSeconds} CPU s, ${memory} MiB`;
      tell(`${number} ${judgement.verdict} (${costs})  ${describe(change)}  ${judgement.by}`);
    }
    return results;
  } finally {
    await judge.close();
  }
}

function number(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`"${text}" is no number.`);
  return Number(text);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string", default: "40" },
      only: { type: "string", default: "" },
      living: { type: "boolean", default: false },
      thorough: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { only, living, thorough } = values;
  const results = await mutate({ seed: number(values.seed), count: number(values.count), only, living, thorough });
  const judged = results.filter(counts);
  const alive = judged.filter(({ verdict }) => verdict === "alive");
  const share = judged.length === 0 ? 0 : (100 * (judged.length - alive.length)) / judged.length;
  if (values.json) process.stdout.write(`${JSON.stringify({ seed: number(values.seed), share, results }, null, 2)}\n`);
  else {
    for (const result of alive) process.stdout.write(`alive  ${describe(result)}\n`);
    process.stdout.write(
      `${judged.length - alive.length} of ${judged.length} changes noticed: ${share.toFixed(1)} %\n`,
    );
  }
  return share >= GOAL ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof TypeError &&
    (/is no number/.test(error.message) ||
      (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true);
  tell(isUsage ? `${(error as Error).message}\n${USAGE}` : `${(error as Error).stack}`);
  process.exitCode = isUsage ? 2 : 1;
}
