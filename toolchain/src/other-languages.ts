// Builds extensions in C, C++ and Rust: their objects, the SDK's start file, its linker script

import { join, relative } from "node:path";
import type { CachedResult } from "./cache.ts";
import type { BuildContext, Product } from "./context.ts";
import { deliver } from "./deliver.ts";
import { BuildError, type Diagnostic } from "./errors.ts";
import { requireLoadable } from "./image-size.ts";
import type { Linked } from "./messages/linker-messages.ts";
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
  const sources = new Map(objects.map((path, index) => [path, relative(root, native[index] ?? part.sources[0] ?? "")]));
  const linked: Linked = { sources, declared: (symbol) => missingCallback(symbol, part, root) };
  const image = await link(cache, { objects, script, flags: [], include, root, linked }).catch((error: unknown) => {
    throw explainHeap(part, error);
  });
  steps.push(image);
  requireLoadable(part.name, image.path("image.elf"));
  const files = { elf: image.path("image.elf"), debug: image.path("image.debug.elf") };
  if (isRust) steps.push(await refuseFloatingPoint(cache, part.name, files.debug, root));
  return deliver(context, part, files, { steps });
}

/** Where an extension begins, in each language. */
const BOOTSTRAP = {
  c: "enum bf_next bootstrap(bf_pp pp)",
  cpp: "Next bootstrap(Pp pp)",
  rust: "callbacks!(bootstrap, vmexit);",
} as const;

/** A callback that the SDK's start file calls. */
function missingCallback(symbol: string, { language, sources }: Part, root: string): Diagnostic | undefined {
  const [, name] = /^(?:bareflank::)?(bootstrap|vmexit)(?:\(.*\))?$/.exec(symbol) ?? [];
  if (name === undefined || language === "typescript") return undefined;
  const form = name === "bootstrap" || language === "rust" ? `: write ${BOOTSTRAP[language]}` : "";
  const message = `there is no ${name}, which the microkernel calls${form}`;
  return { severity: "error", code: "callback", message, file: relative(root, sources[0] ?? "") };
}

/** What a linker misses of an extension that uses a heap and has none. */
const HEAP =
  /^(?:malloc|calloc|realloc|aligned_alloc|free|bf_heap_\w+|operator (?:new|delete)\b.*|__rust_alloc\w*) is used/;

function explainHeap(part: Part, error: unknown): unknown {
  if (part.heap !== undefined || !(error instanceof BuildError)) return error;
  if (!error.diagnostics.some(({ message }) => HEAP.test(message))) return error;
  return new BuildError(error.message, {
    cause: error,
    diagnostics: error.diagnostics,
    hint: 'It wants a heap: "memory": { "maximumKiB": 1024 } in its field "bareflank" says how large.',
  });
}
