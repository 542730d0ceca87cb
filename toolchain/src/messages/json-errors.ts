// Where a text is no JSON: V8 counts characters, or says nothing of the place

import { createRequire } from "node:module";
import type { TransformFailure } from "esbuild";
import type { Diagnostic } from "../errors.ts";

/** What is wrong with it, by line and column; nothing when nothing is found. */
export function jsonErrors(file: string, text: string): Diagnostic[] {
  // Not imported: each start of bf would wait for it
  const { transformSync } = createRequire(import.meta.url)("esbuild") as typeof import("esbuild");
  try {
    transformSync(text, { loader: "json", logLevel: "silent" });
    return [];
  } catch (error) {
    const { errors = [] } = error as Partial<TransformFailure>;
    return errors.map(({ text: message, location }) => ({
      ...{ severity: "error", code: "json", message, file },
      ...(location === null
        ? {}
        : { line: location.line, column: columnOf(location.lineText, location.column), text: location.lineText }),
    }));
  }
}

/** From bytes, counted from 0, to characters, counted from 1. */
const columnOf = (line: string, bytes: number) => Buffer.from(line).subarray(0, bytes).toString().length + 1;
