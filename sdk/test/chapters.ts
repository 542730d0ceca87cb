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

/** The TypeScript that a chapter shows: whole extensions, and of the cookbook what stands in bootstrap. */
export function codeOf(chapter: Chapter): string[] {
  const text = readFileSync(join(folder, `${chapter}.md`), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
}

/** All recipes in one extension. */
export function cookbook(): string {
  const [imports = "", ...recipes] = codeOf("cookbook");
  const body = `  const root = startRoot(ppid);\n${recipes.join("")}  return Next.Run;\n`;
  return `${imports}export function bootstrap(ppid: u32): Next {\n${body}}\n`;
}

/** Builds one, after the other compiler of TypeScript has found nothing either; answers its image. */
export async function buildChapter(packages: ReturnType<typeof extensionPackages>, name: string, source: string) {
  const image = await packages.build("minimal", name, source);
  const tsc = join(root, "node_modules/.bin/tsc");
  expect(spawnSync(tsc, ["-p", packages.folderOf(name)], { encoding: "utf8" }).stdout).toBe("");
  return image;
}
