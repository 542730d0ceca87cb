// Extensions made for a test, from a template and a source

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { Builder, findWorkspace, scaffold } from "../../toolchain/src/index.ts";

const SOURCES = { minimal: "src/main.ts", c: "src/main.c", cpp: "src/main.cpp", rust: "src/main.rs" };

/** The templates that a test can put its own source into. */
export type TemplateName = keyof typeof SOURCES;

/** A compiler's start takes seconds on a busy machine. */
export const PATIENCE = 120_000;

/** A folder for this test's packages, thrown away after it; `build` answers the path of an image. */
export function extensionPackages(): { build(template: TemplateName, name: string, source: string): Promise<string> } {
  const folder = mkdtempSync(join(tmpdir(), "bf-sdk-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    async build(template, name, source) {
      const path = join(folder, name);
      scaffold(path, template);
      writeFileSync(join(path, SOURCES[template]), source);
      const workspace = findWorkspace(path);
      const builder = new Builder(workspace, { cache: join(folder, "cache") });
      try {
        const { products, failures } = await builder.build(workspace.parts);
        if (failures[0] !== undefined) throw failures[0].error;
        return products[0]?.files.elf ?? "";
      } finally {
        await builder.close();
      }
    },
  };
}
