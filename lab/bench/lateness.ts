// How late Linux's timer is while a guest keeps the processor busy: one program, on two KVMs in one machine (lab/guest/lateness.c)

import type { LinuxMachine } from "../src/index.ts";
import type { Figure } from "./figure.ts";

/** Times that the timer is set for each guest; and how often that is measured: what Linux does once in a second counts once. */
const ROUNDS = 500;
const REPETITIONS = 3;

const guests = [
  { name: "spin", title: "a guest loops with interrupts off" },
  { name: "ports", title: "a guest writes to a port" },
  { name: "memory", title: "a guest's memory is taken away and touched again" },
] as const;

/** Nanoseconds; the emulated processor executes one instruction in each. */
export interface Lateness {
  readonly longest: number;
  readonly p99: number;
}

/** Measures on the KVM that is loaded: by guest, the middle one of all measurements. */
export async function measureLateness(linux: LinuxMachine): Promise<ReadonlyMap<string, Lateness>> {
  const measured = new Map<string, Lateness>();
  for (const { name } of guests) {
    const all: Lateness[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      const { exitCode, output, stdout } = await linux.run(`./lateness ${name} ${ROUNDS}`);
      if (exitCode !== 0) throw new Error(`lateness ${name} failed: ${output}`);
      all.push(JSON.parse(stdout) as Lateness);
    }
    measured.set(name, { longest: middle(all, "longest"), p99: middle(all, "p99") });
  }
  return measured;
}

const middle = (all: readonly Lateness[], which: keyof Lateness): number =>
  all.map((one) => one[which]).sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;

/** What MicroV's may be, as a multiple of Linux's. */
const LIMIT = 2;

export function latenessFigures(
  linux: ReadonlyMap<string, Lateness>,
  own: ReadonlyMap<string, Lateness>,
): readonly Figure[] {
  return guests.flatMap(({ name, title }) =>
    (["longest", "p99"] as const).flatMap((which): Figure[] => {
      const value = linux.get(name)?.[which] ?? Number.NaN;
      const ours = own.get(name)?.[which] ?? Number.NaN;
      const key = `Late${name}${which}`;
      const what = `Linux's timer is late, ${which === "longest" ? "at most" : "99 times of 100"}, while ${title}`;
      return [
        { key: `linuxKvm${key}`, title: `${what}, on Linux's KVM`, value, unit: "nanoseconds" },
        { key: `microv${key}`, title: `${what}, on MicroV`, value: ours, unit: "nanoseconds" },
        {
          key: `microv${key}Ratio`,
          title: `${what}: MicroV / Linux's KVM`,
          value: ours / value,
          unit: "ratio",
          limit: LIMIT,
        },
      ];
    }),
  );
}
