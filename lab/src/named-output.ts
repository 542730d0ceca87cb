// A machine's output with the names of functions behind addresses, as it comes

import { existsSync, readFileSync } from "node:fs";
import { nameAddresses, SymbolTable } from "@bareflank/toolchain/symbols";
import { products } from "./paths.ts";

/** The files with symbols of the microkernel and of extensions, as far as they lie beside the files themselves. */
export function debugFiles(extensions: readonly string[]): string[] {
  const beside = extensions.map((file) => file.replace(/\.elf$/, ".debug.elf"));
  return [products.kernelSymbols, ...beside].filter((file) => existsSync(file));
}

/** Takes a machine's output in pieces, and hands it on in whole lines. */
export class NamedOutput {
  readonly #files: readonly string[];
  readonly #write: (text: string) => void;
  #tables: readonly SymbolTable[] | undefined;
  #rest: Buffer = Buffer.alloc(0);

  constructor(files: readonly string[], write: (text: string) => void) {
    this.#files = files;
    this.#write = write;
  }

  take(chunk: Buffer): void {
    const all = Buffer.concat([this.#rest, chunk]);
    const end = all.lastIndexOf("\n") + 1;
    this.#rest = all.subarray(end);
    if (end > 0) this.#name(all.subarray(0, end));
  }

  /** Hands on a last line without an end. */
  end(): void {
    if (this.#rest.length > 0) this.#name(this.#rest);
  }

  #name(bytes: Buffer): void {
    const text = bytes.toString();
    // Symbols are read when the first address comes, which is seldom
    if (/0x[0-9a-f]{6}/i.test(text)) {
      this.#tables ??= this.#files.map((file) => new SymbolTable(readFileSync(file)));
    }
    this.#write(nameAddresses(text, this.#tables ?? []));
  }
}
