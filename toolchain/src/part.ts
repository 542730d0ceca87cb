// Parts: what a package.json says about how to build it

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { RUNTIMES, type Runtime } from "./asc-options.ts";
import { BuildError } from "./errors.ts";
import type { FastPlace } from "./fast-functions.ts";
import { packageFolder } from "./imports.ts";
import { WASM_PAGE_KIB } from "./memory.ts";
import { jsonErrors } from "./messages/json-errors.ts";
import { unfitValue, unknownField, unknownValue } from "./messages/unknown-field.ts";

/** The `bareflank` field of a package.json, or one element of it when it is a list. README.md describes each field. */
export interface PartField {
  readonly type: PartType | typeof SDK;
  readonly name?: string;
  readonly template?: string;
  readonly language?: Language;
  readonly sources?: readonly string[];
  readonly crate?: string;
  readonly heap?: string;
  readonly exports?: readonly string[];
  readonly entry?: string | readonly string[];
  readonly native?: readonly string[];
  readonly intrinsics?: readonly string[];
  readonly include?: readonly string[];
  readonly linkerScript?: string;
  readonly memory?: { readonly initialKiB?: number; readonly maximumKiB?: number };
  readonly instance?: Instance;
  readonly runtime?: Runtime | typeof STD;
  readonly std?: StandardField;
  readonly cflags?: readonly string[];
  readonly fast?: readonly string[];
  readonly defines?: readonly string[];
  readonly whenNamed?: boolean;
  readonly loader?: string;
  readonly module?: string;
  /** Of an SDK: `bootstrap(ppid: u32): Next`, with a `?` behind the name of one that need not be there. */
  readonly callbacks?: readonly string[];
}

export const PART_TYPES = [
  "kernel",
  "extension",
  "loader",
  "bare",
  "uefi",
  "linux-driver",
  "library",
  "bfm",
  "abi",
] as const;
export type PartType = (typeof PART_TYPES)[number];

/** What an extension can be written in, with the sources that it has unless it says otherwise. */
const LANGUAGES = { typescript: [], c: ["src/*.c"], cpp: ["src/*.cpp"], rust: ["src/main.rs"] } as const;
export type Language = keyof typeof LANGUAGES;

/** Whether each processor has an extension's memory for itself. */
const INSTANCES = ["per-processor", "shared"] as const;
type Instance = (typeof INSTANCES)[number];

/** What the C and assembly of an extension's dependency is marked by; nothing to build by itself. */
const SDK = "sdk";

/** The runtime of an extension in C++ that has the standard library. */
const STD = "std";

/** Of an SDK: what is between the standard library and the microkernel, the library's own heap included. */
interface StandardField {
  readonly native: readonly string[];
  readonly heap: string;
}

/** What the heap is compiled from, and how large it may become. */
export interface Heap {
  readonly entries: readonly string[];
  readonly maximumKiB: number;
}

/** A part with everything resolved: paths are absolute, defaults filled in. */
export interface Part {
  readonly type: PartType;
  /** What `bf build` calls it; unique in a workspace. */
  readonly name: string;
  /** Folder of its package.json. */
  readonly folder: string;
  readonly language: Language;
  /** What an extension in another language than TypeScript is compiled from. */
  readonly sources: readonly string[];
  /** Root files of the crates that an extension in Rust uses. */
  readonly crates: readonly string[];
  readonly entries: readonly string[];
  readonly native: readonly string[];
  readonly intrinsics: readonly string[];
  readonly include: readonly string[];
  readonly linkerScript: string | undefined;
  readonly memory: { readonly initialKiB: number; readonly maximumKiB: number };
  /** The heap of an extension in another language, when it wants one. */
  readonly heap: Heap | undefined;
  /** What is between the standard library of C++ and the microkernel, where an extension has it. */
  readonly std: readonly string[] | undefined;
  /** TypeScript whose functions an extension in another language may use: what it uses is compiled into it. */
  readonly exports: readonly string[];
  readonly instance: Instance;
  readonly runtime: Runtime;
  readonly cflags: readonly string[];
  /** Functions to compile for speed, all others for size; undefined: all for speed. */
  readonly fast: readonly FastPlace[] | undefined;
  /** Names that its TypeScript finds by isDefined(). */
  readonly defines: readonly string[];
  /** What its TypeScript must export, as its SDK says. */
  readonly callbacks: readonly string[];
  /** Name of the loader part that a `bare` or `linux-driver` part links. */
  readonly loader: string;
  /** Name of the Linux module that a `linux-driver` part makes. */
  readonly module: string;
}

