// What reading costs that an exit was about, in a handler in TypeScript: words that the microkernel has left in the TCB

import { buildProbes, runProbe } from "../../sdk/typescript/test/fixtures.ts";
import type { Figure } from "./figure.ts";

/** What sdk/typescript/test/fixtures/src/told.ts reads for a leaf, from the second one on. */
const READINGS = [
  "EXITINFO1, or the qualification",
  "EXITINFO2, or the guest physical address",
  "RIP",
  "RFLAGS",
  "privilege level",
  "interrupt shadow",
  "CR8",
  "CR4",
  "a nested page fault's address",
  "whether it was a write",
  "whether it was a page table's",
  "what a port was accessed for",
];
const FIRST_LEAF = 0x5000_0000;
const TIMES = 16;
const LIMIT = 10;
/** Intel's words for ports are put into AMD's format. */
const INTEL_PORT = { reading: READINGS.length - 1, limit: 40 };

/** Machines, and what tells their figures apart. */
const MACHINES = [
  { machine: "amd", suffix: "", where: "" },
  { machine: "intel", suffix: "Intel", where: ", Intel" },
] as const;

async function measure(machine: string, leaf: number): Promise<number> {
  const { output, message } = await runProbe("told", `leaf=${leaf}`, { machine, icount: true, cpuids: 1000 });
  const line = /in the root VM: (\d+) each/.exec(output);
  if (line === null) throw new Error(`The bare platform did not measure. ${message}\n${output}`);
  return Number(line[1]);
}

export async function toldFigures(): Promise<Figure[]> {
  await buildProbes();
  const figures: Figure[] = [];
  for (const { machine, suffix, where } of MACHINES) {
    const nothing = await measure(machine, FIRST_LEAF);
    for (const [index, reading] of READINGS.entries()) {
      figures.push({
        key: `told${index}${suffix}`,
        title: `reading of an exit: ${reading}${where}`,
        value: ((await measure(machine, FIRST_LEAF + 1 + index)) - nothing) / TIMES,
        unit: "instructions",
        limit: machine === "intel" && index === INTEL_PORT.reading ? INTEL_PORT.limit : LIMIT,
      });
    }
  }
  return figures;
}
