// What a load manifest calls the system calls: single ones by their names, `vs_read`, and all of a group by the group's

import { banner, hex } from "./spelling.ts";
import { syscalls } from "./syscalls.ts";

/** Names of groups, by number. */
export const groups: readonly string[] =
  "control handle debug callback vm vp vs intrinsic mem message nested map statistics memory pp registers".split(" ");

/** Groups without which no extension lives: they cannot be denied. */
export const undeniable: readonly string[] = ["control", "handle", "callback"];

/** Calls by name in small letters, with their numbers. */
export const callNumbers: ReadonlyMap<string, number> = new Map(
  syscalls.constants.map(({ name, value }) => [name.replace(/^SYSCALL_/, "").toLowerCase(), Number(value)]),
);

/** The same for a program that reads a manifest without Node.js. */
export function callNames(): string {
  const nameless = [...callNumbers].find(([, number]) => number >>> 16 >= groups.length);
  if (nameless !== undefined) throw new Error(`the group of the call ${nameless[0]} has no name`);
  const lines = groups.map((group, index) => {
    const calls = [...callNumbers].filter(([, number]) => number >>> 16 === index);
    if (calls.some(([, number], place) => (number & 0xffff) !== place)) {
      throw new Error(`the calls of the group ${group} are not listed in their order, without gaps`);
    }
    return [group, ...calls.map(([name]) => name)];
  });
  const masks = lines.map(([group = "", ...calls]) => (undeniable.includes(group) ? 0 : 2 ** calls.length - 1));
  return `${banner("//")}
/** A line for each group, by number: its name, and its calls', by number. */
export const CALL_NAMES: string = "${lines.map((words) => `${words.join(" ")}\\n`).join("")}";

/** The calls of each group that can be denied, a bit each. */
export const DENIABLE_CALLS: usize = memory.data<u32>([${masks.map((mask) => hex(BigInt(mask))).join(", ")}]);

/** Groups. */
export const CALL_GROUPS: u32 = ${groups.length};
`;
}
