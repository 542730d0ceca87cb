// Compiles extensions as their author types them, for an editor: nothing is written, and nothing is optimized

import { join, resolve } from "node:path";
import { Compilers } from "../compilers.ts";
import { BuildError, type Diagnostic } from "../errors.ts";
import { WASM_PAGE_KIB } from "../memory.ts";
import { findWorkspace, isCompiled, resolvePart } from "../part.ts";

/** A finding, with the absolute path of its file. */
export interface Finding extends Diagnostic {
  readonly path: string;
}

const compilers = new Compilers(1);

/**
 * What `bf build` and `bf lint` would say of the parts that are compiled from TypeScript in a folder.
 *
 * @param texts what an editor has of files, by absolute path, in place of what is on disk
 */
export async function checkTexts(folder: string, texts: Readonly<Record<string, string>>): Promise<Finding[]> {
  try {
    const { root, parts } = findWorkspace(folder);
    const here = parts.filter((part) => isCompiled(part) && part.folder === resolve(folder));
    const found: Finding[] = [];
    for (const declared of here) {
      const { type, instance, entries, runtime, defines, callbacks, memory } = resolvePart(declared);
      const shared = type === "extension" && instance === "shared";
      const { diagnostics } = await compilers.compile({
        root,
        entries,
        runtime,
        callbacks,
        texts,
        defines: shared ? [...defines, "SHARED_INSTANCE"] : defines,
        lint: { type, shared },
        check: true,
        optimize: false,
        exportTable: type === "extension",
        initialPages: Math.ceil(memory.initialKiB / WASM_PAGE_KIB),
        maximumPages: Math.ceil(memory.maximumKiB / WASM_PAGE_KIB),
      });
      const errors = diagnostics.filter(({ severity }) => severity === "error");
      found.push(...errors.map((error) => ({ ...error, path: resolve(root, error.file ?? entries[0] ?? "") })));
    }
    return found;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return [{ severity: "error", message: error.message, path: join(folder, "package.json") }];
  }
}
