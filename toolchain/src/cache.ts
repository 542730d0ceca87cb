// Content-addressed cache of build steps
//
// A step is a name, a key (everything it is told: options, versions of tools) and the files that it reads, which are
// known only after it ran. Per key, an index keeps the last few sets of (file, digest) with the result that each gave;
// the first set that still matches the files on disk is a hit. So a switch of branch and back costs nothing.

import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { filesBelow } from "./files.ts";

/** What a step produced, and every file that it read or looked for in vain. */
export interface Outcome {
  readonly files: ReadonlyMap<string, Uint8Array | string>;
  readonly inputs: Iterable<string>;
}

/** A step's result on disk. */
export interface CachedResult {
  readonly hit: boolean;
  /** Identifies key and inputs, and so the files. */
  readonly id: string;
  /** Every file that the step read, as absolute paths. */
  readonly inputs: readonly string[];
  /** Path of one of the files that the step produced. */
  path(name: string): string;
}

interface Entry {
  readonly inputs: readonly (readonly [path: string, digest: string])[];
  readonly id: string;
}

const ENTRIES_PER_KEY = 6;

/** Another toolchain makes other things: its sources are part of every key. */
const TOOLCHAIN = toolchainDigest();
const ABSENT = "-";
const UNUSED_MILLISECONDS = 14 * 24 * 60 * 60 * 1000;

/** Hexadecimal SHA-256. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

export class Cache {
  readonly folder: string;
  readonly #root: string;
  readonly #digests = new Map<string, { stamp: string; digest: string }>();

  /** What is under way, by its index. */
  readonly #running = new Map<string, Promise<unknown>>();

  /** @param root paths of inputs are remembered relative to it, so that a checkout can be moved */
  constructor(folder: string, root: string) {
    this.folder = folder;
    this.#root = root;
  }

  /** Result of `work`, from the cache when a run with the same key read the same contents. */
  async run(step: string, key: unknown, work: () => Promise<Outcome>): Promise<CachedResult> {
    const index = join(this.folder, "index", `${step}-${sha256(JSON.stringify([TOOLCHAIN, key])).slice(0, 32)}.json`);
    // Parts that want the same at once: one does it, the others find it
    for (let other = this.#running.get(index); other !== undefined; other = this.#running.get(index)) await other;
    const done = this.#findOrRun(step, key, index, work);
    const end = () => {
      this.#running.delete(index);
    };
    this.#running.set(index, done.then(end, end));
    return await done;
  }

  async #findOrRun(step: string, key: unknown, index: string, work: () => Promise<Outcome>): Promise<CachedResult> {
    const entries = readEntries(index);
    const found = entries.find((entry) => this.#matches(entry));
    if (found !== undefined) {
      // The one used last is forgotten last.
      if (found !== entries[0])
        writeWhole(index, JSON.stringify([found, ...entries.filter((entry) => entry !== found)]));
      return this.#result(found, true);
    }

    const outcome = await work();
    const inputs = [...new Set(outcome.inputs)].sort().map((path) => [this.#name(path), this.digest(path)] as const);
    const entry = { inputs, id: sha256(JSON.stringify([TOOLCHAIN, step, key, inputs])).slice(0, 40) };
    this.#store(entry.id, outcome.files);
    const kept = [entry, ...entries.filter((other) => other.id !== entry.id)];
    for (const old of kept.splice(ENTRIES_PER_KEY)) rmSync(this.#folderOf(old.id), { recursive: true, force: true });
    writeWhole(index, JSON.stringify(kept));
    return this.#result(entry, false);
  }

  /** SHA-256 of a file's contents, or "-" when there is none. */
  digest(path: string): string {
    const status = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (status === undefined || !status.isFile()) return ABSENT;
    const stamp = `${status.mtimeNs} ${status.size} ${status.ino}`;
    const known = this.#digests.get(path);
    if (known?.stamp === stamp) return known.digest;
    const digest = sha256(readFileSync(path));
    this.#digests.set(path, { stamp, digest });
    return digest;
  }

  /** Deletes what nobody has asked for in two weeks. */
  prune(): void {
    const index = join(this.folder, "index");
    if (!existsSync(index)) return;
    for (const name of readdirSync(index)) {
      const path = join(index, name);
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined || Date.now() - status.mtimeMs < UNUSED_MILLISECONDS) continue;
      for (const { id } of readEntries(path)) rmSync(this.#folderOf(id), { recursive: true, force: true });
      rmSync(path, { force: true });
    }
  }

  #matches(entry: Entry): boolean {
    const same = entry.inputs.every(([path, digest]) => this.digest(this.#absolute(path)) === digest);
    return same && statSync(this.#folderOf(entry.id), { throwIfNoEntry: false }) !== undefined;
  }

  #result(entry: Entry, hit: boolean): CachedResult {
    const folder = this.#folderOf(entry.id);
    const inputs = entry.inputs.map(([path]) => this.#absolute(path));
    return { hit, id: entry.id, inputs, path: (name) => join(folder, name) };
  }

  #store(id: string, files: Outcome["files"]): void {
    const folder = this.#folderOf(id);
    const fresh = `${folder}.${randomBytes(4).toString("hex")}`;
    mkdirSync(fresh, { recursive: true });
    for (const [name, data] of files) writeFileSync(join(fresh, name), data);
    rmSync(folder, { recursive: true, force: true });
    try {
      renameSync(fresh, folder);
    } catch (error) {
      // Another process stored the same contents first.
      rmSync(fresh, { recursive: true, force: true });
      if (statSync(folder, { throwIfNoEntry: false }) === undefined) throw error;
    }
  }

  #folderOf(id: string): string {
    return join(this.folder, "results", id);
  }

  #name(path: string): string {
    const name = relative(this.#root, path);
    return name.startsWith("..") ? path : name;
  }

  #absolute(name: string): string {
    return isAbsolute(name) ? name : join(this.#root, name);
  }
}

/** Writes a file so that nobody ever sees half of it. */
export function writeWhole(path: string, data: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(fresh, data);
  renameSync(fresh, path);
}

/** Writes a product only when its contents changed, so that its time says when; answers whether they did. */
export function writeProduct(path: string, data: Uint8Array): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true && Buffer.compare(readFileSync(path), data) === 0) {
    return false;
  }
  writeWhole(path, data);
  return true;
}

function toolchainDigest(): string {
  const folder = dirname(fileURLToPath(import.meta.url));
  const texts = filesBelow(folder).map((path) => `${relative(folder, path)}\n${readFileSync(path, "utf8")}`);
  return sha256(texts.join("\n"));
}

function readEntries(index: string): Entry[] {
  try {
    const entries = JSON.parse(readFileSync(index, "utf8")) as Entry[];
    const now = new Date();
    utimesSync(index, now, now);
    return entries;
  } catch {
    // No index yet, or one that was cut short: the step runs and writes a new one.
    return [];
  }
}
