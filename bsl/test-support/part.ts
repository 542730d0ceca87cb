// The WebAssembly module that ships, running in Node.js with simulated intrinsics

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SimulatedMemory } from "./simulated-memory.ts";
import { compile, type Imports, importsOf, instantiateModule, type ModuleMemory } from "./webassembly.ts";

/** Intrinsics by module (the file's base name) and function. */
export type Intrinsics = Imports;

export interface PartOptions {
  /** Intrinsics besides those of memory.ts and atomic.ts, or instead of them. */
  readonly intrinsics?: Intrinsics;
  /** The machine's memory; a new and empty one unless given. */
  readonly memory?: SimulatedMemory;
  /** Native address at which the module's linear memory shows up. */
  readonly nativeBase?: bigint;
}

/** A module in its machine. */
export interface LoadedPart<T> {
  readonly exports: T;
  readonly memory: SimulatedMemory;
  /** The module's own memory. */
  readonly linear: ModuleMemory;
  /** SHA-256 of the module's bytes, hexadecimal. */
  readonly digest: string;
}

/** Where the kernel's linear memory lies, so that addresses in tests look like those on a machine. */
const NATIVE_BASE = 0x6000_0000n;
/** Linear memory begins behind its unmapped first 64 KiB. */
const DATA_OFFSET = 0x1_0000;

/** Path of a part's module below the checkout's build folder. */
export function partPath(name: string): string {
  return fileURLToPath(new URL(`../../build/${name}/${name}.wasm`, import.meta.url));
}

/**
 * Loads the module of a part that `bf build` has built.
 *
 * An intrinsic that is imported but not given throws when it is called, with its name.
 *
 * @example
 * const { exports, memory } = loadPart<{ checkKernel(file: bigint, bytes: bigint): number }>("elf-check");
 * memory.map(0x1000n, 4096);
 * exports.checkKernel(0x1000n, 10n); // ELF_MAGIC
 */
export function loadPart<T>(name: string, options: PartOptions = {}): LoadedPart<T> {
  const path = partPath(name);
  try {
    return instantiate<T>(readFileSync(path), options);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new Error(`${path} is missing: build it with "npm run bf -- build ${name}"`, { cause });
  }
}

/** Runs a module in a machine. Same options as loadPart. */
export function instantiate<T>(bytes: Uint8Array, options: PartOptions = {}): LoadedPart<T> {
  const memory = options.memory ?? new SimulatedMemory();
  const nativeBase = options.nativeBase ?? NATIVE_BASE;
  const module = compile(bytes);
  const given: Intrinsics = memory.intrinsics(nativeBase);
  for (const [file, functions] of Object.entries(options.intrinsics ?? {})) {
    given[file] = { ...given[file], ...functions };
  }
  const imports: Intrinsics = {};
  for (const { module: file, name } of importsOf(module)) {
    imports[file] = { ...imports[file], [name]: given[file]?.[name] ?? missing(file, name) };
  }
  const exports = instantiateModule(module, imports);
  const linear = exports.memory as ModuleMemory;
  memory.attach(nativeBase, linear, DATA_OFFSET);
  return { exports: exports as T, memory, linear, digest: createHash("sha256").update(bytes).digest("hex") };
}

function missing(file: string, name: string): () => never {
  return () => {
    throw new Error(`the intrinsic ${file}.${name} is not simulated by this test`);
  };
}
