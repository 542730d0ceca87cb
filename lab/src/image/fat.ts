// FAT file systems in image files, by mtools

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { runTool } from "../host-tools.ts";

/** A file of the file system. */
export interface FatFile {
  /** Absolute, with slashes. */
  readonly path: string;
  /** Its content, or a file of the host. */
  readonly content: string | Uint8Array | { readonly source: string };
}

const SECTOR_BYTES = 512;

const isSource = (content: FatFile["content"]): content is { readonly source: string } =>
  typeof content === "object" && "source" in content;

/** Folders of these paths, each behind the one that it is in. */
const foldersOf = (paths: readonly string[]): string[] => {
  const above = (path: string): string[] => (path === "/" ? [] : [...above(posix.dirname(path)), path]);
  return [...new Set(paths.flatMap((path) => above(posix.dirname(path))))];
};

/**
 * Makes a FAT32 file system in a part of an image file, with these files.
 *
 * @param bytes at least 33 MiB: FAT32 has at least 65,525 clusters
 * @param scratch a folder that is made for the time of this call
 * @throws LabError when mtools is not installed
 */
export const makeFat = (
  image: string,
  { offset, bytes }: { readonly offset: number; readonly bytes: number },
  files: readonly FatFile[],
  scratch: string,
): void => {
  const place = `${image}@@${offset}`;
  runTool("mformat", ["-i", place, "-F", "-c", "1", "-T", String(bytes / SECTOR_BYTES), "::"]);
  runTool("mmd", ["-i", place, ...foldersOf(files.map(({ path }) => path)).map((path) => `::${path}`)]);
  for (const [index, { path, content }] of files.entries()) {
    const source = isSource(content) ? content.source : join(scratch, String(index));
    if (!isSource(content)) {
      mkdirSync(dirname(source), { recursive: true });
      writeFileSync(source, content);
    }
    runTool("mcopy", ["-i", place, source, `::${path}`]);
  }
  rmSync(scratch, { recursive: true, force: true });
};
