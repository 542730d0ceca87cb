// TypeScript to WebAssembly: asc as a library

import { readFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import type * as Asc from "assemblyscript/asc";
import { ascOptions, developmentOptions, type Runtime, unoptimizedOptions } from "./asc-options.ts";
import { asc, RUNTIME } from "./compiler.ts";
import { instrument } from "./coverage/instrument.ts";
import { type Embedded, replaceEmbedded } from "./embed.ts";
import { environments } from "./environments.ts";
import { type Diagnostic, locate } from "./errors.ts";
import { type OwnNames, rewriteImports } from "./imports.ts";
import { type Linted, type LintProgram, lintProgram } from "./lint/lint.ts";
import { localConstants } from "./local-constants.ts";
import { MEMORY_START } from "./memory.ts";
import { type CallbackProgram, checkCallbacks } from "./messages/callbacks.ts";
import { explained } from "./messages/explanation.ts";
import { placeOf, readSourceMap } from "./source-map.ts";
import { scanWasm } from "./wasm.ts";

/** What to compile. */
export interface CompileRequest {
  /** Absolute paths; what they export is what the module exports. */
  readonly entries: readonly string[];
  /** Folder that function names and messages are relative to. */
  readonly root: string;
  /** Linear memory in pages of 64 KiB. */
  readonly initialPages: number;
  readonly maximumPages: number;
  /** What the module brings along; a thread compiles for one of the two (compilers.ts). */
  readonly runtime?: Runtime;
  /** Keep every function value, for native code that calls them by their number in the table. */
  readonly exportTable?: boolean;
  /** Apply the rules of lint.ts for such a part, and compile nothing. */
  readonly lint?: Linted;
  /** Compile all the same. */
  readonly check?: boolean;
  /** Texts in place of files, by absolute path. */
  readonly texts?: Readonly<Record<string, string>>;
  /** What names like "#arch/cpu" stand for, where that is not what the package's package.json says. */
  readonly ownNames?: OwnNames;
  /** false: nothing will run it, so it need not be fast. */
  readonly optimize?: boolean;
  /** With the options of the development profile. */
  readonly development?: boolean;
  /** Names that the sources find by isDefined(). */
  readonly defines?: readonly string[];
  /** What the first entry must export (callbacks.ts). */
  readonly callbacks?: readonly string[];
  /** Put a counter at each branch (instrument.ts). */
  readonly coverage?: boolean;
}

/** The module, or why there is none. */
export interface CompileResult {
  readonly wasm?: Uint8Array;
  /** JSON; its sources are relative to the root. */
  readonly sourceMap?: string;
  /** Offset in the linear memory behind all static data, whether zero or not. */
  readonly dataEnd: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Files that the sources embed, by the number that stands for each in the module. */
  readonly embedded: readonly Embedded[];
  /** Every file that was read or looked for, as absolute paths. */
  readonly inputs: readonly string[];
}

/** Compiles one module. The compiler stays loaded, so a second module costs a fraction of the first. */
export async function compileTypeScript(request: CompileRequest): Promise<CompileResult> {
  const { root } = request;
  const sources: Sources = new Map();
  const inputs = new Set<string>();
  const embedded: Embedded[] = [];
  const outputs = new Map<string, Uint8Array | string>();
  const diagnostics: Diagnostic[] = [];

  const readSource = (name: string, folder: string): string | null => {
    if (basename(name) === "asconfig.json") return null;
    const path = resolve(root, folder, name);
    inputs.add(path);
    try {
      const source = request.texts?.[path] ?? readFileSync(path, "utf8");
      const place = { path, shown: relative(root, path) };
      const whole = replaceEmbedded(source, place, embedded, diagnostics);
      const text = rewriteImports(whole, path, request.ownNames, (manifest) => inputs.add(manifest));
      sources.set(relative(root, path), { written: source, compiled: text });
      return text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  };

  let dataEnd = 0;
  const measure = {
    afterCompile(module: ModuleWithData): void {
      dataEnd = endOfData(module);
    },
  };
  const common = optionsFor(request);
  const options = request.exportTable === true ? [...common, "--exportTable"] : common;
  const memory = ["--initialMemory", String(request.initialPages), "--maximumMemory", String(request.maximumPages)];
  const defines = (request.defines ?? []).flatMap((name) => ["--use", `${name}=1`]);
  const entries = request.entries.map((entry) => relative(root, entry));
  const { error } = await asc.main(
    [...entries, ...options, ...memory, ...defines, "--baseDir", root, "-o", "module.wasm"],
    {
      readFile: readSource,
      writeFile: (name, data) => {
        outputs.set(name, data);
      },
      listFiles: () => [],
      stdout: asc.createMemoryStream(),
      stderr: asc.createMemoryStream(),
      reportDiagnostic: (message) => diagnostics.push(diagnosticOf(message, sources)),
      transforms: [
        measure as unknown as Asc.Transform,
        ...(request.callbacks === undefined ? [] : [callbackCheck(request.callbacks, entries, diagnostics)]),
        ...(request.lint === undefined ? [] : [linter(request.lint, entries, diagnostics, request.check === true)]),
        ...(request.coverage === true ? [instrument] : []),
        ...(RUNTIME === "managed" ? [localConstants as unknown as Asc.Transform, environments] : []),
      ],
    },
  );

  if (error !== null && !(error instanceof Done) && !diagnostics.some(isError)) {
    diagnostics.push({ severity: "error", message: error.message });
  }
  const wasm = outputs.get("module.wasm");
  const sourceMap = outputs.get("module.wasm.map");
  const isCompiled = error === null && wasm instanceof Uint8Array && typeof sourceMap === "string";
  if (isCompiled && request.coverage !== true) diagnostics.push(...floatsOf(wasm, sourceMap, sources));
  const folders = entries.map((entry) => dirname(entry));
  const written = new Map([...sources].map(([path, texts]) => [path, texts.written]));
  const words = explained(diagnostics, {
    sources: written,
    folders,
    managed: RUNTIME === "managed",
    isUncompiled: request.lint !== undefined,
  });
  const done = { diagnostics: words, embedded, dataEnd, inputs: [...inputs] };
  return isCompiled ? { ...done, wasm, sourceMap: stripSources(sourceMap) } : done;
}

const isError = ({ severity }: Diagnostic) => severity === "error";

function optionsFor({ coverage, optimize, development }: CompileRequest): readonly string[] {
  if (coverage === true || optimize === false) return unoptimizedOptions(RUNTIME);
  return development === true ? developmentOptions(RUNTIME) : ascOptions(RUNTIME);
}

interface DataSegment {
  readonly offset: number;
  readonly data: ArrayBuffer;
}

/** The part of Binaryen's module that is used here; the fork's Binaryen is older, and has other names. */
interface ModuleWithData {
  getNumDataSegments(): number;
  getDataSegmentByIndex(index: number): number;
  getDataSegmentInfo(segment: number): DataSegment;
  getNumMemorySegments?(): number;
  getMemorySegmentInfo(name: string): DataSegment;
}

/** Asked before optimization, which drops zeros. */
function endOfData(module: ModuleWithData): number {
  const named = module.getNumMemorySegments?.();
  let end = MEMORY_START;
  for (let index = 0; index < (named ?? module.getNumDataSegments()); index++) {
    const { offset, data } =
      named === undefined
        ? module.getDataSegmentInfo(module.getDataSegmentByIndex(index))
        : module.getMemorySegmentInfo(String(index));
    end = Math.max(end, offset + data.byteLength);
  }
  return end;
}

/** Thrown at asc to end its work where all is said. */
class Done extends Error {}

/** A transform that looks whether the SDK's callbacks are there. */
function callbackCheck(callbacks: readonly string[], entries: readonly string[], found: Diagnostic[]): Asc.Transform {
  return {
    afterInitialize(program: unknown): void {
      const missing = checkCallbacks(program as CallbackProgram, entries[0] ?? "", callbacks);
      found.push(...missing);
      if (missing.length > 0) throw new Done("callbacks");
    },
  } as unknown as Asc.Transform;
}

/** A transform that applies the linter's rules. */
function linter(what: Linted, entries: readonly string[], found: Diagnostic[], isCompiled: boolean): Asc.Transform {
  return {
    afterInitialize(program: unknown): void {
      found.push(...lintProgram(program as LintProgram, what, entries));
      if (!isCompiled) throw new Done("linted");
    },
  } as unknown as Asc.Transform;
}

interface AscMessage {
  readonly message: string;
  readonly code: number;
  readonly category: number;
  readonly range: { readonly start: number; readonly source: { readonly normalizedPath: string } } | null;
}

/** `DiagnosticCategory` of asc: pedantic 0, info 1, warning 2, error 3. */
const CATEGORY_ERROR = 3;

/** Sources by path, as their authors wrote them and as asc sees them: line by line the same but for imports. */
type Sources = Map<string, { readonly written: string; readonly compiled: string }>;

function diagnosticOf(message: AscMessage, sources: Sources): Diagnostic {
  const severity = message.category === CATEGORY_ERROR ? "error" : "warning";
  const common = { severity, message: message.message, code: `AS${message.code}` } as const;
  if (message.range === null) return common;
  const { source, start } = message.range;
  const file = source.normalizedPath;
  const texts = sources.get(file);
  if (texts === undefined) return { ...common, file };
  const place = locate(texts.compiled, start);
  const text = lineOf(texts.written, place.line);
  return { ...common, file, ...place, column: columnIn(text, place), text };
}

/** The column in a line as it was written; behind what was replaced in it, counted from the end. */
function columnIn(written: string, { text, column }: { readonly text: string; readonly column: number }): number {
  const same = [...written].findIndex((letter, index) => letter !== text[index]);
  return same < 0 || column <= same + 1 ? column : Math.max(same + 1, written.length - (text.length - column));
}

const lineOf = (text: string, line: number) => text.split("\n")[line - 1]?.replace(/\r$/, "") ?? "";

/** What the compiler's own sources are called. */
const LIBRARY = "~lib/";

/** One error for each function that uses floating point. */
function floatsOf(wasm: Uint8Array, sourceMap: string, sources: Sources): Diagnostic[] {
  const { floats } = scanWasm(wasm);
  if (floats.length === 0) return [];
  const mappings = readSourceMap(sourceMap);
  // Where the library was put into a function of the author's, that function's line is the one to look at
  const ownMappings = mappings.filter(({ file }) => !file.startsWith(LIBRARY));
  const own = floats.filter((use) => placeOf(ownMappings, use.function.start, use.offset) !== undefined);
  return (own.length > 0 ? own : floats).map((use) => {
    const { start } = use.function;
    const place = placeOf(ownMappings, start, use.offset) ?? placeOf(mappings, start, use.offset);
    const texts = place === undefined ? undefined : sources.get(place.file);
    return {
      severity: "error",
      code: "float",
      message: `floating point in ${use.function.name}: the guest's registers would be lost (number is a 64-bit float)`,
      ...place,
      ...(texts === undefined || place === undefined ? {} : { text: lineOf(texts.written, place.line) }),
    };
  });
}

/** The map without the sources' text, which would make the result depend on comments. */
function stripSources(json: string): string {
  const map = JSON.parse(json) as Record<string, unknown>;
  delete map.sourcesContent;
  delete map.sourceRoot;
  return JSON.stringify(map);
}
