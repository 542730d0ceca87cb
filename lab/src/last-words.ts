// What a machine wrote last, for the terminal of somebody who wonders why it ended

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nameAddresses } from "@bareflank/toolchain/symbols";
import { CONSOLE_LOG, SERIAL_LOG } from "./emulator/emulator.ts";
import { readTables } from "./symbol-files.ts";

/** So many lines are shown of each log. */
const LINES = 40;

/** What each log is, for people. */
const logs = {
  [SERIAL_LOG]: "What loader, microkernel and extensions wrote last",
  [CONSOLE_LOG]: "What Linux wrote to its console last",
} as const;

/** The last lines of a log; empty when there are none. */
export const lastLines = (text: string, count = LINES): string[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(-count);

/**
 * The last lines of a machine's logs, each with a heading, and names behind addresses; empty when it wrote nothing.
 *
 * @param folder the machine's logs
 * @param symbolFiles where the names are
 * @param names the logs to show; all, unless it is said
 */
export const lastWords = (
  folder: string,
  symbolFiles: readonly string[],
  names: readonly (keyof typeof logs)[] = [SERIAL_LOG, CONSOLE_LOG],
): string => {
  const tables = readTables(symbolFiles);
  return names
    .flatMap((name) => {
      const path = join(folder, name);
      const lines = existsSync(path) ? lastLines(readFileSync(path, "utf8")) : [];
      if (lines.length === 0) return [];
      const text = nameAddresses(lines.map((line) => `  ${line}`).join("\n"), tables);
      return [`${logs[name]}:\n${text}\n`];
    })
    .join("");
};
