// A load manifest on the bare platform, where no bfm reads it

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { encodePolicies, ManifestError, readManifest } from "@bareflank/abi/manifest";
import { LabError } from "./errors.ts";
import { writeSettings } from "./settings.ts";

/** What the bare platform is given instead of a manifest: files, the last of them with all policies. */
export interface LoadedManifest {
  readonly extensions: readonly string[];
  /** The files that the manifest names: those above, before they got their settings. */
  readonly sources: readonly string[];
  readonly policies: string;
}

/** Reads a manifest, and writes what it asks for into `folder`. */
export function loadManifest(path: string, folder: string): LoadedManifest {
  if (!existsSync(path)) throw new LabError(`${path} does not exist.`, "Name a load manifest.");
  try {
    const entries = readManifest(readFileSync(path, "utf8"));
    const policies = join(folder, "policies");
    writeFileSync(policies, encodePolicies(entries));
    const sources = entries.map(({ file }) => resolve(dirname(path), file));
    const extensions = entries.map(({ settings }, index) => {
      const source = sources[index] ?? "";
      if (settings.length === 0 || !existsSync(source)) return source;
      return writeSettings(source, settings, folder, `${index}-`);
    });
    return { extensions, sources, policies };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new LabError(`${path}: ${error.message}`, "Correct the manifest; docs/extensions.md describes it.");
  }
}
