// Regenerates the constants of every interface

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { writeProduct } from "./cache.ts";
import type { BuildContext, Product } from "./context.ts";
import { filesBelow } from "./files.ts";
import type { Part } from "./part.ts";

/** Writes what changed below `generated`, so that nobody compiles anew for files that stayed the same. */
export async function buildAbi(_context: BuildContext, part: Part): Promise<Product> {
  const generated = join(part.folder, "generated");
  const sources = filesBelow(join(part.folder, "src"));
  // The digest in the query makes a long-running build read the description again when it changed.
  const version = sources.map((path) => readFileSync(path, "utf8").length).join("-");
  const url = `${pathToFileURL(join(part.folder, "src", "generate.ts")).href}?${version}`;
  const { generate } = (await import(url)) as { generate(): ReadonlyMap<string, string> };
  const wanted = generate();
  let written = 0;
  for (const [name, text] of wanted) if (writeProduct(join(generated, name), Buffer.from(text))) written++;
  const existing = existsSync(generated) ? filesBelow(generated) : [];
  for (const path of existing) if (!wanted.has(relative(generated, path))) rmSync(path);
  return { part: part.name, type: part.type, files: { folder: generated }, inputs: sources, cached: written === 0 };
}
