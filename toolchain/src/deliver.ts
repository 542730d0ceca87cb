// Copies results from the cache to where they are looked for

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ascVersion } from "./asc-options.ts";
import { type CachedResult, writeProduct } from "./cache.ts";
import { type BuildContext, digestOf, type Product, productFolder } from "./context.ts";
import type { Part } from "./part.ts";

/** Endings of products by role. */
const ENDINGS = {
  wasm: ".wasm",
  map: ".wasm.map",
  elf: ".elf",
  debug: ".debug.elf",
  object: ".o",
  header: ".h",
  module: ".ko",
  application: ".efi",
} as const;

export type Role = keyof typeof ENDINGS;

/** What a product was made by, besides its files. */
export interface Origin {
  readonly steps: readonly CachedResult[];
  /** Inputs of other parts that it links. */
  readonly inputs?: readonly string[];
  /** Whether those came from the cache. */
  readonly cached?: boolean;
  /** Made with the development profile. */
  readonly development?: boolean;
}

/** The contents of `manifest.json` beside a part's products: what exactly was built together. */
export interface ProductManifest {
  readonly part: string;
  readonly type: string;
  /** Version of the AssemblyScript compiler. */
  readonly asc: string;
  /** Not there in a release. */
  readonly profile?: "development";
  readonly files: Readonly<Partial<Record<Role, { file: string; sha256: string; bytes: number }>>>;
}

/** Writes the products that changed, and a manifest of their digests. */
export function deliver(
  context: BuildContext,
  part: Part,
  made: Partial<Record<Role, string>>,
  origin: Origin,
): Product {
  const folder = productFolder(context.build, part);
  const files: Record<string, string> = {};
  const digests: Record<string, { file: string; sha256: string; bytes: number }> = {};
  for (const [role, path] of Object.entries(made)) {
    const base = role === "module" ? part.module : part.name;
    const name = `${base}${ENDINGS[role as Role]}`;
    const data = readFileSync(path);
    files[role] = join(folder, name);
    digests[role] = { file: name, sha256: digestOf(data), bytes: data.length };
    writeProduct(join(folder, name), data);
  }
  const manifest: ProductManifest = {
    part: part.name,
    type: part.type,
    asc: ascVersion(part.runtime),
    ...(origin.development === true ? { profile: "development" } : {}),
    files: digests,
  };
  writeProduct(join(folder, "manifest.json"), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return {
    part: part.name,
    type: part.type,
    files,
    inputs: [...origin.steps.flatMap((step) => step.inputs), ...(origin.inputs ?? [])],
    development: origin.development === true,
    cached: origin.steps.every((step) => step.hit) && origin.cached !== false,
  };
}
