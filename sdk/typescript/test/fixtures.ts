// Builds the extensions in fixtures/src, and runs them on the bare platform

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { withSettings } from "@bareflank/abi/settings";
import { type Options, type Run, run } from "../../../kernel/test/bare/run.ts";
import { COMPILERS } from "../../../test/compilers.ts";
import {
  BuildError,
  Builder,
  type DeclaredPart,
  formatDiagnostic,
  type PartField,
  SymbolTable,
} from "../../../toolchain/src/index.ts";

const repository = resolve(import.meta.dirname, "../../..");
const build = join(repository, "build/test/sdk");

/** What the memory of those grows to that may. */
export const MOST_KIB = 704;

/** Extensions that hold all small ones in fixtures/src, and the small ones with closures, exceptions and a collector. */
const PROBES = { none: "probes", managed: "managed-probes" } as const;
export type Runtime = keyof typeof PROBES;

/** Builds what `runProbe` runs. */
export async function buildProbes(runtime: Runtime = "none"): Promise<void> {
  await buildParts([PROBES[runtime]], { type: "extension", runtime });
}

/** Builds fixtures/src/<name>.ts, a library, for each name; one that does not compile is an error. */
export function buildLibraries(names: readonly string[]): Promise<void> {
  return buildParts(names, { type: "library" });
}

/** Builds extensions with one instance for all processors. */
export function buildSharedFixtures(names: readonly string[]): Promise<void> {
  return buildParts(names, { type: "extension", instance: "shared" });
}

async function buildParts(
  names: readonly string[],
  kind: Pick<DeclaredPart, "type"> & Pick<PartField, "runtime" | "instance">,
): Promise<void> {
  const parts = names.map((name): DeclaredPart => {
    // Those that free memory, or share it, may grow
    const grows = kind.runtime === "managed" || kind.instance === "shared";
    const memory = { initialKiB: 128, ...(grows ? { maximumKiB: MOST_KIB } : {}) };
    const field = { ...kind, entry: `src/${name}.ts`, memory };
    return { type: kind.type, name, folder: join(import.meta.dirname, "fixtures"), field };
  });
  const cache = process.env.BF_CACHE ?? join(repository, "build/.cache");
  const builder = new Builder({ root: repository, parts, build }, { cache, compilers: COMPILERS });
  try {
    const { failures } = await builder.build(parts);
    for (const { part, error } of failures) {
      const details = error instanceof BuildError ? error.diagnostics.map((each) => formatDiagnostic(each)) : [];
      throw new Error([`${part}: ${error.message}`, ...details].join("\n"));
    }
  } finally {
    await builder.close();
  }
}

/** Where a fixture's ELF file is. */
export const fixture = (name: string): string => join(build, "extensions", name, `${name}.elf`);

/** Where a library's module is. */
export const fixtureModule = (name: string): string => join(build, name, `${name}.wasm`);

/** Runs an extension; `append` says what the root VM does (loader/bare/actions.ts). */
export const runFixture = (file: string, append = "", options: Options = {}): Promise<Run> =>
  run(file, { cpuids: 1, append, ...options });

/** Runs one of the extensions that `buildProbes` has built. */
export const runProbe = (name: string, append = "", options: Options = {}): Promise<Run> =>
  runFixture(probe("none", name), append, options);

/** The same with more settings than the one that chooses. */
export const runProbeWith = (settings: readonly string[], name: string): Promise<Run> =>
  runFixture(probe("none", name, settings));

/** The same with closures, exceptions and a collector. */
export const runManagedProbe = (name: string, append = "", options: Options = {}): Promise<Run> =>
  runFixture(probe("managed", name), append, options);

/** The same as the only extension of a manifest, with the pages that it may have beyond those that it begins with. */
export async function runManagedProbeWithin(pages: number, name: string, append = ""): Promise<Run> {
  const manifest = join(build, PROBES.managed, `${name}-${pages}.json`);
  writeFileSync(manifest, JSON.stringify({ extensions: [{ file: probe("managed", name), name, quota: { pages } }] }));
  return await run([], { cpuids: 1, append, manifest });
}

/** The file with the setting that chooses, and its symbols beside it. */
function probe(runtime: Runtime, name: string, settings: readonly string[] = []): string {
  const file = fixture(PROBES[runtime]);
  const chosen = join(build, PROBES[runtime], `${name}.elf`);
  mkdirSync(dirname(chosen), { recursive: true });
  writeFileSync(chosen, withSettings(readFileSync(file), [`probe=${name}`, ...settings]));
  copyFileSync(debugFile(file), debugFile(chosen));
  return chosen;
}

/** Where an ELF file's symbols are. */
const debugFile = (file: string) => file.replace(/\.elf$/, ".debug.elf");

/** Names of the code of all probes. */
export const symbolsOfProbes = (runtime: Runtime): SymbolTable =>
  new SymbolTable(readFileSync(debugFile(fixture(PROBES[runtime]))));

/** What the root VM printed of an action, or undefined. */
export const actionResult = ({ output }: Run, action: string): bigint | undefined => {
  const value = new RegExp(`^bare: ${action} (0x[0-9a-f]+)$`, "m").exec(output)?.[1];
  return value === undefined ? undefined : BigInt(value);
};
