// Processor time of processes: wall time says how busy the host was

import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in these. (proc(5): sysconf(_SC_CLK_TCK)) */
const TICKS_PER_SECOND = 100;

/** Fields of /proc/pid/stat behind the program's name, from 0: pgrp, utime and the three that follow. (proc(5)) */
const GROUP = 2;
const FIRST_TIME = 11;

const fieldsOf = (process: string): number[] => {
  const stat = readFileSync(`/proc/${process}/stat`, "latin1");
  // The second field is the program's name in parentheses, which may have spaces.
  return stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
};

/** Seconds of one process and of its children that have ended. */
const secondsOf = (fields: readonly number[]) =>
  fields.slice(FIRST_TIME, FIRST_TIME + 4).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;

/** Of this process, and of its children that have ended. */
export const ownSeconds = (): number => secondsOf(fieldsOf("self"));

/** Of all processes of a group, and of their children that have ended. */
export function groupSeconds(group: number): number {
  let seconds = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = fieldsOf(name);
      if (fields[GROUP] === group) seconds += secondsOf(fields);
    } catch {
      // It ended meanwhile, and counts as its parent's child from now on
    }
  }
  return seconds;
}
