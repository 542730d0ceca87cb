// Builds the parts that are compiled from TypeScript: kernel, extension, loader, library

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { ascOptions, ascVersion, developmentOptions } from "./asc-options.ts";
import type { CachedResult } from "./cache.ts";
import { type BuildContext, digestOf, type Product } from "./context.ts";
import { deliver } from "./deliver.ts";
import { type Embedded, embeddedAssembly, refusal } from "./embed.ts";
import { BuildError, type Diagnostic, locate, type SourceLine } from "./errors.ts";
import { fastNames } from "./fast-functions.ts";
import { requireLoadable } from "./image-size.ts";
import { markLines } from "./line-markers.ts";
import { MEMORY_START, WASM_PAGE_KIB } from "./memory.ts";
import type { Linked } from "./messages/linker-messages.ts";
import {
  type CodeModel,
  compileNative,
  joinObjects,
  link,
  linkApplication,
  type NativeSource,
  RUNTIME,
} from "./native.ts";
import type { Part } from "./part.ts";
import { run } from "./tools.ts";
import { type MemoryModel, type Translation, translate } from "./translate.ts";

const WASM2C = createRequire(import.meta.url).resolve("wabt/bin/wasm2c");
const WASM2C_DIGEST = digestOf(readFileSync(WASM2C));

/** Builds one part; its products lie in `productFolder`. */
export async function buildModule(context: BuildContext, part: Part): Promise<Product> {
  const steps: CachedResult[] = [];
  const keep = async (step: Promise<CachedResult>) => {
    const result = await step;
    steps.push(result);
    return result;
  };
  const wasm = await keep(compile(context, part));
  const files: Record<string, string> = { wasm: wasm.path("module.wasm"), map: wasm.path("module.wasm.map") };
  if (part.type !== "library") Object.assign(files, await buildNative(context, part, wasm, keep));
  return deliver(context, part, files, { steps, development: isDevelopment(context, part) });
}

export type Keep = (step: Promise<CachedResult>) => Promise<CachedResult>;

/** Lines and variables for debuggers and backtraces. The columns would be those of the C file. */
const DEBUG_FLAGS = ["-g", "-gdwarf-4", "-gno-column-info"];
/** What is released does not depend on the folder that it was built in. */
const RELEASE_FLAGS = [...DEBUG_FLAGS, "-fdebug-compilation-dir=."];
const DEVELOPMENT_FLAGS = [...DEBUG_FLAGS, "-O0"];

/** Parts that have a file with symbols. */
const hasLines = ({ type }: Part) => type === "kernel" || type === "extension";

/** The development profile is one of extensions in TypeScript: everything else compiles soon enough, or has to be fast. */
const isDevelopment = (context: BuildContext, part: Part) => context.development && part.type === "extension";

/** TypeScript to WebAssembly. */
function compile(context: BuildContext, part: Part): Promise<CachedResult> {
  const { root, cache } = context;
  const memory = {
    initialPages: Math.ceil(part.memory.initialKiB / WASM_PAGE_KIB),
    maximumPages: Math.ceil(part.memory.maximumKiB / WASM_PAGE_KIB),
  };
  const exportTable = part.type === "extension";
  const { runtime } = part;
  const development = isDevelopment(context, part);
  const options = development ? developmentOptions(runtime) : ascOptions(runtime);
  const isShared = exportTable && part.instance === "shared";
  const defines = isShared ? [...part.defines, "SHARED_INSTANCE"] : part.defines;
  const names = part.entries.map((path) => relative(root, path));
  const { callbacks } = part;
  const key = [ascVersion(runtime), options, exportTable, part.memory, defines, names, callbacks];
  return cache.run("asc", key, async () => {
    context.onStep(part.name, "TypeScript to WebAssembly");
    const result = await context.compilers.compile({
      root,
      entries: part.entries,
      ...memory,
      exportTable,
      runtime,
      defines,
      callbacks,
      development,
    });
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    for (const diagnostic of result.diagnostics) {
      if (diagnostic.severity === "warning") context.onWarning(diagnostic);
    }
    if (errors.length > 0 || result.wasm === undefined || result.sourceMap === undefined) {
      throw new BuildError(`${part.name} does not compile.`, { diagnostics: errors });
    }
    if (result.dataEnd > part.memory.initialKiB * 1024) {
      const needed = 4 * Math.ceil(result.dataEnd / 4096);
      throw new BuildError(`The data of ${part.name} ends at ${needed} KiB, its memory at ${part.memory.initialKiB}.`, {
        hint: `Set "memory": { "initialKiB": ${needed} } or more in its package.json.`,
      });
    }
    const files = new Map<string, Uint8Array | string>([
      ["module.wasm", result.wasm],
      ["module.wasm.map", result.sourceMap],
      // The same package elsewhere has the same result, and files of its own
      ["embedded.json", JSON.stringify(result.embedded.map((file) => ({ ...file, path: relative(root, file.path) })))],
      ["memory.json", JSON.stringify({ dataEnd: result.dataEnd })],
    ]);
    return { files, inputs: result.inputs };
  });
}

