// Builds the extensions in fixtures/src, and runs them on the bare platform

import { join, resolve } from "node:path";
import { type Options, type Run, run } from "../../../kernel/test/bare/run.ts";
import { COMPILERS } from "../../../test/compilers.ts";
import {
  BuildError,
  Builder,
  type DeclaredPart,
  formatDiagnostic,
  type PartField,
} from "../../../toolchain/src/index.ts";

const repository = resolve(import.meta.dirname, "../../..");
const build = join(repository, "build/test/sdk");

/** Builds fixtures/src/<name>.ts for each name; a fixture that does not compile is an error. */
export function buildFixtures(names: readonly string[], type: "extension" | "library" = "extension"): Promise<void> {
  return buildParts(names, { type });
}

/** The same with closures, exceptions and a collector. */
export function buildManagedFixtures(names: readonly string[]): Promise<void> {
  return buildParts(names, { type: "extension", runtime: "managed" });
}

/** The same with one instance for all processors. */
export function buildSharedFixtures(names: readonly string[]): Promise<void> {
  return buildParts(names, { type: "extension", instance: "shared" });
}

async function buildParts(
  names: readonly string[],
  kind: Pick<DeclaredPart, "type"> & Pick<PartField, "runtime" | "instance">,
): Promise<void> {
  const parts = names.map((name): DeclaredPart => {
    const field = { ...kind, entry: `src/${name}.ts`, memory: { initialKiB: 128 } };
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

/** Runs a fixture; `append` says what the root VM does (loader/bare/actions.ts). */
export const runFixture = (name: string, append = "", options: Options = {}): Promise<Run> =>
  run(fixture(name), { cpuids: 1, append, ...options });

/** What the root VM printed of an action, or undefined. */
export const actionResult = ({ output }: Run, action: string): bigint | undefined => {
  const value = new RegExp(`^bare: ${action} (0x[0-9a-f]+)$`, "m").exec(output)?.[1];
  return value === undefined ? undefined : BigInt(value);
};
