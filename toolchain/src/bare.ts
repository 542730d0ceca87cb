// Builds the image that starts the loader without any operating system

import { join } from "node:path";
import type { CachedResult } from "./cache.ts";
import { type BuildContext, type Product, requireFile } from "./context.ts";
import { deliver } from "./deliver.ts";
import { BuildError } from "./errors.ts";
import { compileNative, link, RUNTIME } from "./native.ts";
import type { Part } from "./part.ts";

/** Links the part's C and assembly with the object of its loader, by its own linker script. */
export async function buildBare(context: BuildContext, part: Part): Promise<Product> {
  const { root, cache } = context;
  const script = part.linkerScript;
  if (script === undefined) throw new BuildError(`The bare part "${part.name}" names no "linkerScript".`);
  const loader = await context.require(part, "loader", part.loader);
  context.onStep(part.name, "linking");
  const sources = part.native.filter((path) => /\.[cS]$/.test(path));
  const include = [...part.include, root];
  const options = { model: "low", include, flags: part.cflags, root } as const;
  const compiled = [...sources, join(RUNTIME, "freestanding.c")].map((path) => compileNative(cache, { path }, options));
  const steps: CachedResult[] = await Promise.all(compiled);
  const objects = [...steps.map((step) => step.path("object.o")), requireFile(loader, "object")];
  const image = await link(cache, { objects, script, flags: [], include, root });
  steps.push(image);
  const files = { elf: image.path("image.elf"), debug: image.path("image.debug.elf") };
  return deliver(context, part, files, { steps, inputs: loader.inputs, cached: loader.cached });
}