/** A part as its package.json names it, before any of its files is looked at. */
export interface DeclaredPart {
  readonly type: PartType;
  readonly name: string;
  readonly folder: string;
  readonly field: PartField;
}

/** A folder that `bf` works in: a workspace with all its packages, or a single package. */
export interface Workspace {
  readonly root: string;
  readonly parts: readonly DeclaredPart[];
  /** Where products go. */
  readonly build: string;
}

interface Manifest {
  readonly name?: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bareflank?: PartField | readonly PartField[];
}

const DEFAULT_INITIAL_KIB = 256;
/** Addresses of a module have 32 bits. */
const MOST_KIB = 4 * 1024 * 1024;
const MOST_HEAP_KIB = 2 * 1024 * 1024;

/** Finds the workspace around a folder: the outermost one whose `workspaces` lead there, else the nearest package. */
export function findWorkspace(folder: string): Workspace {
  const packages: string[] = [];
  for (let parent = resolve(folder); ; parent = dirname(parent)) {
    if (existsSync(join(parent, "package.json"))) packages.push(parent);
    if (parent === dirname(parent)) break;
  }
  const nearest = packages[0];
  if (nearest === undefined) {
    throw new BuildError(`There is no package.json in ${folder} or above it.`, {
      hint: "Run bf in a checkout of Bareflank, or in the folder of an extension.",
    });
  }
  const workspace = packages.find((root) => {
    const members = memberFolders(root, readManifest(root));
    return members.length > 0 && (root === nearest || members.some((member) => packages.includes(member)));
  });
  const root = workspace ?? nearest;
  const folders = workspace === undefined ? [nearest] : [root, ...memberFolders(root, readManifest(root))];
  const parts = folders.flatMap((member) => partsOf(member));
  const twin = parts.find((part, index) => parts.findIndex(({ name }) => name === part.name) !== index);
  if (twin !== undefined) {
    throw new BuildError(`Two parts are called "${twin.name}".`, { hint: 'Give one of them another "name".' });
  }
  return { root, parts, build: join(root, "build") };
}

function readManifest(folder: string): Manifest {
  const path = join(folder, "package.json");
  let text: string | undefined;
  try {
    text = readFileSync(path, "utf8");
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    const diagnostics = text === undefined ? [] : jsonErrors(relative(process.cwd(), path), text);
    const why = diagnostics.length > 0 ? "is no JSON." : `cannot be read: ${(cause as Error).message}`;
    throw new BuildError(`${path} ${why}`, { cause, diagnostics });
  }
}

function memberFolders(root: string, manifest: Manifest): string[] {
  return (manifest.workspaces ?? []).flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return hasManifest(join(root, pattern)) ? [join(root, pattern)] : [];
    const parent = join(root, pattern.slice(0, -2));
    if (!existsSync(parent)) return [];
    const names = readdirSync(parent).sort();
    return names.map((name) => join(parent, name)).filter((folder) => hasManifest(folder));
  });
}

const hasManifest = (folder: string) => existsSync(join(folder, "package.json"));

function partsOf(folder: string): DeclaredPart[] {
  const manifest = readManifest(folder);
  if (manifest.bareflank === undefined) return [];
  const fields = Array.isArray(manifest.bareflank) ? manifest.bareflank : [manifest.bareflank];
  return fields.flatMap((field: PartField) => {
    const { type, name = basename(folder) } = field;
    if (type === SDK) return [];
    if (PART_TYPES.includes(type)) return [{ type, name, folder, field }];
    const types = PART_TYPES.map((known) => `"${known}"`).join(", ");
    const message = `${fieldOf(folder)} needs a "type": one of ${types}.`;
    throw unknownValue(folder, { key: "type", value: type ?? null }, PART_TYPES, message);
  });
}

const fieldOf = (folder: string) => `The field "bareflank" of ${relative(process.cwd(), join(folder, "package.json"))}`;

const KNOWN_FIELDS = new Set(
  "type name template language sources entry native intrinsics include linkerScript memory instance runtime cflags fast defines whenNamed loader module".split(
    " ",
  ),
);
const LIST_FIELDS = ["sources", "native", "intrinsics", "include", "cflags", "fast", "defines"] as const;
const MEMORY_FIELDS: readonly string[] = ["initialKiB", "maximumKiB"];
/** Fields that go with asc, and the one that goes without it. */
const TYPESCRIPT_FIELDS = ["entry", "intrinsics", "instance", "fast", "defines"] as const;
const OTHER_LANGUAGES_FIELDS = ["sources"] as const;

