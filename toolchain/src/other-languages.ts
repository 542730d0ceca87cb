// Builds extensions in C, C++ and Rust: their objects, the SDK's start file, its linker script

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CachedResult } from "./cache.ts";
import type { BuildContext, Product } from "./context.ts";
import { deliver } from "./deliver.ts";
import { BuildError, type Diagnostic } from "./errors.ts";
import { requireLoadable } from "./image-size.ts";
import type { Linked } from "./messages/linker-messages.ts";
import { explainUnused, meant, requireCalled } from "./messages/native-callbacks.ts";
import { buildBrought } from "./module.ts";
import { compileNative, link, RUNTIME } from "./native.ts";
import type { Part } from "./part.ts";
import { compileRust, refuseFloatingPoint } from "./rust.ts";
import { standardLibrary } from "./standard-library.ts";

/** What an author's own sources are told of beside, which what wasm2c makes has by the hundred. */
const AUTHOR_FLAGS = ["-Wunused-function"];

/** Builds one extension; its products lie in `productFolder`. */
export async function buildExtension(context: BuildContext, part: Part): Promise<Product> {
  const { root, cache } = context;
  const include = [...part.include, root];
  const std = part.std === undefined ? undefined : standardLibrary();
  const defines = std === undefined ? [] : ["BF_STD"];
  const options = { model: "anywhere", include, root, std } as const;
  const flags = (path: string) => [
    ...(path.endsWith(".S") ? defines.map((name) => `-D${name}`) : []),
    ...(part.sources.includes(path) ? AUTHOR_FLAGS : []),
    ...part.cflags,
  ];
  context.onStep(part.name, "compiling");
  const isRust = part.language === "rust";
  const native = [
    ...(isRust ? [] : part.sources),
    ...part.native,
    ...(part.std ?? []),
    join(RUNTIME, "freestanding.c"),
  ];
  const compiled = native.map((path) => compileNative(cache, { path }, { ...options, flags: flags(path) }));
  const steps: CachedResult[] = await Promise.all(compiled).catch((error: unknown) => {
    throw explainLibrary(part, explainUnused(part, error));
  });
  const objects = steps.map((step) => step.path("object.o"));
  if (isRust) {
    const rust = await compileRust(cache, part, root);
    steps.push(...rust);
    objects.push(...rust.slice(-1).map((step) => step.path("lib.a")));
  }
  const entries = [...(part.heap?.entries ?? []), ...usedExports(part.exports, objects)];
  if (entries.length > 0) {
    const keep = async (step: Promise<CachedResult>) => {
      const result = await step;
      steps.push(result);
      return result;
    };
    objects.push(await buildBrought(context, part, { entries, heapKiB: part.heap?.maximumKiB ?? 0 }, keep));
  }
  context.onStep(part.name, "linking");
  const script = part.linkerScript ?? join(RUNTIME, "extension.ld");
  const sources = new Map(objects.map((path, index) => [path, relative(root, native[index] ?? part.sources[0] ?? "")]));
  if (std !== undefined) objects.push(...std.archives);
  const linked: Linked = { sources, declared: (symbol) => missingCallback(symbol, part, root) };
  const image = await link(cache, {
    ...{ objects, script, defines, include, root, linked },
    flags: std === undefined ? [] : ["--eh-frame-hdr", "--no-dependent-libraries", "--no-relax"],
  }).catch((error: unknown) => {
    throw explainLibrary(part, explainHeap(part, error));
  });
  steps.push(image);
  requireCalled(part, image.path("image.debug.elf"), root);
  requireLoadable(part.name, image.path("image.elf"));
  const files = { elf: image.path("image.elf"), debug: image.path("image.debug.elf") };
  if (isRust) steps.push(await refuseFloatingPoint(cache, part.name, files.debug, root));
  return deliver(context, part, files, { steps });
}

/** Functions that a file of TypeScript has for other languages. */
const EXPORTED = /^export function (bf_\w+)/gm;

/** The files of which the objects use a function: its name stands in a table of theirs. */
function usedExports(files: readonly string[], objects: readonly string[]): string[] {
  if (files.length === 0) return [];
  const tables = objects.map((path) => readFileSync(path));
  return files.filter((file) => {
    const names = [...readFileSync(file, "utf8").matchAll(EXPORTED)].map(([, name = ""]) => name);
    return names.some((name) => tables.some((table) => table.includes(`${name}\0`)));
  });
}

/** Where an extension begins, in each language. */
const BOOTSTRAP = {
  c: "enum bf_next bootstrap(bf_pp pp)",
  cpp: "Next bootstrap(Pp pp)",
  rust: "callbacks!(bootstrap, vmexit);",
} as const;

/** A callback that the SDK's start file calls. */
function missingCallback(symbol: string, part: Part, root: string): Diagnostic | undefined {
  const { language, sources } = part;
  const [, name] = /^(?:bareflank::)?(bootstrap|vmexit)(?:\(.*\))?$/.exec(symbol) ?? [];
  if (name === undefined || language === "typescript") return undefined;
  const other = name === "bootstrap" ? meant(name, part, root) : undefined;
  if (other !== undefined) return other;
  const form = name === "bootstrap" || language === "rust" ? `: write ${BOOTSTRAP[language]}` : "";
  const message = `there is no ${name}, which the microkernel calls${form}`;
  return { severity: "error", code: "callback", message, file: relative(root, sources[0] ?? "") };
}

/** What a linker misses of an extension that uses a heap and has none. */
const HEAP =
  /^(?:malloc|calloc|realloc|aligned_alloc|free|bf_heap_\w+|operator (?:new|delete)\b.*|__rust_alloc\w*) is used/;

function explainHeap(part: Part, error: unknown): unknown {
  if (part.heap !== undefined) return error;
  return withHint(
    error,
    HEAP,
    'It wants a heap: "memory": { "maximumKiB": 1024 } in its field "bareflank" says how large.',
  );
}

/** What clang misses without the standard library of C++, and what the linker misses with it. */
const WITHOUT_LIBRARY = /^'\w+' file not found$|with exceptions disabled$|requires -frtti$/;
const BELOW_LIBRARY = / is used by .* defined nowhere/;

function explainLibrary(part: Part, error: unknown): unknown {
  if (part.language !== "cpp") return error;
  return part.std === undefined
    ? withHint(
        error,
        WITHOUT_LIBRARY,
        'With "runtime": "std" and "memory": { "maximumKiB": 1024 } in its field "bareflank" it has the standard library, exceptions and type information.',
      )
    : withHint(
        error,
        BELOW_LIBRARY,
        "Below the standard library there are no files, clocks or new threads, and little mathematics: docs/extensions.md has the table.",
      );
}

/** The same error with a hint, where one of its messages is of a kind, and nobody has given one. */
function withHint(error: unknown, kind: RegExp, hint: string): unknown {
  if (!(error instanceof BuildError) || error.hint !== undefined) return error;
  if (!error.diagnostics.some(({ message }) => kind.test(message))) return error;
  return new BuildError(error.message, { cause: error, diagnostics: error.diagnostics, hint });
}
