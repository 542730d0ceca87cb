import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepRunFolder, newRunFolder, removeRunFolder, runsFolder } from "../src/run-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bf-runs-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("a run's folder lies", () => {
  it("in the project of the nearest package.json", () => {
    mkdirSync(join(root, "a/b/c"), { recursive: true });
    writeFileSync(join(root, "a/package.json"), "{}");
    expect(runsFolder(join(root, "a/b/c"))).toBe(join(root, "a/build/lab/runs"));
    expect(runsFolder(join(root, "a"))).toBe(join(root, "a/build/lab/runs"));
  });

  it("in the cache when there is no project", () => {
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = join(root, "cache");
    try {
      expect(runsFolder("/")).toBe(join(root, "cache/bareflank-ts/lab/runs"));
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });

  // The superuser may write everywhere, so this runs as somebody else.
  it.runIf(process.getuid?.() === 0)("in the cache when the project cannot be written", () => {
    const project = join(root, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), "{}");
    chmodSync(root, 0o755);
    const source = pathToFileURL(join(import.meta.dirname, "../src/run-folder.ts")).href;
    const script = `
      process.env.XDG_CACHE_HOME = "/cache";
      process.setuid(65534);
      process.stdout.write(runsFolder(${JSON.stringify(project)}));`;
    const { stdout } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--input-type=module", "-e", `import { runsFolder } from "${source}";${script}`],
      { encoding: "utf8" },
    );
    expect(stdout).toBe("/cache/bareflank-ts/lab/runs");
  });
});

it("a run's folder goes when all went well, and stays when it is kept", () => {
  const [gone, kept] = [newRunFolder(), newRunFolder()];
  expect(existsSync(gone)).toBe(true);
  expect(gone).not.toBe(kept);
  removeRunFolder(gone);
  expect(existsSync(gone)).toBe(false);
  keepRunFolder(kept);
  expect(existsSync(kept)).toBe(true);
  removeRunFolder(kept);
});

describe("a process that ends while a machine runs", () => {
  /** Makes two folders in a project of its own, keeps one, and does `end`. */
  const make = (end: string) => {
    writeFileSync(join(root, "package.json"), "{}");
    const source = pathToFileURL(join(import.meta.dirname, "../src/run-folder.ts")).href;
    const script = `
      import { keepRunFolder, newRunFolder } from "${source}";
      newRunFolder();
      keepRunFolder(newRunFolder());
      process.stdout.write("made");
      ${end}`;
    const tsx = import.meta.resolve("tsx");
    return spawn(process.execPath, ["--import", tsx, "--input-type=module", "-e", script], { cwd: root });
  };

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "by %s takes its folders along, but for those it kept",
    async (signal) => {
      const child = make("setInterval(() => undefined, 1000);");
      await once(child.stdout, "data");
      expect(readdirSync(join(root, "build/lab/runs"))).toHaveLength(2);
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([null, signal]);
      expect(readdirSync(join(root, "build/lab/runs"))).toHaveLength(1);
    },
  );

  it("by itself does so, too", async () => {
    const child = make("process.exit(3);");
    expect(await once(child, "exit")).toEqual([3, null]);
    expect(readdirSync(join(root, "build/lab/runs"))).toHaveLength(1);
  });
});
