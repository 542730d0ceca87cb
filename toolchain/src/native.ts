// C and assembly to objects, objects to images: calls of clang, ld.lld and llvm-objcopy

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cache, CachedResult } from "./cache.ts";
import { MEMORY_START } from "./memory.ts";
import { type Linked, linkerDiagnostics } from "./messages/linker-messages.ts";
import { requireMovable } from "./pe.ts";
import { appendRelocations } from "./relocations.ts";
import { run, type Tool, tool } from "./tools.ts";

/** The checkout that this is. */
const CHECKOUT = resolve(import.meta.dirname, "../..");

/** Folder of the freestanding runtime: headers, default linker scripts. */
export const RUNTIME = join(dirname(fileURLToPath(import.meta.url)), "..", "runtime");

/** Folder of bareflank.h. */
export const ABI_HEADERS = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "abi", "generated", "c");

const CODE_MODELS = {
  /**
   * Linked below 2 GiB: addresses fit in 32 bits. No tables of jumps: where no branch is indirect, there is none that a
   * processor's predictor leads where a guest has trained it to.
   */
  low: ["-mcmodel=small", "-fno-pic", "-fno-jump-tables"],
  /** Linked anywhere: addresses relative to the instruction. */
  anywhere: ["-mcmodel=small", "-fPIE"],
  /** A UEFI application: COFF, the calling convention of UEFI (UEFI 2.10, 2.3.4.2), frames that need no probe. */
  uefi: ["--target=x86_64-unknown-windows", "-mno-stack-arg-probe", "-fno-jump-tables"],
  /** Inside a Linux module, or below 2 GiB. */
  linux: ["-mcmodel=kernel", "-fno-pic", "-fno-jump-tables"],
} as const;

export type CodeModel = keyof typeof CODE_MODELS;

