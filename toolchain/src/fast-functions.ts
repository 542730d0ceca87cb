// Which functions of a module are compiled for speed, and which for size

import { relative } from "node:path";
import { demangle } from "./symbols.ts";

/** What clang is told of a function that runs seldom: most of a kernel does, and its size costs memory. */
const SMALL = "__attribute__((minsize))";

/** What a package.json calls fast, with absolute paths: a folder, a file, or one function of a file. */
export interface FastPlace {
  readonly path: string;
  readonly name?: string;
}

/** The beginnings of those functions' names, as symbols.ts gives them: `kernel/src/memory`, `kernel/src/main/enterSyscall`. */
export function fastNames(root: string, places: readonly FastPlace[]): string[] {
  return places.map(({ path, name }) => {
    const file = relative(root, path).replace(/\.ts$/, "");
    return name === undefined ? file : `${file}/${name}`;
  });
}

/**
 * A translation unit with its functions compiled for size, but those whose names begin so. What the compiler puts into a
 * fast function is compiled as that is, and so is an export with what is behind it.
 */
export function sizeFunctions(
  source: string,
  { module, exports, fast }: { module: string; exports: readonly string[]; fast: readonly string[] },
): string {
  const names = [`w2c_${module}_\\w+`, ...exports].join("|");
  const prototypes = new RegExp(`^(?:static )?\\w+\\*? (${names})\\(.*\\);$`, "gm");
  const functions = [...source.matchAll(prototypes)].map(([, symbol = ""]) => demangle(symbol));
  const isFast = (name: string) =>
    fast.some((start) => `${name}/`.startsWith(`${start}/`) || name.startsWith(`${start}#`));
  const fastOnes = new Set(functions.filter(isFast));
  for (const name of exports)
    if (functions.some((other) => other.endsWith(`/${name}`) && isFast(other))) fastOnes.add(name);
  return source.replace(prototypes, (line, symbol: string) =>
    fastOnes.has(demangle(symbol)) ? line : `${SMALL} ${line}`,
  );
}
