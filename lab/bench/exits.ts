// What a VM exit costs, on the bare platform: instructions of a CPUID round trip through ring 3

import {
  MITIGATION_CALL_BARRIER,
  MITIGATION_CALL_IBRS,
  MITIGATION_CLEAR_BUFFERS,
  MITIGATION_EXIT_BARRIER,
  MITIGATION_FLUSH_L1D,
  MITIGATION_GUEST_BARRIER,
  MITIGATION_ISOLATE_KERNEL,
  MITIGATION_RETURN_STACK,
  MITIGATION_SERVICE_BARRIER,
  MITIGATION_SPEC_CTRL,
  MITIGATION_SWITCH_BARRIER,
} from "@bareflank/abi";
import { runBare } from "../src/index.ts";
import { products } from "../src/paths.ts";
import type { Figure } from "./figure.ts";
import { expensiveInstructions } from "./trace.ts";

const COUNT = 10_000;
const UPSTREAM = 1106;

/** Leaves whose answer takes different ways through the default extension, and their place in a machine's limits. */
const LEAVES = [
  { key: "cpuid", leaf: 0, way: "plain", title: "CPUID round trip, leaf 0" },
  { key: "cpuidFeatures", leaf: 1, way: "features", title: "CPUID round trip, leaf 1 (looks at the guest's CR4)" },
  { key: "cpuidHypervisor", leaf: 0x4000_0000, way: "plain", title: "CPUID round trip, hypervisor leaf" },
] as const;

const AMD = { plain: 181, features: 210 };
const INTEL = { plain: 208, features: 250 };

/** Machines, what tells their figures apart, and what a round trip may cost there. */
const MACHINES = [
  { machine: "amd", suffix: "", where: "", limits: AMD, upstream: UPSTREAM },
  { machine: "amd-bochs", suffix: "AmdBochs", where: ", AMD with next-RIP", limits: AMD, upstream: undefined },
  { machine: "intel", suffix: "Intel", where: ", Intel", limits: INTEL, upstream: undefined },
];

/** Instructions per CPUID in the root VM, the CPUID and the loop around it included. */
async function measure(machine: string, leaf: number, more = ""): Promise<number> {
  const append = `cpuid=${COUNT} leaf=${leaf} ${more}`;
  const { output, message } = await runBare({ machine, extensions: [products.defaultExtension], icount: true, append });
  const line = /CPUIDs of leaf \S+ in the root VM: (\d+) each/.exec(output);
  if (line === null) throw new Error(`The bare platform did not finish. ${message}\n${output}`);
  return Number(line[1]);
}

/**
 * What each mitigation adds to a round trip: forced on processors that need none, whose emulators take the MSRs for granted. These are
 * instructions; what they cost in time is the processor's affair.
 */
const MITIGATIONS = [
  ["nothing but the ways that look", MITIGATION_SWITCH_BARRIER],
  ["SPEC_CTRL of each", MITIGATION_SPEC_CTRL],
  ["SPEC_CTRL, and IBRS at calls", MITIGATION_SPEC_CTRL | MITIGATION_CALL_IBRS],
  ["barrier at exits", MITIGATION_EXIT_BARRIER],
  ["barrier at exits and calls", MITIGATION_EXIT_BARRIER | MITIGATION_CALL_BARRIER],
  ["barriers of other VMs and extensions", MITIGATION_GUEST_BARRIER | MITIGATION_SERVICE_BARRIER],
  ["return stack", MITIGATION_RETURN_STACK],
  ["buffers", MITIGATION_CLEAR_BUFFERS],
  ["first level cache", MITIGATION_FLUSH_L1D],
  ["isolated kernel", MITIGATION_ISOLATE_KERNEL],
] as const;

async function mitigationFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const machine of ["amd", "intel"]) {
    for (const [name, mitigations] of MITIGATIONS) {
      figures.push({
        key: `mitigation${mitigations}${machine === "intel" ? "Intel" : ""}`,
        title: `CPUID round trip, leaf 0, mitigations: ${name}${machine === "intel" ? ", Intel" : ""}`,
        value: await measure(machine, 0, `mitigations=${mitigations}`),
        unit: "instructions",
        limit: machine === "intel" ? 560 : 500,
      });
    }
    figures.push({
      key: `isolatedLeaf1${machine === "intel" ? "Intel" : ""}`,
      title: `CPUID round trip, leaf 1, isolated kernel${machine === "intel" ? ", Intel" : ""}`,
      value: await measure(machine, 1, `mitigations=${MITIGATION_ISOLATE_KERNEL}`),
      unit: "instructions",
      limit: machine === "intel" ? 560 : 500,
    });
  }
  return figures;
}

/** What an exit on Intel executes of the instructions that cost most on a real processor. */
async function intelFigures(): Promise<Figure[]> {
  const { vmreads, vmwrites, msrAccesses } = await expensiveInstructions("intel");
  const figure = (key: string, title: string, value: number, limit: number): Figure => ({
    key,
    title: `${title} of a CPUID round trip, Intel`,
    value,
    unit: "instructions",
    limit,
  });
  return [
    figure("vmreads", "VMREADs", vmreads, 6),
    figure("vmwrites", "VMWRITEs", vmwrites, 2),
    figure("msrAccesses", "MSR accesses", msrAccesses, 6),
  ];
}

export async function exitFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { machine, suffix, where, limits, upstream } of MACHINES) {
    for (const { key, leaf, way, title } of LEAVES) {
      const value = await measure(machine, leaf);
      figures.push({
        key: `${key}${suffix}`,
        title: `${title}${where}`,
        value,
        unit: "instructions",
        limit: limits[way],
        ...(upstream === undefined ? {} : { upstream }),
      });
    }
  }
  return [...figures, ...(await intelFigures()), ...(await mitigationFigures())];
}
