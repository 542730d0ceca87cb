// What the bare platform prints of sipi=1 when INIT and SIPI do what they do without a hypervisor

import type { Run } from "../../../kernel/test/bare/run.ts";

/** What it printed. */
export const lines = (result: Run) =>
  result.output.split(/\r?\n/).flatMap((line) => (line.startsWith("bare: sipi: ") ? [line.slice(12)] : []));

/** What must have started, of so many other processors: at the first page, at the second. */
const BOTH_MODES = (others: number): string[] => [
  "INIT and SIPI without a gap: 1 and 0",
  // CR0.CD and NW stay as they are: clear
  "CS 0x8000, CR0 0x10, EDX the signature",
  "SIPI without INIT: 0 and 0",
  "second SIPI: 1 and 0",
  "INIT while it waits: 0 and 1",
  "INIT alone: 0 and 0",
  "SIPI later: 1 and 0",
  "SIPI for the sender alone: 0 and 0",
  `all but the sender: ${others} and 0`,
  `all: 0 and ${others}`,
  `broadcast: ${others} and 0`,
];
export const XAPIC = (others: number) => [...BOTH_MODES(others), "group: 1 and 0", "cluster: 0 and 1"];

export const X2APIC = (others: number) =>
  [...BOTH_MODES(others), "logical: 0 and 1"].map((line) => (line.startsWith("CS") ? line : `x2APIC: ${line}`));
