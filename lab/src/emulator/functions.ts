// Which functions of microkernel and extension the addresses in a dead machine's logs lie in

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXT_CODE_BASE, EXT_CODE_BYTES, KERNEL_IMAGE_BASE, KERNEL_IMAGE_BYTES } from "@bareflank/abi";
import { SymbolTable } from "@bareflank/toolchain/symbols";
import { products } from "../paths.ts";

/** The file with the names. */
export const FUNCTIONS_LOG = "functions.txt";

interface Image {
  readonly base: bigint;
  readonly bytes: bigint;
  /** ELF file with symbols. */
  readonly symbols: string;
}

const images: readonly Image[] = [
  { base: KERNEL_IMAGE_BASE, bytes: KERNEL_IMAGE_BYTES, symbols: products.kernelSymbols },
  { base: EXT_CODE_BASE, bytes: EXT_CODE_BYTES, symbols: products.defaultExtensionSymbols },
];

/** All numbers of at least eight hexadecimal digits that lie in the image, each once, in their order. */
export const addressesIn = (text: string, base: bigint, bytes: bigint): bigint[] => {
  const numbers = [...text.matchAll(/\b(?:0x)?([0-9a-f]{8,16})\b/gi)].map((match) => BigInt(`0x${match[1]}`));
  return [...new Set(numbers)].filter((address) => address >= base && address < base + bytes);
};

const functionNames = (file: string, addresses: readonly bigint[]): string[] => {
  const table = new SymbolTable(readFileSync(file));
  return addresses.flatMap((address) => {
    const name = table.symbolize(address);
    return name === undefined ? [] : [`0x${address.toString(16)} ${name}`];
  });
};

/** Writes functions.txt into the folder of a dead machine: an address and its function on each line. */
export const writeFunctions = (folder: string, logs: readonly string[]): void => {
  const text = logs
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const lines = images.flatMap(({ base, bytes, symbols }) => {
    const addresses = addressesIn(text, base, bytes);
    try {
      return addresses.length > 0 && existsSync(symbols) ? functionNames(symbols, addresses) : [];
    } catch (error) {
      // The logs are worth having without the names, too.
      return [String(error)];
    }
  });
  if (lines.length > 0) {
    writeFileSync(join(folder, FUNCTIONS_LOG), `${lines.join("\n")}\n`);
  }
};
