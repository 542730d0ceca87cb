// Bundles programs that use this library into files that need nothing but Node.js

import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { build } from "esbuild";

const source = join(import.meta.dirname, "src");
/** Finds koffi's native half beside the bundle. */
const KOFFI = `
const module = { exports: {} };
process.dlopen(module, new URL("./koffi.node", import.meta.url).pathname);
export default module.exports;
`;

const koffiBinary = (): string => {
  const require = createRequire(createRequire(import.meta.url).resolve("koffi"));
  return join(dirname(require.resolve("@koromix/koffi-linux-x64/package.json")), "linux_x64", "koffi.node");
};

/**
 * Writes `NAME.mjs` for each program, and beside them the thread of virtual processors and koffi's native half.
 *
 * @param programs TypeScript files
 * @param folder where to
 * @returns the names of all files
 */
export async function bundle(programs: readonly string[], folder: string): Promise<string[]> {
  const named = programs.map((program) => ({ in: program, out: basename(program, extname(program)) }));
  const entryPoints = [...named, { in: join(source, "vcpu-worker.ts"), out: "vcpu-worker" }];
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    charset: "ascii",
    legalComments: "none",
    plugins: [
      {
        name: "koffi",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "koffi" }));
          onLoad({ filter: /.*/, namespace: "koffi" }, () => ({ contents: KOFFI, loader: "js" }));
        },
      },
    ],
  });
  copyFileSync(koffiBinary(), join(folder, "koffi.node"));
  return [...entryPoints.map(({ out }) => `${out}.mjs`), "koffi.node"];
}
