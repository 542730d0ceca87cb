// Runs unit test files for test-runner.ts, one run after the other: a Vitest that is started once for many changes
//
// Gets a Request for each run, and sends a Message for each test that ended and a Report. Vitest starts a process for each
// run, so nothing of a change stays behind.

import { relative, resolve } from "node:path";
import { BaseSequencer, createVitest, type TestSpecification } from "vitest/node";

export interface Request {
  /** Test files, below the repository, in the order in which they are to be run. */
  readonly files: readonly string[];
  /** Folder for what coverage-hook.mjs sees; empty for nothing. */
  readonly hits: string;
}

export interface Report {
  /** The first test that failed; undefined when all passed. */
  readonly failed: string | undefined;
  /** Processor time of each file. */
  readonly seconds: Readonly<Record<string, number>>;
  /** What this process, which stays, has of memory. */
  readonly memoryMiB: number;
}

/** What this process sends. */
export type Message = { readonly kind: "ready" | "progress" } | { readonly kind: "report"; readonly report: Report };

const send = (message: Message): void => {
  process.send?.(message);
};

/** Those that are likely to notice the change come first: nothing may change their order. */
class AsAsked extends BaseSequencer {
  override sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(specifications);
  }
}

const root = resolve(import.meta.dirname, "../../..");
const vitest = await createVitest("test", {
  root,
  project: ["unit"],
  watch: false,
  bail: 1,
  fileParallelism: false,
  reporters: [{ onTestCaseResult: () => send({ kind: "progress" }) }],
  // test-runner.ts ends what never ends
  testTimeout: 0,
  hookTimeout: 0,
  sequence: { sequencer: AsAsked },
});
const known = new Map(
  (await vitest.globTestSpecifications()).map((specification) => [
    relative(root, specification.moduleId),
    specification,
  ]),
);

async function run({ files, hits }: Request): Promise<Report> {
  process.env.BF_COVERAGE_HITS = hits;
  const specifications = files.flatMap((file) => known.get(file) ?? []);
  if (specifications.length < files.length) throw new Error(`Not all of these are unit tests: ${files.join(" ")}`);
  // Vitest keeps what failed in former runs, counts it for `bail`, and reports it again
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const seconds: Record<string, number> = {};
  let failed: string | undefined;
  for (const module of testModules) {
    const file = relative(root, module.moduleId);
    seconds[file] = module.meta().cpuSeconds ?? 0;
    const test = [...module.children.allTests("failed")][0];
    if (test !== undefined) failed ??= `${file}: ${test.fullName}`;
    else if (module.state() === "failed") failed ??= `${file}: before any test`;
  }
  if (unhandledErrors.length > 0) failed ??= "outside of any test";
  return { failed, seconds, memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) };
}

process.on("message", (request: Request) => {
  run(request).then(
    (report) => send({ kind: "report", report }),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
// Whoever wants to know is gone: nothing of this group may go on
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
send({ kind: "ready" });
