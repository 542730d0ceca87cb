// One build at a time

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "../src/lock.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-lock-"));
  path = join(folder, "build", ".lock");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

it("lets one after the other work, and says who is waited for", async () => {
  const events: string[] = [];
  const work = async (name: string) => {
    events.push(`${name} begins`);
    await pause();
    events.push(`${name} ends`);
  };
  const waits: number[] = [];
  const first = withLock(
    path,
    () => work("first"),
    () => {},
  );
  const second = withLock(
    path,
    () => work("second"),
    (pid) => waits.push(pid),
  );
  await Promise.all([first, second]);
  expect(events).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  expect(waits).toEqual([process.pid]);
});

it("is released when the work fails", async () => {
  await expect(
    withLock(
      path,
      () => Promise.reject(new Error("no")),
      () => {},
    ),
  ).rejects.toThrow("no");
  expect(existsSync(path)).toBe(false);
});

it("takes over from a process that died", async () => {
  await withLock(
    path,
    () => Promise.resolve(),
    () => {},
  );
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  writeFileSync(path, String(dead));
  expect(
    await withLock(
      path,
      () => Promise.resolve("done"),
      () => {},
    ),
  ).toBe("done");
});
