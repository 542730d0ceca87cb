// What a VM exit costs, on the bare platform: instructions of a CPUID round trip through ring 3

import { runBare } from "../src/index.ts";
import { products } from "../src/paths.ts";
import type { Figure } from "./figure.ts";

const COUNT = 10_000;
/** Leaves whose answer takes different ways through the default extension. */
const LEAVES = [
  { key: "cpuid", leaf: 0, title: "CPUID round trip, leaf 0", limit: 320, upstream: 1106 },
  {
    key: "cpuidFeatures",
    leaf: 1,
    title: "CPUID round trip, leaf 1 (reads the guest's CR4)",
    limit: 320,
    upstream: 1106,
  },
  { key: "cpuidHypervisor", leaf: 0x4000_0000, title: "CPUID round trip, hypervisor leaf", limit: 320, upstream: 1106 },
];

/** Instructions per CPUID in the root VM, the CPUID and the loop around it included. */
async function measure(leaf: number): Promise<number> {
  const append = `cpuid=${COUNT} leaf=${leaf}`;
  const { output, message } = await runBare({ extensions: [products.defaultExtension], icount: true, append });
  const line = /CPUIDs of leaf \S+ in the root VM: (\d+) each/.exec(output);
  if (line === null) throw new Error(`The bare platform did not finish. ${message}\n${output}`);
  return Number(line[1]);
}

export async function exitFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { leaf, ...figure } of LEAVES) {
    figures.push({ ...figure, value: await measure(leaf), unit: "instructions" });
  }
  return figures;
}
