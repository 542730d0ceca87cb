// The extensions in the manual's chapters, docs/extensions/*.md, in the order in which they stand there

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { extensionPackages } from "./extension-package.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "docs/extensions");

export type Chapter = "cookbook" | "counters" | "devices" | "guest-memory" | "nested-paging" | "second-vm";

export const chapterFiles = () =>
  readdirSync(folder)
    .map((file) => file.replace(/\.md$/, ""))
    .sort();

/** By what stands behind the fence, the template that has a source in it. */
export const OTHERS = { c: "c", cpp: "cpp", rust: "rust" } as const;
export type Fence = "ts" | keyof typeof OTHERS;

/** What a chapter shows in a language: whole extensions, and of the cookbook what stands in bootstrap. */
export function codeOf(chapter: Chapter, fence: Fence = "ts"): string[] {
  const text = readFileSync(join(folder, `${chapter}.md`), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```/gms)].flatMap(([, found, code = ""]) => (found === fence ? code : []));
}

/** All recipes in one extension. */
export function cookbook(): string {
  const [imports = "", ...recipes] = codeOf("cookbook");
  const body = `  const root = startRoot(ppid);\n${recipes.join("")}  return Next.Run;\n`;
  return `${imports}export function bootstrap(ppid: u32): Next {\n${body}}\n`;
}

/** The same in another language, by its frame: a recipe in C has functions, and what is to stand in bootstrap behind them. */
export function cookbookIn(fence: keyof typeof OTHERS): string {
  const [frame = "", ...recipes] = codeOf("cookbook", fence);
  const halves = recipes.map((recipe) => recipe.split("// in bootstrap\n"));
  const bodies = halves.map((half) => `    {\n${half.at(-1)}    }\n`);
  const functions = halves.flatMap(([first, second]) => (second === undefined ? [] : first));
  return frame.replace("    // …\n", bodies.join("")).replace("// handlers\n", functions.join("\n"));
}

/** Builds one, after the other compiler of TypeScript has found nothing either; answers its image. */
export async function buildChapter(packages: ReturnType<typeof extensionPackages>, name: string, source: string) {
  const image = await packages.build("minimal", name, source);
  const tsc = join(root, "node_modules/.bin/tsc");
  expect(spawnSync(tsc, ["-p", packages.folderOf(name)], { encoding: "utf8" }).stdout).toBe("");
  return image;
}
