// Where an import of bare-metal TypeScript leads
//
// asc looks packages up below node_modules and compiles them under invented paths, where their own relative imports no
// longer lead anywhere. So imports of packages are replaced by relative ones, to the real file, before asc sees them; and
// so are a package's own names ("imports" in its package.json, as Node.js and tsc have them), which asc does not know.

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const PACKAGE_IMPORT = /\b(from\s*|import\s*)(["'])(@[\w.-]+\/[\w.-]+|[a-zA-Z][\w.-]*)((?:\/[\w.-]+)*)\2/g;

const OWN_NAME_IMPORT = /\b(from\s*|import\s*)(["'])(#[\w./-]+)\2/g;

/** `import type { … }`, and braces that may have `type` in them: for asc a type is imported as anything is. */
const TYPE_IMPORT = /^(import|export)(\s+)type(?=\s*[{*])/gm;
const BRACES = /^(?:import|export)\s*\{[^}]*\}\s*from\b/gm;
const INLINE_TYPE = /([{,]\s*)type(?=\s+(?!as\b)[A-Za-z_$])/g;

/** The same without the word `type`, every letter at its place. */
function withoutTypeWords(source: string): string {
  return source.replace(TYPE_IMPORT, "$1$2    ").replace(BRACES, (braces) => braces.replace(INLINE_TYPE, "$1    "));
}

/** What a package's own names stand for, beside or instead of what its package.json says: files with absolute paths. */
export type OwnNames = Readonly<Record<string, string>>;

/**
 * The source with each import of an installed package, and of a name of its own package, replaced by a relative one.
 * `onManifest` is told of each package.json that decided.
 */
export function rewriteImports(
  source: string,
  file: string,
  ownNames: OwnNames = {},
  onManifest: (path: string) => void = () => undefined,
): string {
  const folder = dirname(file);
  const replace = (whole: string, keyword: string, quote: string, target: string | undefined) => {
    if (target === undefined) return whole;
    const steps = relative(folder, target.replace(/\.ts$/, ""));
    return `${keyword}${quote}${steps.startsWith(".") ? steps : `./${steps}`}${quote}`;
  };
  return withoutTypeWords(source)
    .replace(PACKAGE_IMPORT, (whole, keyword, quote, name, path) =>
      replace(whole, keyword, quote, resolvePackage(name, path, folder)),
    )
    .replace(OWN_NAME_IMPORT, (whole, keyword, quote, name) =>
      replace(whole, keyword, quote, resolveOwnName(name, folder, ownNames, onManifest)),
    );
}

/** The file that a package's own name stands for in `folder`, of the nearest package around it. */
function resolveOwnName(
  name: string,
  folder: string,
  ownNames: OwnNames,
  onManifest: (path: string) => void,
): string | undefined {
  const given = matchName(name, ownNames);
  if (given !== undefined) return given;
  for (let parent = folder; ; parent = dirname(parent)) {
    const manifest = join(parent, "package.json");
    if (existsSync(manifest)) {
      onManifest(manifest);
      const { imports = {} } = JSON.parse(readFileSync(manifest, "utf8")) as { imports?: OwnNames };
      const target = matchName(name, imports);
      return target === undefined ? undefined : join(parent, target);
    }
    if (parent === dirname(parent)) return undefined;
  }
}

/** What a table of names with at most one `*` in each says about a name. */
function matchName(name: string, names: OwnNames): string | undefined {
  for (const [pattern, target] of Object.entries(names)) {
    const [head = "", tail] = pattern.split("*", 2);
    if (tail === undefined ? name !== head : !name.startsWith(head) || !name.endsWith(tail)) continue;
    return target.replace("*", name.slice(head.length, name.length - (tail ?? "").length));
  }
  return undefined;
}

/** The file of a workspace that an import leads to from `file`; nothing for what is installed or Node.js's own. */
export function resolveImport(name: string, file: string): string | undefined {
  const folder = dirname(file);
  if (name.startsWith(".")) return existing(join(folder, name));
  if (name.startsWith("#")) return resolveOwnName(name, folder, {}, () => undefined);
  const [, owner = "", path = ""] = /^(@[\w.-]+\/[\w.-]+|[a-zA-Z][\w.-]*)((?:\/[\w.-]+)*)$/.exec(name) ?? [];
  return owner === "" ? undefined : resolvePackage(owner, path, folder);
}

function existing(path: string): string | undefined {
  return [path, `${path}.ts`, join(path, "index.ts")].find(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
  );
}

/** The real folder of a package that is installed for the files of `folder`. */
export function packageFolder(name: string, folder: string): string | undefined {
  for (let parent = folder; ; parent = dirname(parent)) {
    const candidate = join(parent, "node_modules", name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (parent === dirname(parent)) return undefined;
  }
}

/** The file that `name` (and `path` below it, "" or with a leading slash) stands for in `folder`. */
function resolvePackage(name: string, path: string, folder: string): string | undefined {
  const found = packageFolder(name, folder);
  return found === undefined ? undefined : fileOf(found, path);
}

function fileOf(folder: string, path: string): string | undefined {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports?: Record<string, unknown> | string;
    types?: string;
    main?: string;
  };
  const exported = typeof manifest.exports === "string" ? { ".": manifest.exports } : manifest.exports;
  const target = exported?.[`.${path}`];
  const named = typeof target === "string" ? target : path === "" ? (manifest.types ?? manifest.main) : path;
  if (named === undefined) return undefined;
  return existing(join(folder, named));
}
