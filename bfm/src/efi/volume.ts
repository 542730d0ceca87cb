// Files on the EFI system partition: whole or not at all, and taken back when something goes wrong later

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** FAT has no journal: a file is written beside its place, flushed, and renamed. */
const UNFINISHED = ".new";

export class Volume {
  readonly #folder: string;
  /** What stood where something was written or removed, latest last. */
  readonly #before: { readonly name: string; readonly bytes: Uint8Array | undefined }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined when there is no such file. */
  read(name: string): Uint8Array | undefined {
    try {
      return readFileSync(join(this.#folder, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw failure(this.#folder, name, error);
    }
  }

  has(name: string): boolean {
    return existsSync(join(this.#folder, name));
  }

  write(name: string, bytes: Uint8Array): void {
    const before = this.read(name);
    if (before !== undefined && Buffer.compare(before, bytes) === 0) return;
    this.#before.push({ name, bytes: before });
    this.#put(name, bytes);
  }

  remove(name: string): void {
    const bytes = this.read(name);
    if (bytes === undefined) return;
    this.#before.push({ name, bytes });
    this.#delete(name);
  }

  /** Removes a folder, unless something is in it. */
  removeFolder(name: string): void {
    try {
      rmdirSync(join(this.#folder, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "ENOENT") throw failure(this.#folder, name, error);
    }
  }

  /** Puts everything back as it was when this volume was opened. */
  undo(): void {
    for (const { name, bytes } of this.#before.splice(0).reverse()) {
      if (bytes === undefined) this.#delete(name);
      else this.#put(name, bytes);
    }
  }

  #put(name: string, bytes: Uint8Array): void {
    const path = join(this.#folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      // What was cut short there goes; what somebody puts there meanwhile, a link for example, is not followed
      rmSync(path + UNFINISHED, { force: true });
      const file = openSync(path + UNFINISHED, "wx");
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(path + UNFINISHED, path);
    } catch (error) {
      rmSync(path + UNFINISHED, { force: true });
      throw failure(this.#folder, name, error);
    }
  }

  #delete(name: string): void {
    try {
      rmSync(join(this.#folder, name), { force: true });
    } catch (error) {
      throw failure(this.#folder, name, error);
    }
  }
}

const isMissing = (error: unknown) => ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

const advices: Readonly<Record<string, string>> = {
  EACCES: "Run bfm as root: sudo bfm ...",
  EPERM: "Run bfm as root: sudo bfm ...",
  EROFS: "Mount the partition writable: mount -o remount,rw DIR",
  ENOSPC: "Make room on the partition.",
};

function failure(folder: string, name: string, cause: unknown): Failure {
  const { code = "EIO" } = cause as NodeJS.ErrnoException;
  const file = join(folder, name);
  return new Failure(
    code,
    exitCodes.file,
    `${file} cannot be read or written (${code})`,
    advices[code] ?? "Check the partition: fsck.vfat",
    { facts: { file }, cause },
  );
}
