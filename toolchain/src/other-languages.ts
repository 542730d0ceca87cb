// Builds extensions in C, C++ and Rust: their objects, the SDK's start file, its linker script

import { join } from "node:path";
import type { CachedResult } from "./cache.ts";
import type { BuildContext, Product } from "./context.ts";
import { deliver } from "./deliver.ts";
import { BuildError } from "./errors.ts";
import { buildHeap } from "./module.ts";
import { compileNative, link, RUNTIME } from "./native.ts";
import type { Part } from "./part.ts";
import { compileRust, refuseFloatingPoint } from "./rust.ts";

/** Builds one extension; its products lie in `productFolder`. */
export async function buildExtension(context: BuildContext, part: Part): Promise<Product> {
  const { root, cache } = context;
  const include = [...part.include, root];
  const options = { model: "anywhere", include, flags: part.cflags, root } as const;
  context.onStep(part.name, "compiling");
  const isRust = part.language === "rust";
  const native = [...(isRust ? [] : part.sources), ...part.native, join(RUNTIME, "freestanding.c")];
  const compiled = native.map((path) => compileNative(cache, { path }, options));
  const steps: CachedResult[] = await Promise.all(compiled);
  const objects = steps.map((step) => step.path("object.o"));
  if (isRust) {
    const rust = await compileRust(cache, part, root);
    steps.push(...rust);
    objects.push(...rust.slice(-1).map((step) => step.path("lib.a")));
  }
  if (part.heap !== undefined) {
    const keep = async (step: Promise<CachedResult>) => {
      const result = await step;
      steps.push(result);
      return result;
    };
    objects.push(await buildHeap(context, part, part.heap, keep));
  }
  context.onStep(part.name, "linking");
  const script = part.linkerScript ?? join(RUNTIME, "extension.ld");
  const image = await link(cache, { objects, script, flags: [], include, root }).catch((error: unknown) => {
    throw explainHeap(part, error);
  });
  steps.push(image);
  const files = { elf: image.path("image.elf"), debug: image.path("image.debug.elf") };
  if (isRust) steps.push(await refuseFloatingPoint(cache, part.name, files.debug, root));
  return deliver(context, part, files, { steps });
}

/** What a linker says of an extension that uses a heap and has none. */
const HEAP_MISSING =
  /undefined (?:hidden )?symbol: (?:malloc|calloc|realloc|aligned_alloc|free|bf_heap_\w+|operator (?:new|delete)\b|__rust_alloc)/;

function explainHeap(part: Part, error: unknown): unknown {
  if (part.heap !== undefined || !(error instanceof BuildError) || !HEAP_MISSING.test(error.message)) return error;
  return new BuildError(error.message, {
    cause: error,
    hint: 'It wants a heap: "memory": { "maximumKiB": 1024 } in its field "bareflank" says how large.',
  });
}
