// Builds again when a source changes

import { type FSWatcher, watch as watchFolder } from "node:fs";
import { dirname, sep } from "node:path";
import type { BuildEvents, Builder, BuildResult } from "./build.ts";
import type { DeclaredPart } from "./part.ts";
import type { Progress } from "./progress.ts";

/** Editors write a file in several steps; wait until they are done. */
const SETTLE_MILLISECONDS = 50;

/**
 * Builds, then builds again at every change of a folder that the build read from; never returns by itself.
 *
 * @param onBuilt called after each build; what changes meanwhile is built when it has ended
 */
export async function watch(
  builder: Builder,
  parts: readonly DeclaredPart[],
  events: BuildEvents,
  progress: Progress,
  onBuilt: (result: BuildResult) => Promise<void> = async () => {},
): Promise<never> {
  const watchers = new Map<string, FSWatcher>();
  let wake: () => void = () => {};
  for (;;) {
    const changed = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const result = await builder.build(parts, events);
    const read = result.products
      .flatMap((product) => product.inputs)
      .filter((path) => !path.includes(`${sep}node_modules${sep}`));
    const folders = new Set([...read.map((path) => dirname(path)), ...parts.flatMap(sourceFolders)]);
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      try {
        watchers.set(
          folder,
          watchFolder(folder, () => wake()),
        );
      } catch {
        // The folder does not exist (yet): one that does leads to it.
      }
    }
    progress.stop();
    await onBuilt(result);
    progress.line(progress.paint("dim", "waiting for changes; Ctrl+C ends"));
    await changed;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS));
  }
}

/** Where a part that has not been built yet keeps its sources. */
function sourceFolders(part: DeclaredPart): string[] {
  const { entry = "src/main.ts" } = part.field;
  const entries = typeof entry === "string" ? [entry] : entry;
  return [part.folder, ...entries.map((path) => dirname(`${part.folder}${sep}${path}`))];
}
