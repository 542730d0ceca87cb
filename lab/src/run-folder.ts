// Where the logs of one machine go

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runsFolder } from "./paths.ts";

/** So many folders stay, the newest; those of machines that ended well are gone already. */
const KEPT = 50;

let runCount = 0;

/** A fresh folder below build/lab/runs. Their names begin with the time, so they sort by age. */
export const newRunFolder = (): string => {
  runCount += 1;
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  const folder = join(runsFolder, `${stamp}-${process.pid}-${runCount}`);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(runsFolder).sort().slice(0, -KEPT)) {
    rmSync(join(runsFolder, old), { recursive: true, force: true });
  }
  return folder;
};
