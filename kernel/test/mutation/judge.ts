// Whether the tests notice a change: unit tests that execute what it makes different, and conformance on QEMU

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Compilers } from "../../../toolchain/src/compilers.ts";
import { Builder, findWorkspace, selectParts } from "../../../toolchain/src/index.ts";
import { run } from "../bare/run.ts";
import { runSuite } from "../conformance/suite.ts";
import { runVersion2 } from "../conformance/version2.ts";
import type { Change } from "./changes.ts";
import { Covering, type Test } from "./covering.ts";
import { Modules } from "./modules.ts";
import { ownSeconds } from "./processor-time.ts";
import { TestRunner } from "./test-runner.ts";
import { folder, repository, type SourceTree } from "./tree.ts";

/**
 * What became of a change. `same`: the optimized module is the same, so that no test could notice anything; `broken`: it
 * does not compile. Neither counts.
 */
export type Verdict = "killed" | "alive" | "same" | "broken";

export interface Judgement {
  readonly verdict: Verdict;
  /** The test that noticed. */
  readonly by: string;
}

/** Unit tests that come before the machines, which cost about as much: so many seconds of them. */
const FIRST_SECONDS = 20;
/** A change may make a test loop without end: one may take so much processor time, and so many times what its file takes. */
const LEAST_SECONDS = 10;
const SLOWER = 3;
const MACHINE_SECONDS = 40;

export class Judge {
  readonly #tree: SourceTree;
  /** One thread, for changes come one after the other. */
  readonly #compilers = new Compilers(1);
  readonly #modules: Modules;
  readonly #builder: Builder;
  readonly #runner = new TestRunner();
  #covering = new Covering([]);
  /** Digests of the optimized modules without any change. */
  readonly #digests = new Map<string, string>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
    const compilers = this.#compilers;
    this.#modules = new Modules(tree, compilers);
    this.#builder = new Builder(findWorkspace(tree.root), { cache: join(folder, "cache"), compilers });
  }

  /** Wants the tests green without any change, and learns what they execute. */
  async prepare(): Promise<void> {
    await this.#modules.learn();
    this.#covering = await Covering.learn(this.#runner);
    for (const part of ["kernel", "bare"]) this.#digests.set(part, await this.#build(part));
  }

  /** Whether the unit tests run a file at all. */
  knows(file: string): boolean {
    return this.#modules.has(file);
  }

  /** Processor time of all that it did. */
  get cpuSeconds(): number {
    return ownSeconds() + this.#runner.cpuSeconds;
  }

  async close(): Promise<void> {
    this.#runner.close();
    await this.#builder.close();
    await this.#compilers.close();
  }

  judge(change: Change): Promise<Judgement> {
    return this.#tree.with(change, async () => {
      const difference = await this.#modules.replace(change.file);
      if (difference === undefined) return { verdict: "broken", by: "" };
      if (difference !== "everything" && difference.size === 0) return { verdict: "same", by: "" };
      const tests = this.#covering.testsOf(change, difference);
      const first = howManyFit(tests, FIRST_SECONDS);
      const unit = await this.#runTests(tests.slice(0, first));
      if (unit !== undefined) return unit;
      const machines = await this.#runMachines(change.file);
      if (machines.verdict !== "alive") return machines;
      return (await this.#runTests(tests.slice(first))) ?? machines;
    });
  }

  async #runTests(tests: readonly Test[]): Promise<Judgement | undefined> {
    if (tests.length === 0) return undefined;
    const limit = LEAST_SECONDS + SLOWER * Math.max(...tests.map(({ seconds }) => seconds));
    const files = tests.map(({ file }) => file);
    const result = await this.#runner.run(files, limit);
    if (result.ending === "green") return undefined;
    return { verdict: "killed", by: result.ending === "red" ? result.test : "a test that does not end" };
  }

  async #runMachines(file: string): Promise<Judgement> {
    const part = file.startsWith("kernel/") ? "kernel" : "bare";
    if ((await this.#build(part)) === this.#digests.get(part)) return { verdict: "same", by: "" };
    const elf = join(this.#tree.root, "build", part, `${part}.elf`);
    const by = await complaintOf(part === "kernel" ? { kernel: elf } : { image: elf });
    return by === undefined ? { verdict: "alive", by: "" } : { verdict: "killed", by };
  }

  /** Builds a part of the tree; the digest of its image. */
  async #build(part: string): Promise<string> {
    const { failures } = await this.#builder.build(selectParts(this.#builder.workspace, [part]));
    if (failures[0] !== undefined) throw failures[0].error;
    return createHash("sha256")
      .update(readFileSync(join(this.#tree.root, "build", part, `${part}.elf`)))
      .digest("hex");
  }
}

/** How many tests from the first on fit into so many seconds. */
function howManyFit(tests: readonly Test[], seconds: number): number {
  let sum = 0;
  const tooMany = tests.findIndex((test) => {
    sum += test.seconds;
    return sum > seconds;
  });
  return tooMany < 0 ? tests.length : tooMany;
}

/** What conformance and the default extension have to say about a kernel or an image; undefined when nothing. */
async function complaintOf(what: { kernel: string } | { image: string }): Promise<string | undefined> {
  const options = { ...what, smp: 2, timeout: MACHINE_SECONDS };
  for (const suite of [runSuite, runVersion2]) {
    const { cases, broken } = await suite(options);
    const first = cases.find(({ blamed }) => blamed !== undefined);
    if (first !== undefined) return `conformance: ${first.subject} ${first.name}`;
    if (broken !== undefined) return `conformance: ${broken.split("\n")[0]}`;
  }
  const extension = join(repository, "build", "extensions", "default", "default.elf");
  const { exitCode, report } = await run(extension, { ...options, cpuids: 100 });
  return exitCode === 0 && report === undefined ? undefined : "the default extension";
}