/** WebAssembly to machine code. */
async function buildNative(context: BuildContext, part: Part, wasm: CachedResult, keep: Keep) {
  const { root, cache } = context;
  const others = part.native.filter((path) => !path.endsWith(".c"));
  const translated = await keep(toC(context, part, wasm, extraC(part)));
  const options = {
    model: CODE_MODEL[part.type] ?? "low",
    include: [...part.include, ...new Set(part.native.map((path) => dirname(path))), root],
    flags: [...(part.runtime === "managed" ? MANAGED_FLAGS : []), ...part.cflags],
    root,
  };
  context.onStep(part.name, "WebAssembly to machine code");
  const unit = { path: `${part.name}.c`, text: readFileSync(translated.path("module.c"), "utf8") };
  const sources: NativeSource[] = [unit, ...others.map((path) => ({ path }))];
  if (part.type !== "loader") sources.push({ path: join(RUNTIME, "freestanding.c") });
  if (part.runtime === "managed") sources.push({ path: join(RUNTIME, "unwind.S") });
  if (part.type === "extension") sources.push(...embeddedSource(wasm, root));
  const forDebuggers = isDevelopment(context, part) ? DEVELOPMENT_FLAGS : hasLines(part) ? RELEASE_FLAGS : [];
  const objects = await Promise.all(
    sources.map((source) =>
      keep(
        compileNative(
          cache,
          source,
          source === unit ? { ...options, flags: [...options.flags, ...forDebuggers] } : options,
        ),
      ),
    ),
  );
  const paths = objects.map((object) => object.path("object.o"));
  const header = translated.path("module.h");
  if (part.type === "uefi") {
    const image = await keep(linkApplication(cache, paths, root));
    return { application: image.path("image.efi"), header };
  }
  if (part.type === "loader") {
    const object = paths.length === 1 ? objects[0] : await keep(joinObjects(cache, paths, root));
    return { object: object?.path("object.o") ?? "", header };
  }
  const script = part.linkerScript ?? join(RUNTIME, part.type === "kernel" ? "kernel.ld" : "extension.ld");
  const flags = part.type === "kernel" ? ["--emit-relocs"] : [];
  const linked: Linked = {
    sources: new Map(paths.map((path, index) => [path, relative(root, sources[index]?.path ?? part.name)])),
    declared: (symbol) => missingImport(symbol, wasm.inputs, root),
  };
  const image = await keep(link(cache, { objects: paths, script, flags, include: options.include, root, linked }));
  if (part.type === "extension") requireLoadable(part.name, image.path("image.elf"));
  return { elf: image.path("image.elf"), debug: image.path("image.debug.elf"), header };
}

/** The files that a module embeds, as assembly. They were there when it was compiled, which may be a while ago. */
function embeddedSource(wasm: CachedResult, root: string): NativeSource[] {
  const kept = JSON.parse(readFileSync(wasm.path("embedded.json"), "utf8")) as Embedded[];
  const files = kept.map((file) => ({ ...file, path: join(root, file.path) }));
  const diagnostics = files.flatMap(({ path, name, by, line, column }): Diagnostic[] => {
    const why = refusal(path);
    return why === undefined
      ? []
      : [{ severity: "error", code: "embed", message: `${name} ${why} (${path})`, file: by, line, column }];
  });
  if (diagnostics.length > 0) throw new BuildError("A file that is embedded cannot be.", { diagnostics });
  if (files.length === 0) return [];
  return [{ path: "embedded.S", text: embeddedAssembly(files), inputs: files.map(({ path }) => path) }];
}

/** The declaration that a C symbol `<file>_<function>` stands for, when nobody has the function. */
function missingImport(symbol: string, inputs: readonly string[], root: string): Diagnostic | undefined {
  const [, module = "", name = ""] = /^([A-Za-z0-9]+)_(\w+)$/.exec(symbol) ?? [];
  const place = declaration(module, name, inputs, root);
  if (place === undefined) return undefined;
  const message =
    `${name} is declared, and nobody has it: it is an INTRINSIC(…, ${module}, ${name}, …) of a header among ` +
    `"intrinsics", or the C function ${symbol} of a file among "native"`;
  return { severity: "error", code: "link", message, ...place };
}

