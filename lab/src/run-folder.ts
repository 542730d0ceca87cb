// Where the logs of one machine go: into the project whose developer runs it, or into the cache

import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { atEnd } from "./cleanup.ts";
import { cacheFolder } from "./paths.ts";

/** So many folders stay, the newest; those of machines that ended well are gone already. */
const KEPT = 50;

let runCount = 0;

/** Folders that go when this process ends, because nothing has failed in them, and what makes them stay. */
const open = new Map<string, () => void>();

/** The folder of the nearest package.json, at or above `from`. */
export const projectOf = (from: string): string | undefined => {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : projectOf(parent);
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** `build/lab/runs` of the project around the working folder; in the cache when there is none, or it cannot be written. */
export const runsFolder = (from = process.cwd()): string => {
  const project = projectOf(from);
  const build = project === undefined ? undefined : join(project, "build");
  const inProject = build !== undefined && isWritable(existsSync(build) ? build : dirname(build));
  return inProject ? join(build, "lab", "runs") : join(cacheFolder(), "runs");
};

/** A fresh folder, which goes with this process unless `keepRunFolder` is called. Names begin with the time. */
export const newRunFolder = (): string => {
  runCount += 1;
  const runs = runsFolder();
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  const folder = join(runs, `${stamp}-${process.pid}-${runCount}`);
  mkdirSync(folder, { recursive: true });
  open.set(
    folder,
    atEnd(() => rmSync(folder, { recursive: true, force: true })),
  );
  for (const old of readdirSync(runs).sort().slice(0, -KEPT)) {
    if (!open.has(join(runs, old))) rmSync(join(runs, old), { recursive: true, force: true });
  }
  return folder;
};

/** The folder stays: what is in it tells why a machine died, or its user wants it. */
export const keepRunFolder = (folder: string): void => {
  open.get(folder)?.();
  open.delete(folder);
};

/** The folder goes: all went well. */
export const removeRunFolder = (folder: string): void => {
  keepRunFolder(folder);
  rmSync(folder, { recursive: true, force: true });
};
