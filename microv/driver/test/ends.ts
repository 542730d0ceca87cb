// Linux ends while guests run: for another kernel, by a panic, by a reset

import { expect } from "vitest";
import type { LinuxOptions } from "../../../lab/src/index.ts";
import { type MicrovMachine, machineWithMicrov } from "./machine.ts";

const PROCESSORS = 2;

/** Two programs have guests of each kind (guest/rough-live.c), so that more of them run than there are processors. */
const guests = (kind: "amd" | "intel"): string =>
  [1, 2]
    .map((number) => ({ number, words: kind === "intel" ? "BAREFLANK_KVM_IN=bochs ./rough live" : "./rough live" }))
    .map(
      ({ number, words }) => `${words} >/tmp/${number}.txt & until grep -q up /tmp/${number}.txt; do sleep 0.1; done`,
    )
    .join("; ");

/** Processors that the microkernel has given back. */
const givenBack = ({ linux }: MicrovMachine): number[] =>
  [...linux.serial().matchAll(/^bareflank: PP (\d+): exits by reason/gm)].map(([, pp]) => Number(pp)).sort();

/** A machine whose first Linux has ended by a command while guests ran, and whose next one is up. */
export async function endWithGuests(
  kind: "amd" | "intel",
  options: LinuxOptions,
  end: string,
  prepare = "true",
): Promise<MicrovMachine> {
  const machine = await machineWithMicrov(kind, { smp: PROCESSORS, ...options });
  await machine.run(prepare);
  const command = `${guests(kind)}; sleep 1; ${end}; sleep 600`;
  expect(await machine.linux.untilNextKernel(command, { timeout: 300 })).toBeUndefined();
  expect(givenBack(machine)).toEqual([0, 1]);
  return machine;
}

/** On a processor that is not the first; whoever looks is in the kernel that the first one had loaded for that. */
export async function panicWithGuests(kind: "amd" | "intel"): Promise<void> {
  const panic = "taskset 2 sh -c 'echo c >/proc/sysrq-trigger'";
  const machine = await endWithGuests(kind, { crashKernel: true }, panic, "bf-kexec --panic");
  expect(await machine.run("head -c 4 /proc/vmcore | od -c | head -1")).toBe("0000000 177   E   L   F\n");
  await machine.close();
}
