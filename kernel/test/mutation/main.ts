// npm run test:mutate [-- --seed N] [--count N] [--only WORD] [--json]: do the tests notice small changes of kernel and loader?
//
// Exit codes: 0 when at least GOAL percent of the changes are noticed, 1 when fewer are, 2 for wrong usage.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../fuzz/random.ts";
import { type Change, changesOf } from "./changes.ts";
import { Judge, type Judgement } from "./judge.ts";
import { folder, SourceTree } from "./tree.ts";

const USAGE = "usage: npm run test:mutate -- [--seed N] [--count N] [--only WORD] [--json]";
/** Percent of the changes that tests have to notice. */
const GOAL = 95;

interface Result extends Change, Judgement {
  readonly seconds: number;
}

/** What a run leaves for the next one with the same seed, which goes on where it ended. */
interface Record {
  readonly sources: string;
  readonly results: readonly Result[];
}

const tell = (line: string) => process.stderr.write(`${line}\n`);
const describe = ({ file, line, before, after }: Change) =>
  `${file}:${line}: ${before.replace(/\s+/g, " ")} → ${after}`;

/** All changes of the files that tests run, in an order that the seed decides. */
function shuffled(tree: SourceTree, seed: number, isChosen: (file: string) => boolean): Change[] {
  const changes = tree
    .files()
    .filter(isChosen)
    .flatMap((file) => changesOf(file, tree.read(file)));
  const random = new Random(seed);
  for (let last = changes.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const [a, b] = [changes[last], changes[other]];
    if (a !== undefined && b !== undefined) [changes[last], changes[other]] = [b, a];
  }
  return changes;
}

/** Judges changes until `count` of them say something about the tests. */
async function mutate(seed: number, count: number, only: string): Promise<readonly Result[]> {
  mkdirSync(folder, { recursive: true });
  const tree = new SourceTree();
  const judge = new Judge(tree);
  const path = join(folder, `seed-${seed}${only}.json`.replaceAll("/", "-"));
  try {
    tell("building without any change");
    await judge.prepare();
    const changes = shuffled(tree, seed, (file) => file.includes(only) && judge.knows(file));
    const sources = createHash("sha256").update(JSON.stringify(changes)).digest("hex");
    const results = [...resultsOf(path, sources)];
    if (results.length > 0) tell(`${results.length} changes were judged before`);
    else await judge.check();
    for (const change of changes.slice(results.length)) {
      if (results.filter(counts).length >= count) break;
      const begin = Date.now();
      const judgement = await judge.judge(change);
      const seconds = Math.round((Date.now() - begin) / 1000);
      results.push({ ...change, ...judgement, seconds });
      writeFileSync(path, `${JSON.stringify({ sources, results } satisfies Record, null, 2)}\n`);
      const number = `${results.filter(counts).length}/${count}`;
      tell(`${number} ${judgement.verdict} (${seconds} s)  ${describe(change)}  ${judgement.by}`);
    }
    return results;
  } finally {
    await judge.close();
  }
}

function resultsOf(path: string, sources: string): readonly Result[] {
  if (!existsSync(path)) return [];
  const record = JSON.parse(readFileSync(path, "utf8")) as Record;
  return record.sources === sources ? record.results : [];
}

/** Whether a change says something about the tests. */
const counts = ({ verdict }: Result) => verdict === "killed" || verdict === "alive";

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
      json: { type: "boolean", default: false },
    },
  });
  const results = await mutate(number(values.seed), number(values.count), values.only);
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
