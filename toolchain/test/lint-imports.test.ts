// Who imports whom: circles, and the table of layers

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { formatDiagnostic } from "../src/errors.ts";
import { readImportGraph } from "../src/lint/import-graph.ts";
import { LAYERS_FILE, type Layer, lintImports } from "../src/lint/lint-imports.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A workspace of these files: what is found in it, as a person reads it. */
function lint(files: Readonly<Record<string, string>>, layers?: readonly Layer[]): string[] {
  const root = mkdtempSync(join(tmpdir(), "bf-layers-"));
  roots.push(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  if (layers !== undefined) writeFileSync(join(root, LAYERS_FILE), JSON.stringify({ layers }));
  return lintImports(root).map(formatDiagnostic);
}

describe("a circle of imports", () => {
  it("is printed file by file, the shortest way round", () => {
    const found = lint({
      "src/a.ts": '// The first\n\nimport { b } from "./b";\nimport { c } from "./c";\n',
      "src/b.ts": 'import { d } from "./d";\n',
      "src/c.ts": 'export * from "./d";\nimport {\n  a,\n} from "./a";\n',
      "src/d.ts": 'import "node:fs";\n',
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.split("\n").slice(1)).toEqual([
      "    src/a.ts:4 imports src/c.ts",
      "    src/c.ts:2 imports src/a.ts [import-circle]",
    ]);
  });

  it("is one when only types go round, when a file wants itself, and by names of the package's own", () => {
    const manifest = { imports: { "#arch/*": "./arch/x64/*.ts" } };
    const found = lint({
      "package.json": JSON.stringify(manifest),
      "src/a.ts": 'import type { B } from "./b.ts";\n',
      "src/b.ts": 'import type { A } from "./a.ts";\n',
      "src/self.ts": 'export * from "./self.ts";\n',
      "src/kernel.ts": 'import { load } from "#arch/cpu";\n',
      "arch/x64/cpu.ts": 'import { k } from "../../src/kernel";\n',
    });
    expect(found.map((finding) => finding.split(":")[0]).sort()).toEqual([
      "arch/x64/cpu.ts",
      "src/a.ts",
      "src/self.ts",
    ]);
  });

  it("is found once for each knot of files that has no other way round", () => {
    const found = lint({
      "a.ts": 'import "./b";\n',
      "b.ts": 'import "./a";\n',
      "c.ts": 'import "./d";\nimport "./a";\n',
      "d.ts": 'import "./c";\n',
    });
    expect(found).toHaveLength(2);
  });

  it("is none in comments and strings, in fixtures, and in what is installed or built", () => {
    const pair = (one: string, other: string) => ({
      [`${one}/a.ts`]: 'import "./b";\n',
      [`${one}/b.ts`]: other,
    });
    const found = lint({
      ...pair("src", '// import "./a";\n/*\nimport "./a";\n*/\nexport const text = `x\nfrom "./a"`;\n'),
      ...pair("test/fixtures", 'import "./a";\n'),
      ...pair("node_modules/x", 'import "./a";\n'),
      ...pair("build", 'import "./a";\n'),
    });
    expect(found).toEqual([]);
  });
});

describe("the table of layers", () => {
  const layers: Layer[] = [
    { folder: "base", knows: [], why: "it is below all others." },
    { folder: "kernel/src", knows: ["base"], names: ["#arch/"], why: "it is portable." },
    { folder: "kernel/arch", knows: ["base", "kernel/src"], why: "it serves the kernel." },
    { folder: "bench", knows: ["kernel/test"], why: "it measures." },
  ];
  const manifest = { "kernel/package.json": JSON.stringify({ imports: { "#arch/*": "./arch/*.ts" } }) };
  const leaf = "export const nothing = 0;\n";

  it("lets pass what it allows", () => {
    const found = lint(
      {
        ...manifest,
        "base/lock.ts": leaf,
        "kernel/src/vs.ts": 'import "../../base/lock";\nimport "#arch/cpu";\nimport "./deep/pool";\n',
        "kernel/src/deep/pool.ts": leaf,
        "kernel/arch/cpu.ts": leaf,
        "kernel/test/vs.test.ts": 'import "../src/vs";\nimport "../../bench/all";\n',
        "bench/all.ts": 'import "../kernel/test/cost";\n',
        "kernel/test/cost.ts": leaf,
        "vitest.config.ts": leaf,
      },
      layers,
    );
    expect(found).toEqual([]);
  });

  it("says of what it forbids which arrow it is, and why", () => {
    const found = lint(
      { ...manifest, "kernel/src/vs.ts": 'import { load } from "../arch/cpu";\n', "kernel/arch/cpu.ts": leaf },
      layers,
    );
    expect(found[0]?.split("\n")[0]).toBe(
      "kernel/src/vs.ts:1:1: error: kernel/src must not know kernel/arch: it is portable. It knows base. [layer]",
    );
    expect(found).toHaveLength(1);
  });

  it("keeps tests out of what is tested", () => {
    const found = lint({ "base/lock.ts": 'import "./test/fake";\n', "base/test/fake.ts": leaf }, layers);
    expect(found[0]).toContain("base must not know tests: it is below all others. It knows nobody. [layer]");
    expect(found).toHaveLength(1);
  });

  it("wants a layer for every file", () => {
    expect(lint({ "other/a.ts": leaf }, layers)).toEqual([
      "other/a.ts: error: no folder in layers.json holds this file [no-layer]",
    ]);
  });
});

describe("this repository", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));

  it("has no circle and no forbidden arrow", () => {
    expect(lintImports(root).map(formatDiagnostic)).toEqual([]);
  });

  it("is read as it is: the kernel reaches its architecture, and the other way round", () => {
    const graph = readImportGraph(root);
    const seen = (file: string) => graph.get(file)?.arrows.map(({ to }) => to);
    expect(seen("kernel/src/work.ts")).toContain("kernel/arch/x64/vendor.ts");
    expect(seen("kernel/arch/x64/vendor.ts")).toContain("kernel/src/vs.ts");
    expect(new Set(seen("extensions/default/src/main.ts"))).toEqual(new Set(["sdk/typescript/src/index.ts"]));
    expect(seen("lab/src/commands.ts")?.length).toBeGreaterThan(3);
  });
});
