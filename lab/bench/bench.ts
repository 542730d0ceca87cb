// `npm run bench`: every figure of docs/specification.md, as a table and as JSON

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { endWhenOutputFails } from "@bareflank/toolchain/output";
import { buildFolder } from "../src/paths.ts";
import { allocatorFigures } from "./allocators.ts";
import { callFigures } from "./calls.ts";
import { changeFigures } from "./changes.ts";
import { exitFigures } from "./exits.ts";
import { type Figure, holds, table } from "./figure.ts";
import { guestFigures } from "./guests.ts";
import { linuxFigures } from "./linux.ts";
import { sizeFigures } from "./size.ts";
import { toldFigures } from "./told.ts";
import { uefiFigures } from "./uefi.ts";

endWhenOutputFails("npm run bench");

/** Where the JSON goes. */
const OUTPUT = join(buildFolder, "bench.json");

const suites: readonly (readonly [string, () => Figure[] | Promise<Figure[]>])[] = [
  ["exits on the bare platform", exitFigures],
  ["what an exit was about", toldFigures],
  ["system calls", callFigures],
  ["allocators, beside a twin in C", allocatorFigures],
  ["sizes", sizeFigures],
  ["a change of an extension", changeFigures],
  ["Linux, counting every instruction", linuxFigures],
  ["Linux from UEFI", uefiFigures],
  ["guests on Linux's KVM", guestFigures],
];

const figures: Figure[] = [];
for (const [title, measure] of suites) {
  const begin = performance.now();
  process.stderr.write(`${title} … `);
  figures.push(...(await measure()));
  process.stderr.write(`${((performance.now() - begin) / 1000).toFixed(0)} s\n`);
}

mkdirSync(dirname(OUTPUT), { recursive: true });
writeFileSync(OUTPUT, `${JSON.stringify({ figures }, null, 2)}\n`);
process.stdout.write(`\n${table(figures)}\n`);
const broken = figures.filter((figure) => !holds(figure));
for (const { title } of broken) process.stderr.write(`Above its limit: ${title}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
