// Bundles bfm into files that need nothing but Node.js: the program, its code cache, koffi's native half, a launcher, and
// commands that few type, which are read when they are typed

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build as bundle } from "esbuild";
import { exitCodes } from "./src/exit-codes.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const defaultOutput = join(folder, "..", "build", "bfm");
const defaultElfCheck = join(folder, "..", "build", "elf-check", "elf-check.wasm");

/** Files of their own: what is in the program costs all commands, and V8's cache the time to look through it. */
const RARE_COMMANDS = ["dump", "efi"];

/**
 * Writes bfm's files into a folder: `bfm` (the launcher, to be linked from the PATH), `bfm.cjs`, `bfm.cache`,
 * `koffi.node`, and `dump.cjs` and `efi.cjs`.
 *
 * @param outDir Folder for the files; made when it is not there.
 * @param elfCheck The wasm module of bsl/src/elf-check.ts.
 */
export async function build(outDir = defaultOutput, elfCheck = defaultElfCheck): Promise<void> {
  if (!existsSync(elfCheck)) throw new Error(`bfm needs ${elfCheck}. Build it first: bf build elf-check`);
  mkdirSync(outDir, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const commands = RARE_COMMANDS.map((name) => ({ in: join(folder, "src/commands", `${name}.ts`), out: name }));
  await bundle({
    entryPoints: [{ in: join(folder, "src", "main.ts"), out: "bfm" }, ...commands],
    outdir: outDir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // The launcher's script has no import()
    supported: { "dynamic-import": false },
    minify: true,
    charset: "ascii",
    legalComments: "none",
    alias: { "node:child_process": join(folder, "src", "no-child-process.ts") },
    define: { BFM_VERSION: JSON.stringify(version) },
    plugins: [
      {
        name: "rare-commands",
        setup({ onResolve }) {
          const filter = new RegExp(`^\\./commands/(${RARE_COMMANDS.join("|")})\\.ts$`);
          onResolve({ filter }, ({ path }) => ({ path: `./${basename(path, ".ts")}.cjs`, external: true }));
        },
      },
      {
        name: "elf-check",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^bareflank:elf-check$/ }, () => ({ path: elfCheck, namespace: "elf-check" }));
          onLoad({ filter: /.*/, namespace: "elf-check" }, ({ path }) => ({
            contents: readFileSync(path),
            loader: "binary",
          }));
        },
      },
    ],
  });
  copyFileSync(koffiBinary(), join(outDir, "koffi.node"));
  copyFileSync(join(folder, "launcher.cjs"), join(outDir, "bfm"));
  chmodSync(join(outDir, "bfm"), 0o755);
  // The launcher has no suffix, so the nearest package.json tells Node.js what it is.
  writeFileSync(join(outDir, "package.json"), '{ "type": "commonjs" }\n');
  writeCodeCache(join(outDir, "bfm"));
}

/** Runs commands, so that their functions are in the cache. The first fails for want of a microkernel. */
function writeCodeCache(bfm: string): void {
  rmSync(join(dirname(bfm), "bfm.cache"), { force: true });
  // V8 refuses a cache that was made under other flags than those it runs with
  const { NODE_OPTIONS: _, ...env } = process.env;
  const words = ["--require", join(folder, "rehearsal.cjs"), bfm, "load", "--kernel", bfm];
  const { status, stderr } = spawnSync(process.execPath, words, { env, encoding: "utf8" });
  if (status !== exitCodes.ok) throw new Error(`The bundled bfm does not work: exit code ${status}\n${stderr}`);
}

function koffiBinary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("koffi"));
  return join(dirname(require.resolve("@koromix/koffi-linux-x64/package.json")), "linux_x64", "koffi.node");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await build();
