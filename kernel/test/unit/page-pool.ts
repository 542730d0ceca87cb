// How many pages of the kernel's pool are taken, as the kernel itself prints it

import { SYSCALL_DEBUG_DUMP_PAGE_POOL } from "@bareflank/abi";
import { status } from "../machine/extension-life.ts";
import type { Machine } from "../machine/machine.ts";

/** Asks on the first processor, which must be in the extension. */
export function usedPages(machine: Machine): number {
  const before = machine.log.length;
  status(machine.pp(0), SYSCALL_DEBUG_DUMP_PAGE_POOL);
  const match = /^page pool: (\d+) of \d+ pages used\n$/.exec(machine.log.slice(before));
  if (match?.[1] === undefined) throw new Error(`not the page pool: ${machine.log.slice(before)}`);
  return Number(match[1]);
}
