// Modules from changed sources, for the unit tests, and which of their functions a change makes different

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Compilers } from "../../../toolchain/src/compilers.ts";
import { digestOf, productFolder } from "../../../toolchain/src/context.ts";
import { WASM_PAGE_KIB } from "../../../toolchain/src/memory.ts";
import {
  type DeclaredPart,
  findWorkspace,
  isCompiled,
  type Part,
  resolvePart,
  type Workspace,
} from "../../../toolchain/src/part.ts";
import { shapeOf, type WasmShape } from "../../../toolchain/src/wasm.ts";
import { TWINS } from "./test-runner.ts";
import { folder, repository, type SourceTree } from "./tree.ts";

/** Packages whose modules the unit tests run. */
const PACKAGES = ["kernel", "loader"];

/** Parts that only native code is made of: the same module as another's, which unit tests do run. */
const NATIVE = ["kernel-memory-native", "kernel-memory-locks"];

/** The parts of these packages that unit tests run modules of. */
export const modulesOf = ({ root, parts }: Workspace): DeclaredPart[] =>
  parts.filter(
    (part) =>
      isCompiled(part) &&
      part.field.whenNamed !== true &&
      PACKAGES.some((name) => part.folder === join(root, name)) &&
      !NATIVE.includes(part.name),
  );

/** Compilations after which the compiler's thread is replaced: its memory grows. */
const COMPILATIONS = 300;

/**
 * What a change makes different: names of functions, or "everything" when constants of the module itself differ; undefined
 * when it does not compile.
 */
export type Difference = ReadonlySet<string> | "everything" | undefined;

/** The modules that files of kernel and loader are compiled into. */
export class Modules {
  readonly #compilers: Compilers;
  #compilations = 0;
  readonly #parts: readonly Part[];
  readonly #shipped: Workspace;
  /** Of each module without any change: the files that it is made of, below the root, and its functions. */
  readonly #originals = new Map<string, { readonly inputs: ReadonlySet<string>; readonly shape: WasmShape }>();
  readonly #root: string;

  constructor({ root }: SourceTree, compilers: Compilers) {
    this.#root = root;
    this.#compilers = compilers;
    this.#shipped = findWorkspace(repository);
    this.#parts = modulesOf(findWorkspace(root)).map(resolvePart);
  }

  /** Compiles all of them once, to learn what they are made of. */
  async learn(): Promise<void> {
    for (const part of this.#parts) {
      const { wasm, inputs } = await this.#compile(part);
      if (wasm === undefined) throw new Error(`${part.name} does not compile.`);
      this.#originals.set(part.name, { inputs: new Set(inputs), shape: shapeOf(wasm) });
    }
  }

  /** Whether a file is in any of them. */
  has(file: string): boolean {
    return this.#parts.some((part) => this.#isIn(file, part));
  }

  /** Compiles those that a file is in, and makes the unit tests run them. */
  async replace(file: string): Promise<Difference> {
    const twins: Record<string, string> = {};
    const functions = new Set<string>();
    let isEverything = false;
    for (const part of this.#parts) {
      if (!this.#isIn(file, part)) continue;
      const { wasm } = await this.#compile(part);
      if (wasm === undefined) return undefined;
      const path = join(folder, `${part.name}.wasm`);
      writeFileSync(path, wasm);
      twins[digestOf(readFileSync(join(productFolder(this.#shipped.build, part), `${part.name}.wasm`)))] = path;
      const shape = shapeOf(wasm);
      const original = this.#originals.get(part.name)?.shape;
      isEverything ||= shape.rest !== original?.rest;
      // A function that is gone is called by no one, so its former callers are different, too
      for (const [name, digest] of shape.functions) if (original?.functions.get(name) !== digest) functions.add(name);
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(TWINS, JSON.stringify(twins));
    return isEverything ? "everything" : functions;
  }

  #isIn(file: string, { name }: Part): boolean {
    return this.#originals.get(name)?.inputs.has(join(this.#root, file)) === true;
  }

  /** Without optimization, which takes most of the time. */
  async #compile(part: Part) {
    // Those that are closed are started again when they are needed
    if (++this.#compilations % COMPILATIONS === 0) await this.#compilers.close();
    const { initialKiB, maximumKiB } = part.memory;
    const initialPages = Math.ceil(initialKiB / WASM_PAGE_KIB);
    const maximumPages = Math.ceil(maximumKiB / WASM_PAGE_KIB);
    const { entries, defines } = part;
    const request = { root: this.#root, entries, defines, initialPages, maximumPages, optimize: false };
    return await this.#compilers.compile(request);
  }
}
