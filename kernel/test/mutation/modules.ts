// Modules from changed sources, and the unit tests on them

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Compilers } from "../../../toolchain/src/compilers.ts";
import { digestOf, productFolder } from "../../../toolchain/src/context.ts";
import { WASM_PAGE_KIB } from "../../../toolchain/src/memory.ts";
import { findWorkspace, isCompiled, type Part, resolvePart, type Workspace } from "../../../toolchain/src/part.ts";
import { folder, repository, type SourceTree } from "./tree.ts";

/** Packages whose modules the unit tests run. */
const PACKAGES = ["kernel", "loader"];

/** The modules that files of kernel and loader are compiled into. */
export class Modules {
  readonly #compilers = new Compilers();
  readonly #parts: readonly Part[];
  readonly #shipped: Workspace;
  /** The files that each module is made of, below the root; known once it was compiled. */
  readonly #inputs = new Map<string, ReadonlySet<string>>();
  readonly #root: string;

  constructor({ root }: SourceTree) {
    this.#root = root;
    this.#shipped = findWorkspace(repository);
    const parts = findWorkspace(root).parts.filter(isCompiled).map(resolvePart);
    this.#parts = parts.filter((part) => PACKAGES.some((name) => part.folder === join(root, name)));
  }

  /** Compiles all of them once, to learn what they are made of. */
  async learn(): Promise<void> {
    for (const part of this.#parts)
      if ((await this.#compile(part)) === undefined) throw new Error(`${part.name} does not compile.`);
  }

  /** Whether a file is in any of them. */
  has(file: string): boolean {
    return this.#parts.some(({ name }) => this.#inputs.get(name)?.has(join(this.#root, file)));
  }

  /** Compiles those that a file is in, and makes the unit tests run them; false when the change does not compile. */
  async replace(file: string): Promise<boolean> {
    const twins: Record<string, string> = {};
    for (const part of this.#parts) {
      if (this.#inputs.get(part.name)?.has(join(this.#root, file)) !== true) continue;
      const wasm = await this.#compile(part);
      if (wasm === undefined) return false;
      const path = join(folder, `${part.name}.wasm`);
      writeFileSync(path, wasm);
      twins[digestOf(readFileSync(join(productFolder(this.#shipped.build, part), `${part.name}.wasm`)))] = path;
    }
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "twins.json"), JSON.stringify(twins));
    return true;
  }

  close(): Promise<void> {
    return this.#compilers.close();
  }

  /** Without optimization, which takes most of the time. */
  async #compile(part: Part): Promise<Uint8Array | undefined> {
    const { initialKiB, maximumKiB } = part.memory;
    const initialPages = Math.ceil(initialKiB / WASM_PAGE_KIB);
    const maximumPages = Math.ceil(maximumKiB / WASM_PAGE_KIB);
    const request = { root: this.#root, entries: part.entries, initialPages, maximumPages, optimize: false };
    const { wasm, inputs } = await this.#compilers.compile(request);
    if (!this.#inputs.has(part.name)) this.#inputs.set(part.name, new Set(inputs));
    return wasm;
  }
}

/** How tests ended: with all of them green, with one red, or not within the time that they are given. */
export type Ending = "green" | "red" | "hangs";

/** Runs unit tests until one fails, on the modules that were replaced. The first that is red is told. */
export function runUnitTests(filters: readonly string[], seconds: number): Promise<{ ending: Ending; test: string }> {
  const hook = new URL("../../../toolchain/src/coverage-hook.mjs", import.meta.url).href;
  const env = {
    ...process.env,
    NO_COLOR: "1",
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import ${hook}`.trim(),
    BF_COVERAGE_TWINS: join(folder, "twins.json"),
    BF_COVERAGE_HITS: "",
  };
  const words = [
    "run",
    "--project",
    "unit",
    "--bail",
    "1",
    "--no-file-parallelism",
    "--no-isolate",
    "--reporter",
    "json",
  ];
  const args = [...words, "--testTimeout", "60000", ...filters];
  return new Promise((resolve, reject) => {
    // A group of its own, so that a loop without end in one of its processes can be ended, too
    const child = spawn(join(repository, "node_modules/.bin/vitest"), args, {
      cwd: repository,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, seconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      if (hangs) resolve({ ending: "hangs", test: "" });
      else resolve({ ending: code === 0 ? "green" : "red", test: firstFailure(output) });
    });
  });
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

function firstFailure(output: string): string {
  const start = output.indexOf("{");
  if (start < 0) return "";
  const { testResults } = JSON.parse(output.slice(start)) as Report;
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed !== undefined) return `${name.slice(repository.length + 1)}: ${failed.fullName}`;
  }
  return "before any test";
}
