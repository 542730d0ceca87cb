// New extensions as their authors first meet them: made, built, and run by their own tests

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { scaffold, type Template } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-new-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The environment without what this run of tests tells itself. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^VITEST|^TEST$/.test(name)));

/** Tests some of the templates. */
export const testTemplates = (templates: readonly Template[]): void =>
  it.each(templates.map(({ name }) => name))("one from %s passes its tests as it is", passesItsTests);

function passesItsTests(template: string): void {
  const path = join(folder, `from-${template}`);
  scaffold(path, template);
  const { status, stdout, stderr } = spawnSync("npm", ["test"], { cwd: path, env: environment, encoding: "utf8" });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toMatch(/Tests .*2 passed/);
}
