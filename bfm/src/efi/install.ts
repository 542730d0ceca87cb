// Puts the hypervisor onto an EFI system partition, and takes it away again

import { dirname } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type BootEntry, createEntry, deleteEntry, findEntry, hasEntries } from "./boot-entry.ts";
import { withDigests } from "./digests.ts";
import { type Esp, findEsp } from "./esp.ts";
import type { Firmware } from "./firmware.ts";
import {
  APPLICATION,
  CONFIGURATION,
  digest,
  FOLDER,
  fileState,
  type Installed,
  readRecord,
  removeRecord,
  writeRecord,
} from "./record.ts";
import { Volume } from "./volume.ts";

export interface Plan {
  /** Files by their names on the partition. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Signs the application; undefined: it is not signed. */
  readonly sign?: (application: Uint8Array) => Uint8Array;
  /** Whether a boot entry is wanted. */
  readonly wantsEntry: boolean;
  /** Whether a configuration that somebody changed stays as it is. */
  readonly keepsConfiguration: boolean;
}

export interface Done {
  readonly esp: Esp;
  readonly files: readonly string[];
  readonly entry: BootEntry | undefined;
  /** Number of a boot entry that was made, and is out of reach now: without efibootmgr, or from a system that BIOS booted. */
  readonly entryLeft?: string;
  /** Files that somebody changed since they were installed, and that stay as they are. */
  readonly kept: readonly string[];
}

/** All of it, or nothing: when a step fails, the partition is as it was before. */
export function install(firmware: Firmware, esp: Esp, plan: Plan): Done {
  const volume = new Volume(esp.folder);
  const before = readRecord(volume);
  const contents = new Map(plan.contents);
  const isKept = plan.keepsConfiguration && stateOf(volume, before, CONFIGURATION) === "changed";
  if (isKept) contents.delete(CONFIGURATION);
  const isSigned = plan.sign !== undefined;
  if (plan.sign !== undefined) contents.set(APPLICATION, signedApplication(volume, contents, plan.sign));
  refuseOthers(volume, before, contents);
  const leftOver = Object.keys(before?.files ?? {}).filter((name) => !plan.contents.has(name));
  const changed = leftOver.filter((name) => stateOf(volume, before, name) === "changed");
  try {
    writeRecord(volume, underWay(before, contents, isSigned));
    for (const [name, bytes] of contents) volume.write(name, bytes);
    for (const name of leftOver) if (!changed.includes(name)) volume.remove(name);
    const entry = plan.wantsEntry ? enter(firmware, esp) : findOwn(firmware, esp);
    const files = new Map([...contents].map(([name, bytes]) => [name, [digest(bytes)]]));
    if (isKept) files.set(CONFIGURATION, [...(before?.files[CONFIGURATION] ?? [])]);
    writeRecord(volume, {
      files: Object.fromEntries(files),
      signed: isSigned,
      ...(entry === undefined ? {} : { entry: entry.number }),
    });
    return { esp, files: [...contents.keys()], entry, kept: [...(isKept ? [CONFIGURATION] : []), ...changed] };
  } catch (error) {
    volume.undo();
    throw error;
  }
}

/** The application, signed with all that it will read; a configuration that stays as it is is on the volume. */
function signedApplication(
  volume: Volume,
  contents: ReadonlyMap<string, Uint8Array>,
  sign: (application: Uint8Array) => Uint8Array,
): Uint8Array {
  const nothing = new Uint8Array();
  const configuration = contents.get(CONFIGURATION) ?? volume.read(CONFIGURATION) ?? nothing;
  const others = [...contents].flatMap(([name, bytes]) =>
    name === APPLICATION || name === CONFIGURATION ? [] : [bytes],
  );
  return sign(withDigests(contents.get(APPLICATION) ?? nothing, configuration, others));
}

/** Takes away what install put there; what somebody changed since stays. */
export function remove(firmware: Firmware, named?: string): Done {
  const esp = findEsp(firmware, named);
  const volume = new Volume(esp.folder);
  const record = readRecord(volume);
  if (record === undefined) {
    throw new Failure(
      "NOT_INSTALLED",
      exitCodes.failed,
      `there is nothing of bfm's on ${esp.folder}`,
      "Name the partition's folder: bfm efi remove --esp DIR",
    );
  }
  const isInReach = esp.partition !== undefined && hasEntries(firmware);
  const entry = record.entry === undefined || !isInReach ? undefined : findOwn(firmware, esp);
  if (entry !== undefined) deleteEntry(firmware, entry);
  const files = Object.keys(record.files);
  const kept = files.filter((name) => stateOf(volume, record, name) === "changed");
  const gone = files.filter((name) => !kept.includes(name));
  for (const name of gone) volume.remove(name);
  removeRecord(volume);
  for (const folder of [FOLDER, dirname(FOLDER)]) volume.removeFolder(folder);
  const entryLeft = isInReach || record.entry === undefined ? {} : { entryLeft: record.entry };
  return { esp, files: gone, entry, ...entryLeft, kept };
}

/** The entry of this partition, where there are entries. */
export function findOwn(firmware: Firmware, { partition }: Esp): BootEntry | undefined {
  return partition !== undefined && hasEntries(firmware) ? findEntry(firmware, partition) : undefined;
}

function enter(firmware: Firmware, esp: Esp): BootEntry | undefined {
  if (esp.partition === undefined || !hasEntries(firmware)) return undefined;
  return findEntry(firmware, esp.partition) ?? createEntry(firmware, esp.partition);
}

function stateOf(volume: Volume, record: Installed | undefined, name: string) {
  return fileState(volume, name, record?.files[name] ?? []);
}

/** What bfm did not write, it does not overwrite. */
function refuseOthers(volume: Volume, record: Installed | undefined, contents: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of contents) {
    if (fileState(volume, name, [...(record?.files[name] ?? []), digest(bytes)]) !== "changed") continue;
    const isOwn = name === CONFIGURATION && record !== undefined;
    throw new Failure(
      "EFI_FOREIGN",
      exitCodes.file,
      record?.files[name] === undefined
        ? `${name} on the partition is not bfm's`
        : `${name} on the partition was changed since bfm wrote it`,
      isOwn
        ? "Keep it: --keep-configuration. Or move it away, and type this again."
        : "Move it away, and type this again.",
      { facts: { file: name } },
    );
  }
}

/** While files change, either content is bfm's: an installation that was cut short can be repeated, or removed. */
function underWay(
  before: Installed | undefined,
  contents: ReadonlyMap<string, Uint8Array>,
  signed: boolean,
): Installed {
  const files: Record<string, readonly string[]> = { ...before?.files };
  for (const [name, bytes] of contents) files[name] = [...new Set([...(files[name] ?? []), digest(bytes)])];
  return { ...before, files, signed };
}

/** Whether the firmware would refuse what is installed. */
export function isRefused(firmware: Firmware, { signed }: Pick<Installed, "signed">): boolean {
  return !signed && firmware.hasVariables() && firmware.isSecureBoot();
}
