// Folders of files as inputs of a build step

import { readdirSync } from "node:fs";
import { join } from "node:path";

/** All files below a folder, without tests and installed packages, sorted. */
export function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name === "node_modules" || entry.name === "test" ? [] : filesBelow(path);
  });
}
