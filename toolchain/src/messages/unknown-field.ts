// A key or a word of the field "bareflank" that does not exist: where it stands, and which one may be meant

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { BuildError, type Diagnostic, locate } from "../errors.ts";

/** The error, with the key's place in package.json. */
export function unknownField(folder: string, key: string, known: readonly string[], message: string): BuildError {
  const diagnostics = placesOf(folder, new RegExp(`${quoted(key)}\\s*:`, "d"), `there is no "${key}"`);
  return new BuildError(message, { hint: hintOf(key, known), diagnostics });
}

/** The error about what a key is said to be, with the place of that. */
export function unknownValue(
  folder: string,
  { key, value }: { readonly key: string; readonly value: unknown },
  known: readonly string[],
  message: string,
): BuildError {
  const place = new RegExp(`${quoted(key)}\\s*:\\s*(${quoted(value)})`, "d");
  const diagnostics = placesOf(folder, place, `there is no ${key} ${JSON.stringify(value)}`);
  return new BuildError(message, { hint: hintOf(String(value), known), diagnostics });
}

/** The error about a value of a sort that does not go with its key. */
export function unfitValue(folder: string, key: string, message: string, hint: string): BuildError {
  const diagnostics = placesOf(folder, new RegExp(`${quoted(key)}\\s*:\\s*()`, "d"), `this is no value of "${key}"`);
  return new BuildError(message, { hint, diagnostics });
}

const hintOf = (word: string, known: readonly string[]) => {
  const meant = nearest(word, known);
  return meant === undefined ? README : `Is "${meant}" meant? ${README}`;
};

const README = "toolchain/README.md describes the field.";

/** A word or number as a pattern that finds it in JSON. */
const quoted = (value: unknown) => JSON.stringify(value).replace(/[^\w"]/g, "\\$&");

function placesOf(folder: string, pattern: RegExp, message: string): Diagnostic[] {
  const path = join(folder, "package.json");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const { index, indices } = pattern.exec(text) ?? {};
  const offset = indices?.[1]?.[0] ?? index;
  if (offset === undefined) return [];
  const file = relative(process.cwd(), path);
  return [{ severity: "error", code: "field", message, file, ...locate(text, offset) }];
}

/** The word that takes the fewest changes of letters, if they are few. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = word.length < 5 ? 1 : 2;
  const ranked = known.map((other) => [changes(word, other), other] as const).sort(([a], [b]) => a - b);
  const [best] = ranked;
  return best !== undefined && best[0] <= most ? best[1] : undefined;
}

/** Letters to insert, delete or replace, and neighbours to swap. */
function changes(from: string, to: string): number {
  let [before, row]: number[][] = [[], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row?.[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwapped ? (before?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (row?.[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row?.[to.length] ?? 0;
}