const COMMON_FLAGS = [
  ...["--target=x86_64-unknown-none-elf", "-O2", "-ffreestanding", "-nostdinc", "-mgeneral-regs-only"],
  ...["-mno-red-zone", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-fno-strict-aliasing", "-fwrapv"],
  "-fomit-frame-pointer",
  ...["-fvisibility=hidden", "-ffunction-sections", "-fdata-sections", "-fno-common", "-fno-ident"],
  ...[
    "-Wall",
    "-Wextra",
    "-Wno-unused-function",
    "-Wno-unused-parameter",
    "-Wno-unused-variable",
    "-Wno-unused-but-set-variable",
    "-Wno-unused-label",
    "-Werror",
  ],
];

/**
 * For the standard library of C++: as its archives were compiled. What floating point and vectors cost an exit is paid where the
 * source has them; the compiler makes none of its own.
 */
const STD_FLAGS = [
  ...COMMON_FLAGS.filter((flag) => !/^(--target=.*|-ffreestanding|-mgeneral-regs-only)$/.test(flag)),
  ...["--target=x86_64-unknown-linux-gnu", "-mno-implicit-float", "-fno-vectorize", "-fno-slp-vectorize"],
  ...["-fasynchronous-unwind-tables", "-std=c++17", "-nostdinc++", "-D__NO_INLINE__", "-DBF_STD"],
];

const C_FLAGS = ["-std=gnu11"];
/** The language without a library: no exceptions, no type information, no guards and destructors of statics. */
const CPP_FLAGS = [
  ...["-std=c++17", "-nostdinc++", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics"],
  "-fno-c++-static-destructors",
];

/** The standard library of C++: folders of headers in front of clang's own and behind them, and what is linked. */
export interface StandardLibrary {
  readonly before: readonly string[];
  readonly behind: readonly string[];
  readonly archives: readonly string[];
}

/** Something to compile: a file, or a text with the name that messages shall give it. */
export interface NativeSource {
  readonly path: string;
  readonly text?: string;
  /** What the text has the assembler read. */
  readonly inputs?: readonly string[];
}

/** How to compile it. */
export interface NativeOptions {
  readonly model: CodeModel;
  readonly include: readonly string[];
  readonly flags: readonly string[];
  /** What C++ is compiled with, where it has it. */
  readonly std?: StandardLibrary | undefined;
  /** Where messages' paths start. */
  readonly root: string;
}

/** Compiles one C or assembly file; the result's file is `object.o`. */
export function compileNative(cache: Cache, source: NativeSource, options: NativeOptions): Promise<CachedResult> {
  const clang = tool("clang");
  const include = [RUNTIME, ABI_HEADERS, ...options.include].flatMap((folder) => ["-I", folder]);
  const isCpp = /\.(cpp|cc|cxx)$/.test(source.path);
  const std = isCpp ? options.std : undefined;
  const folders = [...(std?.before ?? []), join(resourceFolder(clang), "include"), ...(std?.behind ?? [])];
  const headers = folders.flatMap((folder) => ["-isystem", folder]);
  const language = std !== undefined ? STD_FLAGS : [...COMMON_FLAGS, ...(isCpp ? CPP_FLAGS : C_FLAGS)];
  const flags = [...language, ...CODE_MODELS[options.model], ...include, ...headers, ...options.flags];
  const key = [clang.identity, flags, source.path, source.text ?? ""];
  return cache.run("object", key, async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const input = source.text === undefined ? source.path : join(folder, basename(source.path));
      if (source.text !== undefined) await writeFile(input, source.text);
      const object = join(folder, "object.o");
      const list = join(folder, "inputs.d");
      const assembly = source.path.endsWith(".S") && options.model !== "uefi" ? ["-Wa,--noexecstack"] : [];
      // Debuggers are not told of a folder that is gone by then, and whose name is another each time; images not where they were
      // built.
      const names = [
        `-fdebug-prefix-map=${folder}=.`,
        ...[CHECKOUT, options.root].map((path) => `-fmacro-prefix-map=${path}/=`),
      ];
      const files = [...names, "-MD", "-MF", list, "-c", input, "-o", object];
      await run(`Compiling ${basename(source.path)}`, clang.path, [...flags, ...assembly, ...files], options.root);
      const inputs = parseDependencies(await readFile(list, "utf8"), options.root);
      return {
        files: new Map([["object.o", await readFile(object)]]),
        inputs: [
          ...(source.text === undefined ? inputs : inputs.filter((path) => path !== input)),
          ...(source.inputs ?? []),
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

const resourceFolders = new Map<string, string>();

/** clang's own headers (stdint.h and the like), without those of the operating system. */
export function resourceFolder({ path, identity }: Tool): string {
  let folder = resourceFolders.get(identity);
  if (folder === undefined) {
    folder = execFileSync(path, ["-print-resource-dir"], { encoding: "utf8" }).trim();
    resourceFolders.set(identity, folder);
  }
  return folder;
}

/** Files in a make rule as clang writes it. */
export function parseDependencies(rule: string, root: string): string[] {
  const files = rule.replace(/\\\n/g, " ").replace(/^[^:]*:/, "");
  return files
    .split(/(?<!\\)\s+/)
    .filter((name) => name !== "")
    .map((name) => name.replace(/\\ /g, " "))
    .map((name) => (isAbsolute(name) ? name : resolve(root, name)));
}

/** Linker scripts take their addresses from bareflank.h, which spells constants as assembly wants them. */
const SCRIPT_DEFINES = [`-DMODULE_MEMORY_START=0x${MEMORY_START.toString(16)}`];

/** What to link. */
export interface LinkOptions {
  readonly objects: readonly string[];
  /** Preprocessed with the C headers before the linker sees it. */
  readonly script: string;
  /** What the preprocessor knows besides. */
  readonly defines?: readonly string[];
  readonly flags: readonly string[];
  readonly include: readonly string[];
  readonly root: string;
  /** For messages. */
  readonly linked?: Linked;
}

/** Links an image; the result's files are `image.elf` (stripped) and `image.debug.elf` (with symbols). */
export function link(cache: Cache, options: LinkOptions): Promise<CachedResult> {
  const [clang, lld, objcopy] = [tool("clang"), tool("lld"), tool("objcopy")];
  const include = [RUNTIME, ABI_HEADERS, ...options.include].flatMap((folder) => ["-I", folder]);
  const flags = [
    ...["-static", "-z", "max-page-size=4096", "-z", "noexecstack", "-z", "norelro", "--build-id=sha1"],
    ...["--gc-sections", "--fatal-warnings", "--orphan-handling=error", ...options.flags],
  ];
  const defines = (options.defines ?? []).map((name) => `-D${name}`);
  const key = [
    clang.identity,
    lld.identity,
    objcopy.identity,
    flags,
    ...defines,
    options.objects.map((path) => cache.digest(path)),
  ];
  return cache.run("image", [...key, options.script], async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const script = join(folder, "script.ld");
      const list = join(folder, "inputs.d");
      const preprocess = ["-E", "-P", "-x", "assembler-with-cpp", "-MD", "-MF", list, "-MT", "script"];
      await run(
        "Reading the linker script",
        clang.path,
        [...preprocess, ...SCRIPT_DEFINES, ...defines, ...include, options.script, "-o", script],
        options.root,
      );
      const debug = join(folder, "image.debug.elf");
      const stripped = join(folder, "image.elf");
      const parse = (output: string) => linkerDiagnostics(output, options.linked ?? {});
      await run("Linking", lld.path, [...flags, "-T", script, "-o", debug, ...options.objects], options.root, parse);
      await run("Stripping", objcopy.path, ["--strip-sections", debug, stripped], options.root);
      const symbols = await readFile(debug);
      return {
        files: new Map([
          ["image.elf", appendRelocations(await readFile(stripped), symbols)],
          ["image.debug.elf", symbols],
        ]),
        inputs: parseDependencies(await readFile(list, "utf8"), options.root),
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Joins objects into one relocatable object, `object.o`. */
export function joinObjects(cache: Cache, objects: readonly string[], root: string): Promise<CachedResult> {
  const lld = tool("lld");
  return cache.run("join", [lld.identity, objects.map((path) => cache.digest(path))], async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const object = join(folder, "object.o");
      await run("Joining objects", lld.path, ["-r", "-o", object, ...objects], root);
      return { files: new Map([["object.o", await readFile(object)]]), inputs: [] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Links a UEFI application; the result's file is `image.efi`. */
export function linkApplication(cache: Cache, objects: readonly string[], root: string): Promise<CachedResult> {
  const lld = tool("lld-link");
  // No time stamp and no path: the same sources are the same bytes
  const flags = [
    "/subsystem:efi_application",
    "/entry:efi_main",
    "/nodefaultlib",
    "/opt:ref",
    "/debug:none",
    "/Brepro",
  ];
  return cache.run("application", [lld.identity, flags, objects.map((path) => cache.digest(path))], async () => {
    const folder = await mkdtemp(join(tmpdir(), "bf-"));
    try {
      const image = join(folder, "image.efi");
      await run("Linking", lld.path, [...flags, `/out:${image}`, ...objects], root);
      const bytes = await readFile(image);
      requireMovable(bytes);
      return { files: new Map([["image.efi", bytes]]), inputs: [] };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