/** Where `module.ts` declares a name that native code has. */
function declaration(module: string, name: string, inputs: readonly string[], root: string): SourceLine | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  for (const path of inputs) {
    if (basename(path) !== `${module}.ts` || !existsSync(path)) continue;
    const source = readFileSync(path, "utf8");
    const found = new RegExp(`\\bdeclare (?:function|const|let|var) (${name})\\b`, "d").exec(source);
    const [offset] = found?.indices?.[1] ?? [];
    if (offset !== undefined) return { file: relative(root, path), ...locate(source, offset) };
  }
  return undefined;
}

/** Every function has a frame, and calls are calls: an error's stack trace follows them. */
const MANAGED_FLAGS = ["-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"];

/** Where the variables of such a module end at most; the note asks for what they take. */
const BROUGHT_INITIAL_KIB = MEMORY_START / 1024 + 256;
/** What the compiler may believe of its memory. */
const BROUGHT_MODEL_KIB = 4 * 1024 * 1024;
const PAGE_BYTES = 4096;

/** What an extension in another language has of TypeScript: an object with its functions, and a note that asks for its memory. */
export async function buildBrought(
  context: BuildContext,
  extension: Part,
  brought: { readonly entries: readonly string[]; readonly heapKiB: number },
  keep: Keep,
): Promise<string> {
  const part: Part = {
    ...extension,
    name: "brought",
    language: "typescript",
    entries: brought.entries,
    native: [],
    memory: { initialKiB: BROUGHT_INITIAL_KIB, maximumKiB: BROUGHT_MODEL_KIB },
    instance: "shared",
    defines: [...extension.defines, "OTHER_LANGUAGE"],
  };
  const { root, cache } = context;
  const wasm = await keep(compile(context, part));
  const { dataEnd } = JSON.parse(readFileSync(wasm.path("memory.json"), "utf8")) as { dataEnd: number };
  const initialPages = Math.max(1, Math.ceil((dataEnd - MEMORY_START) / PAGE_BYTES));
  const heapPages = (brought.heapKiB * 1024) / PAGE_BYTES;
  const maximumPages = Math.max(initialPages, initialPages - 1 + heapPages);
  const extra = [
    memoryNote("0", initialPages, maximumPages),
    "_Noreturn void module_trap(u32 code) { __builtin_trap(); }",
    // defaults.S calls it before all constructors
    '__attribute__((visibility("hidden"))) void bf_begin_brought(void) { module_init(); }',
  ].join("\n");
  const translated = await keep(toC(context, part, wasm, extra));
  const unit = { path: "brought.c", text: readFileSync(translated.path("module.c"), "utf8") };
  // What a handler in C++ throws gets through to whom has called handle_exit
  const flags = extension.std === undefined ? [] : ["-fasynchronous-unwind-tables"];
  const options = { model: "anywhere", include: [root], flags, root } as const;
  return (await keep(compileNative(cache, unit, options))).path("object.o");
}

const CODE_MODEL: Partial<Record<Part["type"], CodeModel>> = {
  kernel: "low",
  extension: "anywhere",
  loader: "linux",
  uefi: "uefi",
};