/** Fills in defaults and finds the files; one that is missing is an error that names it. */
export function resolvePart({ type, field, folder, name }: DeclaredPart): Part {
  const where = fieldOf(folder);
  const unknown = Object.keys(field).find((key) => !KNOWN_FIELDS.has(key));
  if (unknown !== undefined) throw unknownField(folder, unknown, [...KNOWN_FIELDS], `${where} has no "${unknown}".`);
  const single = LIST_FIELDS.find((key) => field[key] !== undefined && !Array.isArray(field[key]));
  if (single !== undefined) {
    const hint = `Write ${JSON.stringify(single)}: [${JSON.stringify(field[single])}].`;
    throw unfitValue(folder, single, `${where} has a "${single}" that is no list.`, hint);
  }
  const files = (names: readonly string[] = []) => filesOf(folder, names);
  const language = languageOf(type, field, where, folder);
  const sdks = type === "extension" ? sdksOf(folder) : [];
  const sdkFiles = (names: (sdk: PartField) => readonly string[] | undefined) =>
    sdks.flatMap((sdk) => filesOf(sdk.folder, names(sdk.field)));
  const optional = (name: string | undefined) => (name === undefined ? [] : [name]);
  const std = standardOf(field, language, where, sdks, folder);
  const entry = field.entry ?? (isCompiled({ type, field }) ? "src/main.ts" : []);
  return {
    type,
    name,
    folder,
    language,
    sources: files(field.sources ?? LANGUAGES[language]),
    crates: sdkFiles((sdk) => optional(sdk.crate)),
    entries: files(typeof entry === "string" ? [entry] : entry),
    native: [...sdkFiles((sdk) => sdk.native), ...files(field.native)],
    intrinsics: [...sdkFiles((sdk) => sdk.intrinsics), ...files(field.intrinsics)],
    include: [...files(field.include), ...sdkFiles((sdk) => sdk.include)],
    linkerScript: [...files(optional(field.linkerScript)), ...sdkFiles((sdk) => optional(sdk.linkerScript))][0],
    ...(language === "typescript"
      ? { memory: memoryOf(field, where, folder), heap: undefined }
      : {
          memory: NO_MEMORY,
          heap: heapOf(field, where, folder, std?.heap ?? sdkFiles((sdk) => optional(sdk.heap))),
        }),
    std: std?.native,
    exports: language === "typescript" ? [] : sdkFiles((sdk) => sdk.exports),
    ...instanceOf(type, field, where, folder),
    cflags: field.cflags ?? [],
    fast: field.fast?.flatMap((place) => fastPlaces(folder, place)),
    defines: field.defines ?? [],
    callbacks: language === "typescript" ? sdks.flatMap(({ field: sdk }) => sdk.callbacks ?? []) : [],
    loader: field.loader ?? "loader",
    module: field.module ?? "bfdriver",
  };
}

/** An extension in another language has no linear memory but its heap. */
const NO_MEMORY: Part["memory"] = { initialKiB: 0, maximumKiB: 0 };

/** The heap that `memory.maximumKiB` asks for. */
function heapOf({ memory }: PartField, where: string, folder: string, entries: readonly string[]): Heap | undefined {
  if (memory === undefined) return undefined;
  const unknown = Object.keys(memory).find((key) => key !== "maximumKiB");
  if (unknown !== undefined) {
    throw new BuildError(`${where} has a "memory" with "${unknown}", which does not go with its language.`, {
      hint: 'Its heap begins with nothing: "memory": { "maximumKiB": 1024 } says how large it may become.',
    });
  }
  const { maximumKiB = 0 } = memory;
  requireNumber(folder, "maximumKiB", maximumKiB, where);
  if (!Number.isInteger(maximumKiB) || maximumKiB % 4 !== 0 || maximumKiB <= 0 || maximumKiB > MOST_HEAP_KIB) {
    throw new BuildError(`${where} has a "memory.maximumKiB" of ${maximumKiB}, which is no size of a heap.`, {
      hint: `It is a multiple of 4, and ${MOST_HEAP_KIB} at most.`,
    });
  }
  if (entries.length === 0) {
    throw new BuildError(`${where} asks for a heap by "memory", and none of its dependencies has one.`, {
      hint: "Depend on the SDK of its language.",
    });
  }
  return { entries, maximumKiB };
}

