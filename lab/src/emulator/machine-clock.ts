// The time that a machine had
//
// An emulator on a busy host waits for a processor; its machine stands still meanwhile, and a limit in wall time would
// call it dead. So the lab counts what a machine could use: its emulator's processor time, and the time in which it
// wanted none.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const NANOSECONDS = 1e-9;

/**
 * Seconds that each thread of a process has waited for a processor, by thread. A kernel that does not count that
 * (CONFIG_SCHED_INFO) gives an empty map: the machine's time is then wall time.
 */
export function waitingSeconds(pid: number): Map<string, number> {
  const folder = `/proc/${pid}/task`;
  const waits = new Map<string, number>();
  for (const thread of threadsIn(folder)) {
    try {
      // Linux: Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat: time on a processor, time waiting, turns
      const waited = readFileSync(join(folder, thread, "schedstat"), "latin1").split(" ")[1];
      if (waited !== undefined) waits.set(thread, Number(waited) * NANOSECONDS);
    } catch {
      // The thread has ended since its folder was listed, or nothing is counted.
    }
  }
  return waits;
}

function threadsIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The emulator has ended.
    return [];
  }
}

/** Counts the seconds that a machine had since this was made. */
export class MachineClock {
  readonly #waits: () => ReadonlyMap<string, number>;
  readonly #now: () => number;
  #before: ReadonlyMap<string, number>;
  #read: number;
  #seconds = 0;

  /**
   * @param waits seconds that each of the emulator's threads has waited for a processor so far
   * @param now seconds of a clock on the wall
   */
  constructor(waits: () => ReadonlyMap<string, number>, now = () => performance.now() / 1000) {
    this.#waits = waits;
    this.#now = now;
    this.#before = waits();
    this.#read = now();
  }

  /** Seconds so far. What the thread that waited longest has waited does not count: others may wait for that one. */
  get seconds(): number {
    const waits = this.#waits();
    const now = this.#now();
    const waited = [...waits].map(([thread, seconds]) => seconds - (this.#before.get(thread) ?? 0));
    // A wait is known when it is over, so this may go back by what was counted too early.
    this.#seconds += now - this.#read - Math.max(0, ...waited);
    this.#before = waits;
    this.#read = now;
    return this.#seconds;
  }
}
