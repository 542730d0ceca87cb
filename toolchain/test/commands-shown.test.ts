// The commands that documents, templates, help and messages show

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import { scaffold } from "../src/index.ts";

const checkout = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bf-shown-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What other people wrote, and what a build makes. */
const FOREIGN = new Set(["node_modules", "build", "generated", ".git", "package-lock.json"]);
/** This file names what it looks for. */
const SELF = relative(checkout, import.meta.filename);
/** This one says why. */
const REASON = "CHANGELOG.md";

/**
 * Commands that fetch a package by its name from the registry and run it where it is not installed. The name "bf" there
 * is not ours.
 */
const FETCHES = /\b(?:npx|npm exec|npm x|pnpx|pnpm dlx|yarn dlx|bunx)\b/;

function filesIn(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const file = join(path, entry.name);
    if (FOREIGN.has(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(file);
    return entry.isFile() ? [file] : [];
  });
}

const linesThatFetch = (root: string) =>
  filesIn(root).flatMap((file) =>
    readFileSync(file, "latin1")
      .split("\n")
      .filter((line) => FETCHES.test(line))
      .map((line) => `${relative(root, file)}: ${line.trim()}`),
  );

it("never fetch a program from the registry by a name that is not ours", () => {
  const shown = linesThatFetch(checkout).filter((line) => ![SELF, REASON].some((file) => line.startsWith(`${file}: `)));
  expect(shown).toEqual([]);
});

it("are the same in a new package, where npm's script bf is the command", () => {
  scaffold(join(folder, "hello"), "minimal");
  expect(linesThatFetch(join(folder, "hello"))).toEqual([]);
  expect(readFileSync(join(folder, "hello/README.md"), "utf8")).toContain("`npm run bf -- build`");
  expect(JSON.parse(readFileSync(join(folder, "hello/package.json"), "utf8")).scripts.bf).toBe("bf");
});
