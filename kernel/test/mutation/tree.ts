// A copy of the sources, in which changes are made one at a time: the checkout is never touched

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Change } from "./changes.ts";

export const repository = resolve(import.meta.dirname, "../../..");
export const folder = join(repository, "build", "test", "mutation");

/** What kernel and loader are built from. */
const SOURCES = ["abi", "bsl", "kernel", "loader", "toolchain", "package.json"];
/** What is changed: all that runs in ring 0. */
const CHANGED = ["kernel/src", "kernel/arch", "loader/src"];

export class SourceTree {
  readonly root = join(folder, "tree");

  constructor() {
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    for (const name of SOURCES) {
      const filter = (path: string) => !path.endsWith("node_modules");
      cpSync(join(repository, name), join(this.root, name), { recursive: true, filter });
    }
    symlinkSync(join(repository, "node_modules"), join(this.root, "node_modules"));
  }

  /** The files that can be changed, as paths below the root. */
  files(): string[] {
    const options = { cwd: repository, encoding: "utf8" } as const;
    const names = execFileSync("git", ["ls-files", ...CHANGED], options)
      .trim()
      .split("\n");
    return names.filter((name) => name.endsWith(".ts"));
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  /** Runs `work` while a change is in place. */
  async with<T>({ file, start, end, after }: Change, work: () => Promise<T>): Promise<T> {
    const text = this.read(file);
    writeFileSync(join(this.root, file), text.slice(0, start) + after + text.slice(end));
    try {
      return await work();
    } finally {
      writeFileSync(join(this.root, file), text);
    }
  }
}
