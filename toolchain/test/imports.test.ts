// Names that a package gives its own files ("imports" in its package.json)

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { rewriteImports } from "../src/imports.ts";

const root = mkdtempSync(join(tmpdir(), "bf-imports-"));
const manifest = join(root, "package.json");
mkdirSync(join(root, "src/deep"), { recursive: true });
writeFileSync(manifest, JSON.stringify({ imports: { "#arch/*": "./arch/x64/*.ts", "#one": "./src/one.ts" } }));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rewritten = (source: string, names = {}) => rewriteImports(source, join(root, "src/deep/main.ts"), names);

it("lead to the files that its package.json says, seen from the file that imports", () => {
  expect(rewritten('import { a } from "#arch/cpu";')).toBe('import { a } from "../../arch/x64/cpu";');
  expect(rewritten('export * from "#arch/intel/vmcs";')).toBe('export * from "../../arch/x64/intel/vmcs";');
  expect(rewritten("import '#one';")).toBe("import '../one';");
});

it("lead elsewhere when the build says so", () => {
  const names = { "#arch/*": join(root, "src/fake/*.ts") };
  expect(rewritten('import { a } from "#arch/cpu"; import "#one";', names)).toBe(
    'import { a } from "../fake/cpu"; import "../one";',
  );
});

it("stay as they are, for the compiler to refuse, where nobody gives them", () => {
  expect(rewritten('import { a } from "#other/cpu";')).toBe('import { a } from "#other/cpu";');
  expect(rewritten('import { a } from "#one/more";')).toBe('import { a } from "#one/more";');
});

it("make what is built depend on the package.json", () => {
  const asked: string[] = [];
  rewriteImports('import "#arch/cpu";', join(root, "src/deep/main.ts"), {}, (path) => asked.push(path));
  expect(asked).toEqual([manifest]);
});
