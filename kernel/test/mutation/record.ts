// In which order changes are tried, and what became of those that were

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Change, changesOf } from "./changes.ts";
import type { Judgement } from "./judge.ts";
import { folder, type SourceTree } from "./tree.ts";

export interface Result extends Change, Judgement {
  /** Processor time that it took to judge it. */
  readonly cpuSeconds: number;
}

/** A change, and the name of its place that stays the same when lines above it come or go. */
export interface Candidate {
  readonly change: Change;
  readonly key: string;
}

/**
 * All changes of these files, in an order that the seed decides: by a digest of each, so that the order of the others stays
 * the same when one comes or goes.
 */
export function inOrder(tree: Pick<SourceTree, "read">, files: readonly string[], seed: number): Candidate[] {
  return files
    .flatMap((file) => candidatesOf(file, tree.read(file)))
    .map((candidate) => ({ ...candidate, rank: digest(`${seed} ${candidate.key}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
}

/** The changes of a source, each named by its line's text, its place there, and which of the lines with this text it is in. */
export function candidatesOf(file: string, text: string): Candidate[] {
  const lines = text.split("\n");
  const seen = new Map<string, number>();
  return changesOf(file, text).map((change) => {
    const line = lines[change.line - 1] ?? "";
    const lineStart = text.lastIndexOf("\n", change.start - 1) + 1;
    const indent = line.length - line.trimStart().length;
    const place = [file, line.trim(), change.start - lineStart - indent, change.end - change.start, change.after].join(
      "\n",
    );
    const ordinal = seen.get(place) ?? 0;
    seen.set(place, ordinal + 1);
    return { change, key: digest(`${place}\n${ordinal}`) };
  });
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");

interface Kept {
  /** Of the changed file's text. */
  readonly source: string;
  readonly result: Result;
}

/** What runs leave for the next one, whatever its seed: a judgement holds as long as the changed file is the same. */
export class Record {
  readonly #path: string;
  readonly #tree: SourceTree;
  readonly #kept: Map<string, Kept>;

  constructor(tree: SourceTree) {
    this.#path = join(folder, "judged.json");
    this.#tree = tree;
    const text = existsSync(this.#path) ? readFileSync(this.#path, "utf8") : "{}";
    this.#kept = new Map(Object.entries(JSON.parse(text) as { readonly [key: string]: Kept }));
  }

  get(key: string): Result | undefined {
    const kept = this.#kept.get(key);
    return kept?.source === this.#digestOf(kept?.result.file) ? kept?.result : undefined;
  }

  put(key: string, result: Result): void {
    this.#kept.set(key, { source: this.#digestOf(result.file) ?? "", result });
    writeFileSync(this.#path, `${JSON.stringify(Object.fromEntries(this.#kept), null, 1)}\n`);
  }

  #digestOf(file: string | undefined): string | undefined {
    return file === undefined ? undefined : digest(this.#tree.read(file));
  }
}
