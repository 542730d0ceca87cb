// A tree of files, as a description: what the images are made from

import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { posix } from "node:path";

/** One entry; `path` is absolute, as the guest sees it. */
export type Entry =
  | { readonly kind: "folder"; readonly path: string; readonly mode?: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "file"; readonly path: string; readonly mode?: number; readonly content: string | Uint8Array }
  | { readonly kind: "host-file"; readonly path: string; readonly mode?: number; readonly source: string };

/** Permission bits of an entry that names none. */
export const entryMode = (entry: Entry): number => {
  switch (entry.kind) {
    case "folder":
      return entry.mode ?? 0o755;
    case "link":
      return 0o777;
    default:
      return entry.mode ?? 0o644;
  }
};

/** The bytes of a file or the target of a link; nothing for a folder. */
export const entryContent = (entry: Entry): Uint8Array => {
  switch (entry.kind) {
    case "folder":
      return new Uint8Array();
    case "link":
      return Buffer.from(entry.target);
    case "file":
      return typeof entry.content === "string" ? Buffer.from(entry.content) : entry.content;
    case "host-file":
      return readFileSync(realpathSync(entry.source));
  }
};

/**
 * The same entries with all folders above them, every folder before what it holds, and of several entries with one
 * path the last one.
 */
export const completeTree = (entries: readonly Entry[]): Entry[] => {
  const byPath = new Map<string, Entry>();
  const addFolders = (path: string): void => {
    const parent = posix.dirname(path);
    if (parent !== "/" && !byPath.has(parent)) {
      addFolders(parent);
      byPath.set(parent, { kind: "folder", path: parent });
    }
  };
  for (const entry of entries) {
    addFolders(entry.path);
    byPath.set(entry.path, entry);
  }
  return [...byPath.values()];
};

/** A file of the host from this size on is known by its size and times: reading all of Node.js takes a second. */
const LARGE_BYTES = 4 * 1024 * 1024;

const identity = (entry: Entry): Uint8Array => {
  if (entry.kind !== "host-file") return entryContent(entry);
  const { size, mtimeNs, ino } = statSync(realpathSync(entry.source), { bigint: true });
  return size < LARGE_BYTES ? entryContent(entry) : Buffer.from(`${entry.source} ${size} ${mtimeNs} ${ino}`);
};

/** SHA-256 over everything that decides what an image made from the tree contains. */
export const treeDigest = (entries: readonly Entry[]): string => {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const content = identity(entry);
    hash.update(`${entry.kind} ${entry.path} ${entryMode(entry).toString(8)} ${content.length}\n`);
    hash.update(content);
  }
  return hash.digest("hex");
};
