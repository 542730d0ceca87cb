// The cache of large files, by content: a name and a digest of all that decides what is in them

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../paths.ts";

/** So many files of one name stay; older ones go when a new one comes. */
const KEPT_PER_NAME = 4;

const touch = (path: string): void => {
  const now = new Date();
  utimesSync(path, now, now);
};

const prune = (folder: string, name: string, keep: number): void => {
  const others = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}-`) && !file.endsWith(".tmp"))
    .map((file) => ({ path: join(folder, file), used: statSync(join(folder, file)).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path } of others.slice(keep)) {
    rmSync(path, { recursive: true, force: true });
  }
};

/** Two processes may make the same: of files the last one stays, of folders the first, which may be in use. Both are right. */
const putInPlace = (unfinished: string, path: string): void => {
  try {
    renameSync(unfinished, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
};

/**
 * The path of a cached file or folder, which is made first when it is not there.
 *
 * @param name what it is, e.g. "root"
 * @param digest hexadecimal; decides, with the name, which one it is
 * @param produce makes it at the path that it gets; when it throws, nothing is kept
 * @param keep so many of this name stay
 */
export const cached = async (
  name: string,
  digest: string,
  produce: (path: string) => Promise<void> | void,
  keep = KEPT_PER_NAME,
): Promise<string> => {
  const folder = cacheFolder();
  const path = join(folder, `${name}-${digest.slice(0, 20)}`);
  if (existsSync(path)) {
    touch(path);
    return path;
  }
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await produce(unfinished);
    putInPlace(unfinished, path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  prune(folder, name, keep);
  return path;
};
