// Which unit tests execute what: learnt once, so that each change is tried on those that can notice it, and on no others

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Coverage } from "../../../toolchain/src/coverage/coverage.ts";
import { findWorkspace } from "../../../toolchain/src/part.ts";
import type { Change } from "./changes.ts";
import { modulesOf } from "./modules.ts";
import { type TestRunner, TWINS } from "./test-runner.ts";
import { folder, repository } from "./tree.ts";

/** Processor time that one test may take while it is learnt what it does: there is no change that could make it hang. */
const LEARN_SECONDS = 600;

/** So many test files are learnt before it is written down: what was learnt before an interruption is not lost. */
const AT_ONCE = 8;
const KEPT = join(folder, "covering.json");

/** So many lines a branch may be away from a change for its tests to be near. */
const NEAR_LINES = 8;
/** What a file takes before its first test. */
const START_SECONDS = 0.2;

/** What unit tests are, and what they stand on. */
const TESTS = ["kernel/test/unit", "loader/test"];
const SUPPORT = ["kernel/test/machine", "loader/test/machine", "bsl/test-support"];

/** A line, and what tells the outcome from others there. */
type Outcome = readonly [line: number, which: string];

export interface Test {
  readonly file: string;
  /** Of the file's text. */
  readonly digest: string;
  /** Processor time. */
  readonly seconds: number;
  readonly functions: readonly string[];
  /** Outcomes of branches that it executes, by source file. */
  readonly outcomes: Readonly<Record<string, readonly Outcome[]>>;
}

/** What is kept for the next run: valid as long as modules and simulated machines are the same. */
interface Kept {
  readonly digest: string;
  readonly tests: readonly Test[];
}

export class Covering {
  readonly #tests: readonly Test[];

  constructor(tests: readonly Test[]) {
    this.#tests = tests;
  }

  /** Runs the unit tests of kernel and loader of which it is not known what they execute. They must be green. */
  static async learn(runner: TestRunner): Promise<Covering> {
    const workspace = findWorkspace(repository);
    const coverage = new Coverage(workspace);
    await coverage.prepare(modulesOf(workspace));
    const { BF_COVERAGE_TWINS: twins = "", BF_COVERAGE_HITS: hits = "" } = coverage.environment;
    const modules = Object.values(JSON.parse(readFileSync(twins, "utf8")) as Record<string, string>);
    const support = SUPPORT.flatMap((name) => filesIn(name).map((file) => join(repository, file)));
    const digest = digestOf([...modules, ...support]);
    const known = new Map(kept(digest).map((test) => [test.file, test]));
    const files = TESTS.flatMap(filesIn).filter((file) => /^[^.]+\.test\.ts$/.test(basename(file)));
    const digests = new Map(files.map((file) => [file, digestOf([join(repository, file)])]));
    const unknown = files.filter((file) => known.get(file)?.digest !== digests.get(file));
    copyFileSync(twins, TWINS);
    for (let next = 0; next < unknown.length; next += AT_ONCE) {
      const some = unknown.slice(next, next + AT_ONCE);
      const result = await runner.run(some, LEARN_SECONDS, hits);
      if (result.ending !== "green") {
        throw new Error(`Without any change, tests are not green: ${result.ending === "red" ? result.test : "no end"}`);
      }
      const executed = coverage.reportByTest();
      for (const file of some) {
        const { branches = [], functions = [] } = executed.get(join(repository, file)) ?? {};
        const outcomes: Record<string, Outcome[]> = {};
        for (const { file: source, line, column, ordinal, taken, passed } of branches) {
          const list = outcomes[source] ?? [];
          outcomes[source] = list;
          if (taken) list.push([line, `${column} ${ordinal} taken`]);
          if (passed) list.push([line, `${column} ${ordinal} passed`]);
        }
        const seconds = result.seconds[file] ?? 0;
        known.set(file, { file, digest: digests.get(file) ?? "", seconds, functions, outcomes });
      }
      writeFileSync(KEPT, JSON.stringify({ digest, tests: [...known.values()] } satisfies Kept));
    }
    return new Covering(files.flatMap((file) => known.get(file) ?? []));
  }

  /**
   * Tests that execute what a change makes different. Those come first that are likely to notice it for the time they take:
   * they are about its file, or go a way beside it that few others go.
   */
  testsOf({ file, line }: Pick<Change, "file" | "line">, difference: ReadonlySet<string> | "everything"): Test[] {
    const isConcerned = ({ functions }: Test) =>
      difference === "everything" ? functions.length > 0 : functions.some((name) => difference.has(name));
    const concerned = this.#tests.filter(isConcerned);
    const near = ({ outcomes }: Test) =>
      (outcomes[file] ?? [])
        .filter(([other]) => Math.abs(other - line) <= NEAR_LINES)
        .map(([other, which]) => `${other} ${which}`);
    const counts = new Map<string, number>();
    for (const outcome of concerned.flatMap(near)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const word = basename(file, ".ts");
    const rarity = (test: Test) =>
      basename(test.file).startsWith(word)
        ? 1
        : Math.min(concerned.length + 1, ...near(test).map((outcome) => counts.get(outcome) ?? 1));
    const costs = new Map(concerned.map((test) => [test, rarity(test) * (test.seconds + START_SECONDS)]));
    return concerned.sort((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
  }
}

const filesIn = (name: string): string[] =>
  readdirSync(join(repository, name), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(name, entry.name));

function digestOf(paths: readonly string[]): string {
  const digest = createHash("sha256");
  for (const path of paths) digest.update(readFileSync(path));
  return digest.digest("hex");
}

function kept(digest: string): readonly Test[] {
  if (!existsSync(KEPT)) return [];
  const record = JSON.parse(readFileSync(KEPT, "utf8")) as Kept;
  return record.digest === digest ? record.tests : [];
}
