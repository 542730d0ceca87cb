// The manual's links between its pages: file and heading are there

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const { stdout } = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: root, encoding: "utf8" });
const pages = stdout.split("\n").filter((page) => page !== "" && !page.includes("/templates/"));

const textOf = (page: string) => readFileSync(join(root, page), "utf8").replace(/^```.*?^```/gms, "");

/** As GitHub makes a heading's anchor. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .trim()
    .replace(/ /g, "-");

const anchors = new Map<string, Set<string>>();
function hasAnchor(page: string, anchor: string): boolean {
  const known =
    anchors.get(page) ??
    new Set([...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
  anchors.set(page, known);
  return known.has(anchor);
}

it("lead somewhere", () => {
  const links = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^\w+:/.test(link))
      .map((link) => ({ page, link })),
  );
  const dead = links.filter(({ page, link }) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith(".md") && !hasAnchor(target, anchor);
  });
  expect(dead).toEqual([]);
  expect(links.length).toBeGreaterThan(200);
});
