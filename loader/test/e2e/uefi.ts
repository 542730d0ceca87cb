// What tests of a start from UEFI look at: markers, memory, and resets of processors

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LinuxMachine } from "@bareflank/lab";

/** One line for each processor. */
export const LEAF = "bf-cpuid --leaf 0x40000000";
const SIGNATURE = '"ebx":"0x65726142"';

/** Processors whose CPUID says that they are inside, in the output of LEAF. */
export const markers = (stdout: string): number => stdout.split(SIGNATURE).length - 1;

/** First and last address. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const ranges = (text: string, pattern: RegExp): Range[] =>
  [...text.matchAll(pattern)].map(([, first, last]) => ({ first: BigInt(`0x${first}`), last: BigInt(`0x${last}`) }));

/** What the application says that it and the hypervisor hold, when it last started. */
export const held = (serial: string): Range[] => {
  const line = serial.split("memory that is in use from now on: ").at(-1)?.split("\n")[0] ?? "";
  return ranges(line, /0x([0-9a-f]+)-0x([0-9a-f]+)/g);
};

export const bytesOf = (pieces: readonly Range[]): number =>
  pieces.reduce((sum, { first, last }) => sum + Number(last - first) + 1, 0);

/** What Linux was told that it may use, by its log, and what it counts as memory, by /proc/iomem. */
export const MEMORY = "dmesg | grep BIOS-e820; cat /proc/iomem; dmesg | grep -E 'efi: mem'";
export const usable = (text: string): Range[] => [
  ...ranges(text, /BIOS-e820: \[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\] usable/g),
  ...ranges(text, /^ *([0-9a-f]+)-([0-9a-f]+) : System RAM/gm),
];

/** What the firmware's map says that stays its own, in Linux's log with `efi=debug`. */
export const lasting = (text: string): Range[] =>
  ranges(text, /efi: mem\d+: \[Runtime (?:Code|Data) *\|.*range=\[0x([0-9a-f]+)-0x([0-9a-f]+)\]/g);

/** The pieces that lie in one of others, the pages of which may be joined from several. */
export const within = (pieces: readonly Range[], others: readonly Range[]): Range[] => {
  const ordered = others.toSorted((a, b) => (a.first < b.first ? -1 : 1));
  return pieces.filter(({ first, last }) => {
    let next = first;
    for (const other of ordered) if (other.first <= next && next <= other.last) next = other.last + 1n;
    return next > last;
  });
};

/** The pieces that have a byte in common with others. */
export const overlapping = (pieces: readonly Range[], others: readonly Range[]): Range[] =>
  pieces.filter(({ first, last }) => others.some((other) => first <= other.last && other.first <= last));

/** EFER.SVME: the processor was inside, or in host mode. */
const SVME = 0x1000n;

/** Resets of processors that the hypervisor had, in QEMU's log: each shows what the processor was before. */
export const resetsInside = (machine: LinuxMachine): number =>
  [...readFileSync(join(machine.folder, "resets.log"), "utf8").matchAll(/^EFER=([0-9a-f]+)/gm)].filter(
    ([, efer]) => (BigInt(`0x${efer}`) & SVME) !== 0n,
  ).length;