/** One C translation unit, `module.c`, and its border, `module.h`. */
function toC(context: BuildContext, part: Part, wasm: CachedResult, extra: string): Promise<CachedResult> {
  const { root, cache } = context;
  const module = part.name.replace(/[^A-Za-z0-9]/g, "");
  const memory = memoryModel(part);
  const native = part.native.filter((path) => path.endsWith(".c"));
  const fast = part.fast === undefined ? undefined : fastNames(root, part.fast);
  const names = [part.intrinsics, native].map((paths) => paths.map((path) => relative(root, path)));
  const key = [
    WASM2C_DIGEST,
    module,
    memory,
    names,
    isPerProcessor(part),
    part.runtime,
    fast,
    extra,
    ...(hasLines(part) ? [cache.digest(wasm.path("module.wasm.map"))] : []),
    cache.digest(wasm.path("module.wasm")),
  ];
  return cache.run("c", key, async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const output = join(folder, "module.c");
      const { path, places } = hasLines(part) ? await marked(wasm, folder) : { path: wasm.path("module.wasm") };
      const features = part.runtime === "managed" ? ["--enable-exceptions"] : [];
      const args = ["--liftoff-only", WASM2C, path, "--module-name", module, "--output", output, ...features];
      await run("wasm2c", process.execPath, args, root);
      const translation: Translation = translate({
        module,
        memory,
        header: await readFile(join(folder, "module.h"), "utf8"),
        source: await readFile(output, "utf8"),
        intrinsics: part.intrinsics.map((path) => ({
          include: relative(root, path),
          text: readFileSync(path, "utf8"),
        })),
        native: native.map((path) => relative(root, path)),
        perProcessor: isPerProcessor(part),
        managed: part.runtime === "managed",
        fast,
        ...(places === undefined ? {} : { places }),
        extra,
        declared: (from, name) => declaration(from, name, wasm.inputs, root),
      });
      const files = new Map([
        ["module.c", translation.source],
        ["module.h", translation.header],
      ]);
      return { files, inputs: part.intrinsics };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** The module with markers of lines, in a file, and what they stand for. */
async function marked(wasm: CachedResult, folder: string) {
  const [bytes, map] = [await readFile(wasm.path("module.wasm")), await readFile(wasm.path("module.wasm.map"), "utf8")];
  const { wasm: module, places } = markLines(bytes, map);
  const path = join(folder, "marked.wasm");
  await writeFile(path, module);
  return { path, places };
}

function memoryModel(part: Part): MemoryModel {
  const bases: Partial<Record<Part["type"], string>> = {
    // Where the loader puts it: relocations.ts
    kernel: "module_memory",
    extension: "BF_EXT_MEMORY_BASE",
  };
  const maximumKiB = part.type === "extension" ? part.memory.maximumKiB : part.memory.initialKiB;
  return {
    base: bases[part.type],
    initialBytes: part.memory.initialKiB * 1024,
    maximumBytes: maximumKiB * 1024,
  };
}

const isPerProcessor = (part: Part) => part.type === "extension" && part.instance === "per-processor";

/** Room for the settings of an extension: lines `key=value`. */
const SETTINGS_BYTES = 1024;

/** Notes, and the kernel's linear memory, which is a segment of its image. */
function extraC(part: Part): string {
  const bytes = part.memory.initialKiB * 1024 - MEMORY_START;
  if (part.type === "kernel") {
    return [
      note("version", "u64", "BF_NOTE_KERNEL", "BF_BOOT_VERSION"),
      note("relocations", "struct bf_relocations", "BF_NOTE_RELOCATIONS", "{0, 0}"),
      `__asm__(".pushsection .linear_memory,\\"aw\\",@nobits\\n.balign 4096\\n.skip ${bytes}\\n.popsection");`,
    ].join("\n");
  }
  if (part.type === "extension") {
    const flags = isPerProcessor(part) ? "BF_EXT_MEMORY_PER_PP" : "0";
    const maximum = part.memory.maximumKiB * 1024 - MEMORY_START;
    return [
      memoryNote(flags, bytes / 4096, maximum / 4096),
      // In .data, though nothing writes it: constants would be folded, and the file must have bytes for it
      `char bareflank_settings[${SETTINGS_BYTES}] __attribute__((section(".data.settings"), used)) = {0};`,
      `const u32 bareflank_settings_bytes = ${SETTINGS_BYTES};`,
      note(
        "settings",
        "struct bf_extension_settings",
        "BF_NOTE_EXTENSION_SETTINGS",
        `{(u64)bareflank_settings, ${SETTINGS_BYTES}}`,
      ),
    ].join("\n");
  }
  return "";
}

/** Asks for linear memory: EXT_MEMORY_*, pages of 4 KiB at start, and at most. */
function memoryNote(flags: string, initialPages: number, maximumPages: number): string {
  const fields = [1, flags, initialPages, maximumPages, MEMORY_START, 0].join(", ");
  return note("memory", "struct bf_extension_memory", "BF_NOTE_EXTENSION_MEMORY", `{${fields}}`);
}

/** An ELF note with the owner "Bareflank". */
function note(name: string, type: string, number: string, value: string): string {
  return [
    `static const struct __attribute__((packed)) { u32 name_bytes, descriptor_bytes, type; char name[12]; ${type} value; }`,
    `    bareflank_note_${name} __attribute__((section(".note.bareflank"), used, aligned(4)))`,
    `    = {sizeof("Bareflank"), sizeof(${type}), ${number}, "Bareflank", ${value}};`,
  ].join("\n");
}
