// Whether the tests notice a change: unit tests that execute what it makes different, then conformance on QEMU

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
  /** Of one that is alive: the tests that did not notice, by digests, so that they are not tried again. */
  readonly survived?: readonly string[];
}

/** So many seconds of unit tests a change is tried on before the others have had their turn. */
const FIRST_SECONDS = 20;
/** A change may make a test loop without end: one may take so much processor time, and so many times what its file takes. */
const LEAST_SECONDS = 10;
const SLOWER = 3;
const MACHINE_SECONDS = 40;
/** The machines as a test; as good as unchanged. */
const MACHINES = { digest: "machines" };

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

  /**
   * Tries a change on tests but those that it is known to survive.
   *
   * @param isThorough On the machines and all unit tests, and not only on the first of these
   */
  judge(change: Change, known: readonly string[] = [], isThorough = false): Promise<Judgement> {
    return this.#tree.with(change, async () => {
      const difference = await this.#modules.replace(change.file);
      if (difference === undefined) return { verdict: "broken", by: "" };
      if (difference !== "everything" && difference.size === 0) return { verdict: "same", by: "" };
      const isNew = ({ digest }: Pick<Test, "digest">) => !known.includes(digest);
      const tests = this.#covering.testsOf(change, difference).filter(isNew);
      const count = howManyFit(tests, FIRST_SECONDS);
      const first = tests.slice(0, count);
      const killed = await this.#runTests(first);
      if (killed !== undefined) return killed;
      const survived = [...known, ...first.map(({ digest }) => digest)];
      if (!isThorough) return { verdict: "alive", by: "", survived };
      const machines = isNew(MACHINES) ? await this.#runMachines(change.file) : undefined;
      if (machines !== undefined) return machines;
      const others = tests.slice(count);
      const killedByOthers = await this.#runTests(others);
      if (killedByOthers !== undefined) return killedByOthers;
      const all = [...survived, MACHINES.digest, ...others.map(({ digest }) => digest)];
      return { verdict: "alive", by: "", survived: [...new Set(all)] };
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

  async #runMachines(file: string): Promise<Judgement | undefined> {
    const part = file.startsWith("kernel/") ? "kernel" : "bare";
    if ((await this.#build(part)) === this.#digests.get(part)) return { verdict: "same", by: "" };
    const elf = join(this.#tree.root, "build", part, `${part}.elf`);
    const by = await complaintOf(part === "kernel" ? { kernel: elf } : { image: elf });
    return by === undefined ? undefined : { verdict: "killed", by };
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

/** How many tests from the first on fit into so many seconds; the first does in any case, so that all have their turn. */
function howManyFit(tests: readonly Test[], seconds: number): number {
  let sum = 0;
  const tooMany = tests.findIndex((test) => {
    sum += test.seconds;
    return sum > seconds;
  });
  return tooMany < 0 ? tests.length : Math.max(tooMany, 1);
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
