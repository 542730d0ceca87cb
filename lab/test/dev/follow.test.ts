import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogFollower } from "../../src/dev/follow.ts";

let folder = "";
let log = "";
let shown = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-follow-"));
  log = join(folder, "serial.log");
  shown = "";
  writeFileSync(log, "before\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

const follow = () => new LogFollower(log, [], (text) => (shown += text));

it("shows what comes from now on, in whole lines, and the rest at the end", async () => {
  const follower = follow();
  appendFileSync(log, "one\ntw");
  await expect.poll(() => shown).toBe("one\n");
  appendFileSync(log, "o\n");
  await expect.poll(() => shown).toBe("one\ntwo\n");
  appendFileSync(log, "three");
  follower.close();
  expect(shown).toBe("one\ntwo\nthree");
});

it("keeps up with a megabyte at once", () => {
  const follower = follow();
  const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join("");
  appendFileSync(log, lines);
  follower.close();
  expect(shown).toBe(lines);
});
