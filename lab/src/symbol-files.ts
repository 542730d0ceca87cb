// The files with symbols that belong to what a machine runs

import { existsSync, readFileSync } from "node:fs";
import { SymbolTable } from "@bareflank/toolchain/symbols";
import { products } from "./paths.ts";

/** The file with symbols that `bf build` puts beside a stripped one, or the file itself, which may have them, too. */
const symbolsOf = (file: string): string | undefined =>
  [file.replace(/\.elf$/, ".debug.elf"), file].find((candidate) => existsSync(candidate));

/** The files with symbols of a microkernel and of extensions, as far as there are any. */
export function debugFiles(extensions: readonly string[], kernel: string = products.kernel): string[] {
  return [...new Set([kernel, ...extensions].flatMap((file) => symbolsOf(file) ?? []))];
}

/** The files' tables. One that cannot be read has no names; the addresses are worth having without them. */
export function readTables(files: readonly string[]): SymbolTable[] {
  return files.flatMap((file) => {
    try {
      return [new SymbolTable(readFileSync(file))];
    } catch {
      return [];
    }
  });
}