/** A size in quotation marks looks like one, and is none. */
function requireNumber(folder: string, key: string, size: unknown, where: string): void {
  if (typeof size === "number") return;
  const value = JSON.stringify(size);
  const hint = /^"\d+"$/.test(value) ? `Write ${value.slice(1, -1)} without quotation marks.` : SEE_README;
  const what = typeof size === "string" ? "a string and no number" : "no number";
  throw unfitValue(folder, key, `${where} has a "memory.${key}" of ${value}, which is ${what}.`, hint);
}

/** The files of the SDK that the runtime "std" takes. */
function standardOf(
  { memory, runtime }: PartField,
  language: Language,
  where: string,
  sdks: readonly { readonly folder: string; readonly field: PartField }[],
  folder: string,
): { native: string[]; heap: string[] } | undefined {
  if (language === "typescript" || runtime === undefined || runtime === "none") return undefined;
  if (language !== "cpp" || runtime !== STD) {
    const known = language === "cpp" ? `none of "none", "${STD}"` : `not "none", as the language "${language}" has it`;
    const runtimes = language === "cpp" ? ["none", STD] : ["none"];
    const message = `${where} names a "runtime" that is ${known}.`;
    throw unknownValue(folder, { key: "runtime", value: runtime }, runtimes, message);
  }
  if (memory === undefined) {
    throw new BuildError(`${where} asks for the runtime "${STD}" without a heap, which exceptions lie in.`, {
      hint: 'Add "memory": { "maximumKiB": 1024 }, which says how large it may become.',
    });
  }
  const native = sdks.flatMap((sdk) => filesOf(sdk.folder, sdk.field.std?.native));
  const heap = sdks.flatMap((sdk) => filesOf(sdk.folder, sdk.field.std === undefined ? [] : [sdk.field.std.heap]));
  if (native.length > 0) return { native, heap };
  throw new BuildError(`${where} asks for the runtime "${STD}", and none of its dependencies has one.`, {
    hint: "Depend on @bareflank/sdk-cpp.",
  });
}

/** Where linear memory ends at the beginning, and at most. */
function memoryOf({ memory = {}, runtime }: PartField, where: string, folder: string): Part["memory"] {
  const unknown = Object.keys(memory).find((key) => !MEMORY_FIELDS.includes(key));
  if (unknown !== undefined) throw unknownField(folder, unknown, MEMORY_FIELDS, `${where} has no "memory.${unknown}".`);
  const { initialKiB = DEFAULT_INITIAL_KIB, maximumKiB = initialKiB } = memory;
  for (const [key, size] of Object.entries({ initialKiB, maximumKiB })) {
    requireNumber(folder, key, size, where);
    if (Number.isInteger(size) && size % 4 === 0 && size > WASM_PAGE_KIB && size <= MOST_KIB) continue;
    throw new BuildError(`${where} has a "memory.${key}" of ${size}, where its linear memory cannot end.`, {
      hint: `It is a multiple of 4, above ${WASM_PAGE_KIB}, because the first ${WASM_PAGE_KIB} KiB stay empty, and ${MOST_KIB} at most.`,
    });
  }
  if (maximumKiB < initialKiB) {
    throw new BuildError(`${where} has a "memory.maximumKiB" of ${maximumKiB}, and begins with ${initialKiB} KiB.`, {
      hint: `Set "maximumKiB" to ${initialKiB} or more, or "initialKiB" to less.`,
    });
  }
  return runtime === "managed" || maximumKiB > initialKiB
    ? wholePages(initialKiB, maximumKiB)
    : { initialKiB, maximumKiB };
}

/** A heap reaches to the end of WebAssembly's last page, and memory grows by them: so that is where it ends. */
function wholePages(...[initialKiB, maximumKiB]: [number, number]): Part["memory"] {
  const end = (sizeKiB: number) => Math.ceil(sizeKiB / WASM_PAGE_KIB) * WASM_PAGE_KIB;
  return { initialKiB: end(initialKiB), maximumKiB: end(maximumKiB) };
}

function filesOf(folder: string, names: readonly string[] = []): string[] {
  return names.flatMap((name) => {
    const found = expand(folder, name);
    if (found.length === 0) throw new BuildError(`${fieldOf(folder)} names ${name}, which does not exist.`);
    return found;
  });
}

