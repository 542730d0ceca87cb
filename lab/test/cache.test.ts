import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cached } from "../src/image/cache.ts";

const home = mkdtempSync(join(tmpdir(), "bf-cache-"));
const before = process.env.XDG_CACHE_HOME;

beforeAll(() => {
  process.env.XDG_CACHE_HOME = home;
});

afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(home, { recursive: true });
});

it("a folder that somebody else made meanwhile stays, and nothing else does", async () => {
  const make = (text: string) => (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, "state"), text);
  };
  const path = await cached("booted", "0123", (unfinished) => {
    make("late")(unfinished);
    make("first")(unfinished.replace(/\.\d+\.tmp$/, ""));
  });
  expect(readFileSync(join(path, "state"), "utf8")).toBe("first");
  expect(readdirSync(join(path, ".."))).toEqual(["booted-0123"]);
});

it("what could not be made is not there", async () => {
  const failing = cached("booted", "4567", (path) => {
    writeFileSync(path, "half");
    throw new Error("no room");
  });
  await expect(failing).rejects.toThrow("no room");
  expect(existsSync(join(home, "bareflank-ts/lab/booted-4567"))).toBe(false);
});
