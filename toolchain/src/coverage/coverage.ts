// Branch coverage of asc modules: twins with counters, and what tests made of them

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ascVersion, unoptimizedOptions } from "../asc-options.ts";
import { Cache } from "../cache.ts";
import { Compilers } from "../compilers.ts";
import { digestOf, productFolder } from "../context.ts";
import { BuildError } from "../errors.ts";
import { COVERAGE_IMPORTS } from "./instrument.ts";
import { WASM_PAGE_KIB } from "../memory.ts";
import { type DeclaredPart, resolvePart, type Workspace } from "../part.ts";
import { placeOf, readSourceMap } from "../source-map.ts";
import { findCalls, scanWasm } from "../wasm.ts";

/** A condition in the source. */
export interface Branch {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Which of the conditions that asc gives this place, from 0. */
  readonly ordinal: number;
  /** Whether tests saw it hold, and not hold. */
  readonly taken: boolean;
  readonly passed: boolean;
}

/** What a test file made of one twin. */
interface Hits {
  readonly test: string;
  readonly twin: string;
  readonly taken: readonly number[];
  readonly entered: readonly number[];
}

/** What one test file executes. */
export interface Executed {
  readonly branches: readonly Branch[];
  /** Names of functions, as the compiler gives them: `kernel/src/vm/createVm`. */
  readonly functions: readonly string[];
}

