// Which functions of microkernel and extensions the addresses in a dead machine's logs lie in

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTables } from "../symbol-files.ts";

/** The file with the names. */
export const FUNCTIONS_LOG = "functions.txt";

/** All numbers of eight to sixteen hexadecimal digits, each once, in their order. */
export const addressesIn = (text: string): bigint[] => {
  const numbers = [...text.matchAll(/\b(?:0x)?([0-9a-f]{8,16})\b/gi)].map((match) => BigInt(`0x${match[1]}`));
  return [...new Set(numbers)];
};

/** Writes functions.txt into the folder of a dead machine: an address and its function on each line. */
export const writeFunctions = (folder: string, logs: readonly string[], symbolFiles: readonly string[]): void => {
  const text = logs
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const addresses = addressesIn(text);
  const lines = readTables(symbolFiles).flatMap((table) =>
    addresses.flatMap((address) => {
      const name = table.symbolize(address);
      return name === undefined ? [] : [`0x${address.toString(16)} ${name}`];
    }),
  );
  if (lines.length > 0) {
    writeFileSync(join(folder, FUNCTIONS_LOG), `${lines.join("\n")}\n`);
  }
};
