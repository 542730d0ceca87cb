// The cache of build steps

import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cache } from "../src/cache.ts";

let folder: string;
let runs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-cache-test-"));
  runs = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A step that copies its input and counts how often it ran. */
async function copy(key: unknown = "copy"): Promise<string> {
  const input = join(folder, "input");
  const cache = new Cache(join(folder, "cache"), folder);
  const result = await cache.run("copy", key, () => {
    runs++;
    const inputs = [input, join(folder, "absent")];
    return Promise.resolve({ files: new Map([["output", readFileSync(input)]]), inputs });
  });
  return readFileSync(result.path("output"), "utf8");
}

const write = (text: string, name = "input") => writeFileSync(join(folder, name), text);

it("runs a step once for the same key and contents", async () => {
  write("one");
  expect([await copy(), await copy(), runs]).toEqual(["one", "one", 1]);
});

it("runs a step once for those who want it at the same time, and again for the next one when it failed", async () => {
  const cache = new Cache(join(folder, "cache"), folder);
  const slow = (fails: boolean) =>
    cache.run("slow", "key", async () => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (fails) throw new Error("failed");
      return { files: new Map([["output", Buffer.from("done")]]), inputs: [] };
    });
  const wanted = await Promise.allSettled([slow(true), slow(false), slow(false), slow(false)]);
  expect(wanted.map((each) => (each.status === "fulfilled" ? each.value.hit : "failed"))).toEqual([
    ...["failed", false, true, true],
  ]);
  expect(runs).toBe(2);
});

it("runs it again for other contents or another key, and remembers both", async () => {
  write("one");
  await copy();
  write("two");
  expect(await copy()).toBe("two");
  await copy("other key");
  expect(runs).toBe(3);
  write("one");
  expect([await copy(), runs]).toEqual(["one", 3]);
});

it("notices a file that was looked for in vain and is there now", async () => {
  write("one");
  await copy();
  write("", "absent");
  await copy();
  expect(runs).toBe(2);
});

it("forgets the oldest contents of a key, files and all", async () => {
  for (const text of "abcdefgh") {
    write(text);
    await copy();
  }
  expect(runs).toBe(8);
  write("h");
  await copy();
  expect(runs).toBe(8);
  write("a");
  await copy();
  expect(runs).toBe(9);
});

it("does a step again whose result was deleted", async () => {
  write("one");
  await copy();
  rmSync(join(folder, "cache", "results"), { recursive: true });
  expect([await copy(), runs]).toEqual(["one", 2]);
});

it("keeps what was used lately and deletes the rest", async () => {
  write("one");
  await copy("old");
  const index = join(folder, "cache", "index");
  const longAgo = new Date(Date.now() - 15 * 24 * 60 * 60 * 1000);
  for (const name of readdirSync(index)) utimesSync(join(index, name), longAgo, longAgo);
  await copy("new");
  new Cache(join(folder, "cache"), folder).prune();
  expect(readdirSync(join(folder, "cache", "results"))).toHaveLength(1);
  await copy("new");
  expect(runs).toBe(2);
  await copy("old");
  expect(runs).toBe(3);
});
