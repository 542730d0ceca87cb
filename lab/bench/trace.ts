// What a round trip through the hypervisor executes, instruction by instruction, as Bochs's debugger shows it

import { setTimeout } from "node:timers/promises";
import { type Monitor, runBare } from "../src/index.ts";
import { products } from "../src/paths.ts";

/** Far more CPUIDs than fit into the time until the machine is stopped. */
const CPUIDS = 100_000_000;
/** By then, the bare platform has printed what it has to, and executes nothing but CPUIDs. */
const SETTLING_MILLISECONDS = 500;
/** Enough for several round trips. */
const STEPS = 3_000;

/** One instruction of Bochs's trace: processor, time, addresses, then mnemonic and operands. */
const INSTRUCTION = /^\(0\)\.\[\d+\].*?\): (?:(?:lock|rep|repne) )?(\w+)/;
/** An instruction that enters the guest. */
const ENTRY = /^(vmrun|vmresume|vmlaunch)$/;
/** How many MSRs the processor itself loads and stores, as a VMCS says. */
const MSR_AREAS = /^\s*(?:vmexit_msr_store_cnt|vmexit_msr_load_cnt|vmentry_msr_load_cnt) = (\d+)/gm;

/** Mnemonics of the last whole round trip in a trace: from behind one entry of the guest to the next one. */
export function lastRoundTrip(trace: string): string[] {
  const mnemonics = trace.split("\n").flatMap((line) => INSTRUCTION.exec(line)?.[1] ?? []);
  const isEntry = (mnemonic: string) => ENTRY.test(mnemonic);
  const end = mnemonics.findLastIndex(isEntry);
  const begin = mnemonics.slice(0, Math.max(end, 0)).findLastIndex(isEntry);
  if (begin < 0) throw new Error(`The trace has no round trip:\n${trace}`);
  return mnemonics.slice(begin + 1, end + 1);
}

/** What one exit and entry execute that is expensive on a real processor. */
export interface ExpensiveInstructions {
  readonly vmreads: number;
  readonly vmwrites: number;
  /** RDMSR, WRMSR, and what the processor loads and stores by the VMCS's areas. */
  readonly msrAccesses: number;
}

/** Counts in one CPUID of the root VM, on a machine that Bochs emulates. */
export async function expensiveInstructions(machine: string): Promise<ExpensiveInstructions> {
  let looked: Promise<ExpensiveInstructions> | undefined;
  let monitor: Monitor | undefined;
  let text = "";
  const { message } = await runBare({
    machine,
    extensions: [products.defaultExtension],
    append: `cpuid=${CPUIDS}`,
    onStart: (itsMonitor) => {
      monitor = itsMonitor;
    },
    onOutput: (chunk) => {
      text += chunk.toString("latin1");
      if (looked === undefined && monitor !== undefined && text.includes("bare: started")) looked = look(monitor);
    },
  });
  if (looked === undefined) throw new Error(`The bare platform did not start. ${message}\n${text}`);
  return looked;
}

async function look(monitor: Monitor): Promise<ExpensiveInstructions> {
  await setTimeout(SETTLING_MILLISECONDS);
  await monitor.pause();
  await monitor.human("trace on");
  const executed = lastRoundTrip(await monitor.human(`s ${STEPS}`));
  const areas = [...(await monitor.human('show "cpu0"')).matchAll(MSR_AREAS)].map(([, count]) => Number(count));
  await monitor.quit();
  const times = (...names: string[]) => executed.filter((mnemonic) => names.includes(mnemonic)).length;
  return {
    vmreads: times("vmread"),
    vmwrites: times("vmwrite"),
    msrAccesses: times("rdmsr", "wrmsr") + areas.reduce((sum, count) => sum + count, 0),
  };
}
