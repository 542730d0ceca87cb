// A new extension under Linux, by the command that its README names first

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { scaffold } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-new-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("runs Linux as a VM with npm start, and gives the processor back", () => {
  const path = join(folder, "hello");
  scaffold(path, "c");
  const { status, stdout, stderr } = spawnSync("npm", ["start"], { cwd: path, encoding: "utf8" });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toContain('"leaf":"0x40000000","subleaf":"0x00","eax":"0x40000001","ebx":"0x65726142"');
  expect(stdout).toContain("PP 0: in a VM now\n");
});
