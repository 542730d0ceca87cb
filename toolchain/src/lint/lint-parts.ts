// Applies the rules of lint.ts to parts

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ascVersion } from "../asc-options.ts";
import { Cache } from "../cache.ts";
import { Compilers } from "../compilers.ts";
import type { Diagnostic } from "../errors.ts";
import { type DeclaredPart, isCompiled, type Part, resolvePart, type Workspace } from "../part.ts";

/** Findings of lint.ts in the parts that asc compiles, each once, by file and line. */
export async function lintParts(workspace: Workspace, parts: readonly DeclaredPart[]): Promise<Diagnostic[]> {
  const compilers = new Compilers();
  const cache = new Cache(process.env.BF_CACHE ?? join(workspace.build, ".cache"), workspace.root);
  try {
    const compiled = parts.filter(isCompiled).map(resolvePart);
    const lists = await Promise.all(compiled.map((part) => lintPart(part, workspace.root, cache, compilers)));
    const places = new Map(lists.flat().map((finding) => [JSON.stringify(finding), finding]));
    return [...places.values()].sort(
      (a, b) => (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0),
    );
  } finally {
    await compilers.close();
  }
}

async function lintPart(part: Part, root: string, cache: Cache, compilers: Compilers): Promise<Diagnostic[]> {
  const shared = part.type === "extension" && part.instance === "shared";
  const key = [
    ascVersion(part.runtime),
    part.runtime,
    part.type,
    shared,
    part.entries.map((path) => relative(root, path)),
  ];
  const result = await cache.run("lint", key, async () => {
    const request = {
      root,
      entries: part.entries,
      initialPages: 1,
      maximumPages: 1,
      lint: { type: part.type, shared },
      runtime: part.runtime,
    };
    const { diagnostics, inputs } = await compilers.compile(request);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    return { files: new Map([["findings.json", JSON.stringify(errors)]]), inputs };
  });
  return JSON.parse(readFileSync(result.path("findings.json"), "utf8")) as Diagnostic[];
}
