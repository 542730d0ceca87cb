// The bundle: V8 takes its code cache, whatever the environment of the build was, and it finds its files

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bfm-cache-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loads the bundle as the launcher does, and prints whether V8 refused the cache. */
const PROBE = `
const fs = require("node:fs");
const { Script } = require("node:vm");
class Probe extends Script {
  constructor(source, options) {
    super(source, options);
    process.stdout.write(String(this.cachedDataRejected));
    process.exit(0);
  }
}
require("node:vm").Script = Probe;
require("./bfm");
`;

it("holds where bfm runs although the build had options of its own", () => {
  const build = `(await import(${JSON.stringify(join(ROOT, "bfm/build.ts"))})).build(${JSON.stringify(folder)})`;
  const made = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", `await ${build}`], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "--max-old-space-size=1000" },
  });
  expect(made).toMatchObject({ status: 0, stderr: "" });
  writeFileSync(join(folder, "probe.cjs"), PROBE);
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, "probe.cjs")], { env, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "false", stderr: "" });
  // Commands that are files of their own: one that works here, and one that has no driver
  const bfm = (...args: string[]) => {
    const typed = spawnSync(process.execPath, [join(folder, "bfm"), ...args, "--json"], { env, encoding: "utf8" });
    return JSON.parse(typed.stdout);
  };
  expect(bfm("efi", "status", "--esp", folder)).toMatchObject({ ok: true, installed: false });
  expect(bfm("efi", "remove", "--esp", folder)).toMatchObject({ ok: false, error: { code: "NOT_INSTALLED" } });
  if (!existsSync("/dev/bareflank")) expect(bfm("dump")).toMatchObject({ ok: false, error: { exitCode: 3 } });
}, 60_000);
