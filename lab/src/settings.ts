// Settings of an extension, where no bfm writes them

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SettingsError, withSettings } from "@bareflank/abi/settings";
import { LabError } from "./errors.ts";

/**
 * Writes a copy of an extension's file with these settings into a folder; returns its path.
 *
 * @param settings `key=value`
 * @throws LabError when it cannot have them
 */
export const writeSettings = (file: string, settings: readonly string[], folder: string, prefix = ""): string => {
  const copy = join(folder, `${prefix}${basename(file)}`);
  try {
    writeFileSync(copy, withSettings(readFileSync(file), settings));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new LabError(
      `${file} cannot have these settings: ${error.message}.`,
      "They are key=value, a word and a text.",
    );
  }
  return copy;
};
