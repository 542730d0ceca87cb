// bfm memory: what the hypervisor has of Linux's memory, who has it, and how that came about

import { bytes } from "@bareflank/abi/messages";
import type { Driver } from "../driver.ts";
import { type Memory, pageBytes } from "../memory-report.ts";
import { parseDonation } from "../memory-size.ts";
import type { Outcome } from "../outcome.ts";

/** Events that people see; `--json` has all that the driver remembers. */
const SHOWN_EVENTS = 8;

/** What `bfm memory` is asked to do before it tells. */
export interface MemoryRequest {
  /** Memory to give the hypervisor, as typed. */
  readonly give?: string;
}

export function memory(openDriver: () => Driver, { give }: MemoryRequest): Outcome {
  const donated = give === undefined ? 0n : parseDonation(give);
  const driver = openDriver();
  const report = driver.memory(driver.status().extensions, donated);
  return { text: memoryText(report), facts: report };
}

function memoryText(report: Memory): string {
  const { pages, runs, owners, slabs, events } = report;
  const rows = [
    `bareflank: ${bytes(report.heldBytes)} of memory, ${bytes(report.startBytes)} at the start, at most ${bytes(report.mostBytes)}`,
    `  pool: ${bytes(pageBytes(pages.total))} in ${report.chunks} chunks${lentText(report)}; ${pages.free} pages free, ${pages.waiting} waiting`,
    ...(runs.count === 0
      ? []
      : [`  runs: ${runs.count} of ${bytes(pageBytes(runs.pages))} together, ${runs.taken} in use`]),
    `  asks below ${pages.low} free pages, gives back what leaves ${pages.high}`,
    `  free blocks of 1, 2, 4 ... ${1 << (report.freeBlocks.length - 1)} pages: ${report.freeBlocks.join(" ")}`,
    `  owners: kernel ${bytes(pageBytes(owners.kernel))}`,
    ...owners.extensions.map(({ name, pages: own }) => `          ${name} ${bytes(pageBytes(own))}`),
    ...owners.vms.map(
      ({ id, pages: own }) => `          VM ${id}: ${own} ${own === 1 ? "page" : "pages"} of the kernel's`,
    ),
    ...slabs.map(
      ({ name, objectBytes, used, total, pages: own }) =>
        `  slab ${name}: ${used} of ${total} objects of ${objectBytes} bytes, ${own} pages`,
    ),
    ...events.slice(-SHOWN_EVENTS).map(({ time, event, bytes: size, reason }) => {
      return `  ${time} ${event} ${bytes(size)}${reason === undefined ? "" : ` (${reason})`}`;
    }),
  ];
  return rows.join("\n");
}

function lentText({ lentChunks }: Memory): string {
  const kinds = Object.entries(lentChunks).map(
    ([order, count]) => `${count} of ${bytes(pageBytes(1 << Number(order)))}`,
  );
  return kinds.length === 0 ? "" : `, lent since: ${kinds.join(", ")}`;
}
