// The probe module, built against the headers of the kernel that the lab boots

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../host-tools.ts";
import { cacheFolder, labFolder } from "../paths.ts";
import { cached } from "./cache.ts";
import type { DebianKernel } from "./debian.ts";
import type { Entry } from "./tree.ts";

const sources = ["probe.c", "Kbuild"] as const;

const build = (headers: string, module: string): void => {
  const folder = mkdtempSync(join(cacheFolder(), "probe-build-"));
  try {
    for (const source of sources) {
      copyFileSync(join(labFolder, "probe", source), join(folder, source));
    }
    runTool("make", ["-s", "-C", headers, `M=${folder}`, "modules"]);
    copyFileSync(join(folder, "probe.ko"), module);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The probe for the root file system; nothing when the kernel's headers are not installed. */
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
  const module = await cached("probe", hash.digest("hex"), (path) => build(headers, path));
  return [{ kind: "host-file", path: "/usr/lib/bareflank/probe.ko", source: module }];
};
