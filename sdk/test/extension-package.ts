// Extensions made for a test, from a template and a source

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { BuildError, Builder, findWorkspace, formatDiagnostic, scaffold } from "../../toolchain/src/index.ts";

const SOURCES = {
  minimal: "src/main.ts",
  "cpuid-journal": "src/main.ts",
  c: "src/main.c",
  cpp: "src/main.cpp",
  rust: "src/main.rs",
};

/** The templates that a test can put its own source into. */
export type TemplateName = keyof typeof SOURCES;

/** A compiler's start takes seconds on a busy machine. */
export const PATIENCE = 120_000;

/** A folder for this test's packages, thrown away after it; `build` answers the path of an image. */
export function extensionPackages(): {
  /** `field` adds to the field "bareflank" of its package.json, `files` are written beside the source. */
  build(
    template: TemplateName,
    name: string,
    source: string,
    field?: object,
    files?: Readonly<Record<string, string>>,
  ): Promise<string>;
  folderOf(name: string): string;
} {
  const folder = mkdtempSync(join(tmpdir(), "bf-sdk-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return {
    folderOf: (name) => join(folder, name),
    async build(template, name, source, field = {}, files = {}) {
      const path = join(folder, name);
      // A test that is tried again finds what it left
      rmSync(path, { recursive: true, force: true });
      scaffold(path, template);
      writeFileSync(join(path, SOURCES[template]), source);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
      const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
      const bareflank = { ...manifest.bareflank, ...field };
      writeFileSync(join(path, "package.json"), JSON.stringify({ ...manifest, bareflank }));
      const workspace = findWorkspace(path);
      const builder = new Builder(workspace, { cache: join(folder, "cache"), compilers: COMPILERS });
      try {
        const { products, failures } = await builder.build(workspace.parts);
        if (failures[0] !== undefined) throw explained(failures[0].error);
        return products[0]?.files.elf ?? "";
      } finally {
        await builder.close();
      }
    },
  };
}

/** What the compiler said belongs to the message: nobody sees the source that a test made. */
function explained(error: Error): Error {
  if (!(error instanceof BuildError)) return error;
  return new Error([error.message, ...error.diagnostics.map(formatDiagnostic)].join("\n"), { cause: error });
}
