import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { howToInstall, missingPackages } from "../debian.mjs";
import { outdated } from "../npm.mjs";
import { packages } from "../packages.mjs";
import { run, SetupError } from "../progress.mjs";

const folder = mkdtempSync(join(tmpdir(), "setup-"));
afterAll(() => rmSync(folder, { recursive: true }));

let shown = "";
beforeEach(() => {
  shown = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    shown += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const lock = (entries: Parameters<typeof outdated>[0]["packages"]) => ({ packages: entries });

test("npm packages of the lock file need no installation", () => {
  const packagesOfLock = { "": {}, bfm: { version: "0.1.0" }, "node_modules/a": { version: "1.0.0", integrity: "x" } };
  expect(outdated(lock(packagesOfLock), lock({ "node_modules/a": { version: "1.0.0", integrity: "x" } }))).toEqual([]);
});

test("a package that is missing, or has another version or other bytes, is outdated", () => {
  const wanted = lock({
    "node_modules/missing": { version: "1.0.0" },
    "node_modules/version": { version: "1.0.0" },
    "node_modules/bytes": { version: "1.0.0", integrity: "x" },
    "bfm/node_modules/nested": { version: "1.0.0" },
  });
  const installed = lock({
    "node_modules/version": { version: "1.0.1" },
    "node_modules/bytes": { version: "1.0.0", integrity: "y" },
  });
  expect(outdated(wanted, installed)).toEqual([
    "node_modules/missing",
    "node_modules/version",
    "node_modules/bytes",
    "bfm/node_modules/nested",
  ]);
});

test("an optional package is wanted on the machines that it is for", () => {
  const own = { os: [process.platform], cpu: [process.arch], optional: true };
  const wanted = lock({
    "node_modules/own": own,
    "node_modules/own-musl": { ...own, libc: ["musl"] },
    "node_modules/elsewhere": { ...own, os: ["aix"] },
    "node_modules/of-elsewhere": { optional: true },
  });
  expect(outdated(wanted, lock({}))).toEqual(["node_modules/own"]);
});

test("every missing Debian package is named with its reason, in one command", () => {
  const missing = missingPackages(() => false);
  expect(missing).toEqual(packages);
  const text = howToInstall(missing);
  const literal = (words: string) => words.replace(/[+.]/g, "\\$&");
  for (const { name, why } of packages) {
    expect(text).toMatch(new RegExp(`^ {2}${literal(name)} +${literal(why)}$`, "m"));
  }
  expect(text).toContain("--no-install-recommends clang lld llvm");
});

test("nothing is missing where every file exists", () => {
  expect(missingPackages(() => true)).toEqual([]);
});

test("a failed command is shown with its output and what to do", async () => {
  const failure = run("Doing it", "sh", ["-c", "echo so far; exit 3"], { advice: "Try again." });
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow("Doing it failed (3): sh -c echo so far; exit 3\nso far\n\nTry again.");
  expect(shown).toBe("Doing it ...\nDoing it FAILED in 0 s\n");
});

test("a command that does not exist is a failure, not a crash", async () => {
  await expect(run("Doing it", join(folder, "nothing"), [])).rejects.toThrow("ENOENT");
});
