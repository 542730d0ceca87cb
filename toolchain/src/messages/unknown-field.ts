// A key of the field "bareflank" that does not exist: where it stands, and which one may be meant

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { BuildError, type Diagnostic, locate } from "../errors.ts";

/** The error, with the key's place in package.json. */
export function unknownField(folder: string, key: string, known: readonly string[], message: string): BuildError {
  const meant = nearest(key, known);
  const hint = meant === undefined ? README : `Is "${meant}" meant? ${README}`;
  return new BuildError(message, { hint, diagnostics: placesOf(folder, key) });
}

const README = "toolchain/README.md describes the field.";

function placesOf(folder: string, key: string): Diagnostic[] {
  const path = join(folder, "package.json");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const offset = text.search(new RegExp(`"${key.replace(/[^\w]/g, "\\$&")}"\\s*:`));
  if (offset < 0) return [];
  const file = relative(process.cwd(), path);
  return [{ severity: "error", code: "field", message: `there is no "${key}"`, file, ...locate(text, offset) }];
}

/** The word that takes the fewest changes of letters, if they are few. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = word.length < 5 ? 1 : 2;
  const ranked = known.map((other) => [changes(word, other), other] as const).sort(([a], [b]) => a - b);
  const [best] = ranked;
  return best !== undefined && best[0] <= most ? best[1] : undefined;
}

/** Letters to insert, delete or replace. */
function changes(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
