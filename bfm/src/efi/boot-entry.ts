// The firmware's list of what it boots, by efibootmgr

import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Firmware, Partition } from "./firmware.ts";

const LABEL = "Bareflank";
const LOADER = "\\EFI\\bareflank\\bareflank.efi";

/** An entry of ours. */
export interface BootEntry {
  /** Four hexadecimal digits. */
  readonly number: string;
  /** How many are tried before it; -1: it is not in the order. */
  readonly position: number;
}

/** Whether entries can be read and written here. */
export function hasEntries(firmware: Firmware): boolean {
  return firmware.hasVariables() && firmware.run("efibootmgr", ["--version"]) !== undefined;
}

/** The entry that starts bareflank.efi from this partition. */
export function findEntry(firmware: Firmware, partition: Partition): BootEntry | undefined {
  return entryIn(manage(firmware, ["--verbose"]), partition);
}

/** Makes one, the first in the order: what came first until now comes behind it, and is what bareflank.efi boots. */
export function createEntry(firmware: Firmware, partition: Partition): BootEntry {
  const place = ["--disk", partition.disk, "--part", String(partition.number)];
  manage(firmware, ["--create", ...place, "--label", LABEL, "--loader", LOADER]);
  const entry = findEntry(firmware, partition);
  if (entry === undefined) throw failure("it does not list the entry that it made");
  return entry;
}

export function deleteEntry(firmware: Firmware, { number }: BootEntry): void {
  manage(firmware, ["--bootnum", number, "--delete-bootnum"]);
}

function entryIn(list: string, { guid }: Partition): BootEntry | undefined {
  const order = /^BootOrder: (\S+)$/m.exec(list)?.[1]?.split(",") ?? [];
  for (const line of list.split("\n")) {
    const [, number, rest = ""] = /^Boot([0-9A-F]{4})[* ] Bareflank\b(.*)$/.exec(line) ?? [];
    const isOurs = rest.toLowerCase().includes(LOADER.toLowerCase());
    if (number === undefined || !isOurs || (guid !== undefined && !rest.toLowerCase().includes(guid))) continue;
    return { number, position: order.indexOf(number) };
  }
  return undefined;
}

function manage(firmware: Firmware, args: readonly string[]): string {
  const ended = firmware.run("efibootmgr", args);
  if (ended?.status !== 0) throw failure(ended?.error.trim().split("\n").at(-1) ?? "it is not installed");
  return ended.out;
}

function failure(why: string): Failure {
  return new Failure(
    "BOOT_ENTRY",
    exitCodes.failed,
    `efibootmgr failed: ${why}`,
    "Run it as root. Without an entry of its own bareflank.efi can be started by hand: bfm efi install --no-entry",
  );
}
