// Whether the tests notice a change: unit tests that are about the file, then the others, then conformance on QEMU

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Builder, findWorkspace, selectParts } from "../../../toolchain/src/index.ts";
import { run } from "../bare/run.ts";
import { runSuite } from "../conformance/suite.ts";
import { runVersion2 } from "../conformance/version2.ts";
import type { Change } from "./changes.ts";
import { Modules, runUnitTests } from "./modules.ts";
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

/** Most seconds that tests may take, for a change may make them loop without end. */
const UNIT_SECONDS = 420;
const MACHINE_SECONDS = 40;

export class Judge {
  readonly #tree: SourceTree;
  readonly #modules: Modules;
  readonly #builder: Builder;
  /** Digests of the optimized modules without any change. */
  readonly #digests = new Map<string, string>();

  constructor(tree: SourceTree) {
    this.#tree = tree;
    this.#modules = new Modules(tree);
    this.#builder = new Builder(findWorkspace(tree.root), { cache: join(folder, "cache") });
  }

  async prepare(): Promise<void> {
    await this.#modules.learn();
    for (const part of ["kernel", "bare"]) this.#digests.set(part, await this.#build(part));
  }

  /** Wants the tests green without any change, on the very modules that changes are tried on. */
  async check(): Promise<void> {
    for (const file of ["kernel/src/main.ts", "loader/src/main.ts"]) {
      await this.#modules.replace(file);
      for (const filters of testsOf(file)) {
        const { ending, test } = await runUnitTests(filters, UNIT_SECONDS);
        if (ending !== "green") throw new Error(`Without any change, tests are not green: ${test}`);
      }
    }
  }

  /** Whether the unit tests run a file at all. */
  knows(file: string): boolean {
    return this.#modules.has(file);
  }

  close(): Promise<unknown> {
    return Promise.all([this.#modules.close(), this.#builder.close()]);
  }

  judge(change: Change): Promise<Judgement> {
    return this.#tree.with(change, async () => {
      if (!(await this.#modules.replace(change.file))) return { verdict: "broken", by: "" };
      for (const filters of testsOf(change.file)) {
        const { ending, test } = await runUnitTests(filters, UNIT_SECONDS);
        if (ending !== "green")
          return { verdict: "killed", by: ending === "hangs" ? "a test that does not end" : test };
      }
      return await this.#runMachines(change.file);
    });
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

/** Test files that a change is tried on: first those whose name has a word of the file's path, then the others. */
export function testsOf(file: string): string[][] {
  const unit = file.startsWith("kernel/") ? join("kernel", "test", "unit") : join("loader", "test");
  const all = readdirSync(join(repository, unit)).filter((name) => name.endsWith(".test.ts"));
  const words = basename(file, ".ts")
    .split("-")
    .concat(file.includes("intel") ? "intel" : [], file.includes("syscall/") ? "syscall" : []);
  const isClose = (name: string) => words.some((word) => name.includes(word));
  const paths = (names: string[]) => names.map((name) => join(unit, name));
  const close = paths(all.filter(isClose));
  const others = paths(all.filter((name) => !isClose(name)));
  return [close, others].filter((list) => list.length > 0);
}
