// Builds bfm: the package's own build.ts makes the bundle, this decides when

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildContext, type Product, productFolder, requireFile } from "./context.ts";
import { BuildError } from "./errors.ts";
import { filesBelow } from "./files.ts";
import { ABI_HEADERS } from "./native.ts";
import type { Part } from "./part.ts";

/** Library part whose module bfm carries, to check files as the loader and the kernel do. */
const ELF_CHECK = "elf-check";

/** The function that a build.ts of a bfm part exports. */
type BuildFunction = (outputFolder: string, elfCheck: string) => Promise<void>;

export async function buildBundle(context: BuildContext, part: Part): Promise<Product> {
  const script = part.entries[0];
  if (script === undefined) throw new BuildError(`The bfm part "${part.name}" names no "entry".`);
  const check = await context.require(part, "library", ELF_CHECK);
  const folder = productFolder(context.build, part);
  const elfCheck = requireFile(check, "wasm");
  const constants = filesBelow(join(ABI_HEADERS, "..", "node"));
  const inputs = [...filesBelow(part.folder), ...constants, elfCheck];
  const step = await context.cache.run("bundle", [folder, process.version, inputs], async () => {
    context.onStep(part.name, "bundling");
    const { build } = (await import(pathToFileURL(script).href)) as { build: BuildFunction };
    await build(folder, elfCheck);
    return { files: new Map(), inputs: [...inputs, ...filesBelow(folder)] };
  });
  return {
    part: part.name,
    type: part.type,
    files: { bundle: join(folder, "bfm.cjs"), launcher: join(folder, "bfm") },
    inputs: [...check.inputs, ...inputs],
    cached: step.hit && check.cached,
  };
}
