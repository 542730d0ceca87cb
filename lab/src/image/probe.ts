// The modules for tests and tools, built against the headers of the kernel that the lab boots

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../host-tools.ts";
import { cacheFolder, labFolder } from "../paths.ts";
import { cached } from "./cache.ts";
import type { DebianKernel } from "./debian.ts";
import type { Entry } from "./tree.ts";

const sources = ["probe.c", "tools.c", "tools.h", "Kbuild"] as const;
const modules = ["probe.ko", "tools.ko"] as const;

const build = (headers: string, built: string): void => {
  const folder = mkdtempSync(join(cacheFolder(), "probe-build-"));
  try {
    for (const source of sources) {
      copyFileSync(join(labFolder, "probe", source), join(folder, source));
    }
    runTool("make", ["-s", "-C", headers, `M=${folder}`, "modules"]);
    mkdirSync(built);
    for (const module of modules) {
      copyFileSync(join(folder, module), join(built, module));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** They, for the root file system; nothing when the kernel's headers are not installed. */
export const probeEntries = async (kernel: DebianKernel): Promise<Entry[]> => {
  const { headers } = kernel;
  if (headers === undefined) {
    return [];
  }
  const hash = createHash("sha256").update(kernel.version);
  for (const source of sources) {
    hash.update(readFileSync(join(labFolder, "probe", source)));
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const built = await cached("modules", hash.digest("hex"), (path) => build(headers, path));
  return modules.map((name) => ({ kind: "host-file", path: `/usr/lib/bareflank/${name}`, source: join(built, name) }));
};
