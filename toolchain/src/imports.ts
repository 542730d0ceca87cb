// Where an import of bare-metal TypeScript leads
//
// asc looks packages up below node_modules and compiles them under invented paths, where their own relative imports no
// longer lead anywhere. So imports of packages are replaced by relative ones, to the real file, before asc sees them.

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const PACKAGE_IMPORT = /\b(from\s*|import\s*)(["'])(@[\w.-]+\/[\w.-]+|[a-zA-Z][\w.-]*)((?:\/[\w.-]+)*)\2/g;

/** The source with each import of an installed package replaced by a relative one. */
export function rewriteImports(source: string, file: string): string {
  return source.replace(PACKAGE_IMPORT, (whole, keyword, quote, name, path) => {
    const target = resolvePackage(name, path, dirname(file));
    if (target === undefined) return whole;
    const steps = relative(dirname(file), target.replace(/\.ts$/, ""));
    return `${keyword}${quote}${steps.startsWith(".") ? steps : `./${steps}`}${quote}`;
  });
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
  return [join(folder, named), `${join(folder, named)}.ts`, join(folder, named, "index.ts")].find(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true,
  );
}