/** `src/memory`, `src/vm.ts` or `src/main.ts#enterSyscall`. */
function fastPlaces(folder: string, place: string): FastPlace[] {
  const [file = "", name] = place.split("#");
  return filesOf(folder, [file]).map((path) => (name === undefined ? { path } : { path, name }));
}

function languageOf(type: PartType, field: PartField, where: string, folder: string): Language {
  const { language = "typescript" } = field;
  if (!Object.hasOwn(LANGUAGES, language)) {
    const known = Object.keys(LANGUAGES);
    const message = `${where} names a "language" that is none of ${known.map((name) => `"${name}"`).join(", ")}.`;
    throw unknownValue(folder, { key: "language", value: language }, known, message);
  }
  if (language !== "typescript" && type !== "extension") {
    throw new BuildError(`${where} names a "language", which only extensions have.`, { hint: SEE_README });
  }
  const foreign = (language === "typescript" ? OTHER_LANGUAGES_FIELDS : TYPESCRIPT_FIELDS).find(
    (name) => name in field,
  );
  if (foreign !== undefined) {
    throw new BuildError(`${where} has "${foreign}", which does not go with the language "${language}".`, {
      hint: SEE_README,
    });
  }
  return language;
}

/** How an extension lives: what it brings along, and how many of it there are. */
function instanceOf(
  type: PartType,
  field: PartField,
  where: string,
  folder: string,
): Pick<Part, "instance" | "runtime"> {
  const { instance = "per-processor" } = field;
  const isForeign = (field.language ?? "typescript") !== "typescript";
  const { runtime = "none" } = isForeign ? {} : (field as { readonly runtime?: Runtime });
  const wrong = !INSTANCES.includes(instance) ? "instance" : RUNTIMES.includes(runtime) ? undefined : "runtime";
  if (wrong !== undefined) {
    const known = wrong === "instance" ? INSTANCES : RUNTIMES;
    const names = known.map((name) => `"${name}"`).join(", ");
    const value = wrong === "instance" ? instance : runtime;
    const message = `${where} names ${indefinite(wrong)} that is none of ${names}.`;
    throw unknownValue(folder, { key: wrong, value }, known, message);
  }
  if (runtime === "managed" && (type !== "extension" || instance === "shared")) {
    throw new BuildError(
      `${where} asks for the runtime "managed", which only extensions have, one on each processor.`,
      {
        hint: "Garbage collection, closures and exceptions do not stand two processors in one memory.",
      },
    );
  }
  return { instance, runtime };
}

const indefinite = (field: string) => (field === "instance" ? `an "${field}"` : `a "${field}"`);

/** The packages among a package's dependencies, and theirs, that bring C, assembly or Rust with them. */
function sdksOf(folder: string): { folder: string; field: PartField }[] {
  return Object.keys(readManifest(folder).dependencies ?? {}).flatMap((name) => {
    const found = packageFolder(name, folder);
    if (found === undefined) {
      throw new BuildError(
        `${name}, which ${relative(process.cwd(), folder) || folder} depends on, is not installed.`,
        {
          hint: "Install it: npm install",
        },
      );
    }
    const { bareflank } = readManifest(found);
    const fields = Array.isArray(bareflank) ? bareflank : [bareflank];
    const own = fields.filter((field) => field?.type === SDK).map((field: PartField) => ({ folder: found, field }));
    return own.length === 0 ? [] : [...own, ...sdksOf(found)];
  });
}

const SEE_README = "toolchain/README.md describes the field.";

/** Whether a part is compiled from TypeScript by asc. */
export function isCompiled({ type, field }: Pick<DeclaredPart, "type" | "field">): boolean {
  if ((field.language ?? "typescript") !== "typescript") return false;
  return ["kernel", "extension", "loader", "uefi", "library"].includes(type);
}

/** A path in the part's folder; a `*` in its last component stands for any characters. */
function expand(folder: string, name: string): string[] {
  const path = resolve(folder, name);
  const pattern = basename(path);
  if (!pattern.includes("*")) return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [path];
  const parent = dirname(path);
  if (!existsSync(parent)) return [];
  const [head = "", tail = ""] = pattern.split("*", 2);
  const names = readdirSync(parent).sort();
  return names.filter((file) => file.startsWith(head) && file.endsWith(tail)).map((file) => join(parent, file));
}
