// The names and numbers of Operation, read from the source: Node.js has no enums

import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../../src/x64/operation.ts", import.meta.url), "utf8");
const body = source.slice(source.indexOf("{") + 1, source.lastIndexOf("}"));

/** Names in the order of their numbers. */
export const operationNames: readonly string[] = [...body.matchAll(/^ {2}(\w+),$/gm)].map(([, name = ""]) => name);

/** The number of an operation. */
export function operation(name: string): number {
  const index = operationNames.indexOf(name);
  if (index === -1) throw new Error(`There is no operation ${name}.`);
  return index;
}
