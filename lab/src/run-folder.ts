// Where the logs of one machine go

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runsFolder } from "./paths.ts";

let runCount = 0;

/** A fresh folder below build/lab/runs. */
export const newRunFolder = (): string => {
  runCount += 1;
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  const folder = join(runsFolder, `${stamp}-${process.pid}-${runCount}`);
  mkdirSync(folder, { recursive: true });
  return folder;
};