/** Where the counters of one workspace and what they counted lie. */
export class Coverage {
  readonly #workspace: Workspace;
  readonly #folder: string;
  readonly #places = new Map<string, readonly Place[]>();
  readonly #names = new Map<string, ReadonlyMap<number, string>>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#folder = join(workspace.build, "coverage");
  }

  /** Environment in which tests run on the twins. */
  get environment(): Record<string, string> {
    const hook = new URL("./coverage-hook.mjs", import.meta.url).href;
    return {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import ${hook}`.trim(),
      BF_COVERAGE_TWINS: join(this.#folder, "twins.json"),
      BF_COVERAGE_HITS: join(this.#folder, "hits"),
    };
  }

  /** Builds the twin of each part's module, which must have been built before, and forgets former hits. */
  async prepare(parts: readonly DeclaredPart[]): Promise<void> {
    const { root, build } = this.#workspace;
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(join(this.#folder, "hits"), { recursive: true });
    const cache = new Cache(process.env.BF_CACHE ?? join(build, ".cache"), root);
    const compilers = new Compilers();
    try {
      const twins = await Promise.all(parts.map((part) => this.#twin(part, cache, compilers)));
      writeFileSync(join(this.#folder, "twins.json"), JSON.stringify(Object.fromEntries(twins)));
    } finally {
      await compilers.close();
    }
  }

  async #twin(declared: DeclaredPart, cache: Cache, compilers: Compilers): Promise<[string, string]> {
    const { root, build } = this.#workspace;
    const part = resolvePart(declared);
    const initialPages = Math.ceil(part.memory.initialKiB / WASM_PAGE_KIB);
    const maximumPages = Math.ceil(part.memory.maximumKiB / WASM_PAGE_KIB);
    const { entries, defines } = part;
    const request = { root, entries, defines, initialPages, maximumPages, coverage: true };
    const names = entries.map((path) => relative(root, path));
    const key = [ascVersion("none"), unoptimizedOptions("none"), names, defines, initialPages];
    const step = await cache.run("twin", key, async () => {
      const { wasm, sourceMap, inputs, diagnostics } = await compilers.compile(request);
      if (wasm === undefined || sourceMap === undefined) {
        throw new BuildError(`${part.name} does not compile with counters.`, { diagnostics });
      }
      return {
        files: new Map<string, Uint8Array | string>([
          ["twin.wasm", wasm],
          ["twin.map", sourceMap],
        ]),
        inputs,
      };
    });
    const twin = join(this.#folder, `${part.name}.wasm`);
    writeFileSync(twin, readFileSync(step.path("twin.wasm")));
    writeFileSync(`${twin}.map`, readFileSync(step.path("twin.map")));
    const shipped = readFileSync(join(productFolder(build, part), `${part.name}.wasm`));
    return [digestOf(shipped), twin];
  }

  /** The branches of all twins, merged by their place in the source. */
  report(): Branch[] {
    return this.#branchesOf(this.#hits());
  }

  /** The same of each test file, and the functions it enters. */
  reportByTest(): Map<string, Executed> {
    const byTest = new Map<string, Hits[]>();
    for (const hits of this.#hits()) byTest.set(hits.test, [...(byTest.get(hits.test) ?? []), hits]);
    const executed = (hits: readonly Hits[]): Executed => ({
      branches: this.#branchesOf(hits),
      functions: [...new Set(hits.flatMap(({ twin, entered }) => this.#functions(twin, entered)))],
    });
    return new Map([...byTest].map(([test, hits]) => [test, executed(hits)]));
  }

  #functions(twin: string, entered: readonly number[]): string[] {
    const names = this.#names.get(twin) ?? namesOf(twin);
    this.#names.set(twin, names);
    return entered.flatMap((id) => names.get(id) ?? []);
  }

  #branchesOf(hits: readonly Hits[]): Branch[] {
    const places = new Map<string, Branch>();
    const twins = JSON.parse(readFileSync(join(this.#folder, "twins.json"), "utf8")) as Record<string, string>;
    for (const twin of Object.values(twins)) {
      const taken = new Set(hits.filter((list) => list.twin === twin).flatMap((list) => list.taken));
      for (const branch of this.#branches(twin, taken)) {
        const key = `${branch.file}:${branch.line}:${branch.column}:${branch.ordinal}`;
        const known = places.get(key);
        const merged = { taken: known?.taken || branch.taken, passed: known?.passed || branch.passed };
        places.set(key, { ...branch, ...merged });
      }
    }
    return [...places.values()].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  }

  #hits(): Hits[] {
    const folder = join(this.#folder, "hits");
    return readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Hits[]);
  }

  /** The branches of one twin, and whether an outcome was among these. */
  #branches(twin: string, taken: ReadonlySet<number>): Branch[] {
    const places = this.#places.get(twin) ?? placesOf(twin);
    this.#places.set(twin, places);
    return places.map(({ id, ...place }) => ({ ...place, taken: taken.has(id), passed: taken.has(id + 1) }));
  }
}

/** Where a branch is, and the first of its two counters, which stands behind the condition. */
interface Place extends Omit<Branch, "taken" | "passed"> {
  readonly id: number;
}

/** The branches of one twin, without those of tests. */
function placesOf(twin: string): Place[] {
  const mappings = readSourceMap(readFileSync(`${twin}.map`, "utf8"));
  const calls = findCalls(readFileSync(twin), COVERAGE_IMPORTS.module, COVERAGE_IMPORTS.hit);
  // Instances of one generic function have the same conditions in the same order, so each place counts from 0 in each.
  const seen = new Map<string, number>();
  return calls.flatMap(({ argument, offset, start }) => {
    if (argument % 2 !== 0) return [];
    const place = placeOf(mappings, start, offset);
    if (place === undefined) return [];
    const { file, line, column } = place;
    if (file.includes("/test/")) return [];
    const within = `${start} ${file}:${line}:${column}`;
    const ordinal = seen.get(within) ?? 0;
    seen.set(within, ordinal + 1);
    return [{ file, line, column, ordinal, id: argument }];
  });
}

/** The functions of one twin by the numbers of their counters. */
function namesOf(twin: string): Map<number, string> {
  const wasm = readFileSync(twin);
  const names = new Map(scanWasm(wasm).functions.map(({ start, name }) => [start, name]));
  const calls = findCalls(wasm, COVERAGE_IMPORTS.module, COVERAGE_IMPORTS.enter);
  return new Map(calls.map(({ argument, start }) => [argument, names.get(start) ?? ""]));
}
