// Makes a fresh clone on a fresh machine ready: npm packages and Debian packages. Quick when all is there.

import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUpDebian } from "./debian.mjs";
import { setUpNpm } from "./npm.mjs";
import { SetupError } from "./progress.mjs";

const OLDEST_NODE = 20;

async function main() {
  if (process.env.BAREFLANK_SKIP_SETUP) return;
  const [major] = process.versions.node.split(".");
  if (Number(major) < OLDEST_NODE) {
    throw new SetupError(`This is Node.js ${process.version}, and Node.js ${OLDEST_NODE} or later is needed.`);
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupError(`This machine is ${process.platform} on ${process.arch}; the tools need Linux on x86-64.`);
  }
  await setUpNpm(join(dirname(fileURLToPath(import.meta.url)), ".."));
  await setUpDebian(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bareflank-ts"));
}

main().catch((error) => {
  const text = error instanceof SetupError ? error.message : error.stack;
  process.stderr.write(`\nset-up: ${text}\n\n(BAREFLANK_SKIP_SETUP=1 goes on without set-up.)\n`);
  process.exitCode = 1;
});
