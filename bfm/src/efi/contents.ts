// What is put onto the EFI system partition, read and checked

import { basename } from "node:path";
import { EFI_MOST_SETTINGS, EFI_SETTINGS_TEXT } from "@bareflank/abi";
import type { ManifestEntry, MsrRange, PortRange } from "@bareflank/abi/manifest";
import type { LoadedFile } from "../driver.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { applySettings, readEntries, readFile, readFiles, type Selection } from "../files.ts";
import { APPLICATION, CONFIGURATION, FOLDER } from "./record.ts";

const KERNEL = "kernel.elf";

/** PE/COFF 8.3, Microsoft: where the header's offset stands, and what the header says of a UEFI application. */
const PE = {
  offset: 0x3c,
  signature: 0x4550,
  machine: 4,
  x64: 0x8664,
  magic: 24,
  pe32Plus: 0x20b,
  subsystem: 92,
  efi: 10,
};
const PE_HEADER_BYTES = 96;

export interface Wanted {
  readonly application: string;
  readonly selection: Selection;
  /** Bytes of a reserve, as typed: 64M. */
  readonly memory?: string;
  /** A file on the partition to boot instead of the next boot entry. */
  readonly bootNext?: string;
}

/** An extension as bareflank.json names it, and what it reads. */
interface Extension {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly entry: object | string;
}

/** Files by their names on the partition. Throws a Failure for the first that will not do. */
export function readContents(wanted: Wanted, elfCheck: Uint8Array<ArrayBuffer>): Map<string, Uint8Array> {
  const { settings = [], manifest, ...selection } = wanted.selection;
  const entries = manifest === undefined ? undefined : readEntries(manifest);
  const files = entries === undefined ? selection : { ...selection, extensions: entries.map(({ file }) => file) };
  const { kernel, extensions: read } = readFiles(files, elfCheck);
  const extensions = read.map((file, index) =>
    entries === undefined ? named(file, index === 0 ? settings : []) : listed(file, entries[index] as ManifestEntry),
  );
  refuseMore(entries?.flatMap((entry) => entry.settings) ?? settings);
  const taken = new Set([KERNEL, ...[APPLICATION, CONFIGURATION].map((file) => basename(file)), "installed.json"]);
  for (const { name } of extensions) {
    if (taken.has(name.toLowerCase())) throw clash(name);
    taken.add(name.toLowerCase());
  }
  return new Map<string, Uint8Array>([
    [APPLICATION, readApplication(wanted.application)],
    [CONFIGURATION, Buffer.from(configuration(wanted, extensions))],
    [`${FOLDER}/${KERNEL}`, kernel.bytes],
    ...extensions.map(({ name, bytes }) => [`${FOLDER}/${name}`, bytes] as const),
  ]);
}

/** One that was typed. */
function named(file: LoadedFile, settings: readonly string[]): Extension {
  const name = basename(file.name);
  return { name, bytes: file.bytes, entry: settings.length > 0 ? { file: name, ...settingsOf(file, settings) } : name };
}

/** One of a manifest: several may come of one file, or of files of one name, so each gets its own. */
function listed(file: LoadedFile, { settings, name: own, msrs, ports, file: _, ...rights }: ManifestEntry): Extension {
  const name = `${own}.elf`;
  const entry = {
    file: name,
    name: own,
    ...settingsOf(file, settings),
    ...rights,
    ...(msrs === undefined ? {} : { msrs: msrs.map(hexadecimal) }),
    ...(ports === undefined ? {} : { ports: ports.map(hexadecimal) }),
  };
  return { name, bytes: file.bytes, entry };
}

/** The configuration has them, where they can be edited; whether the extension takes them shows now. */
function settingsOf(file: LoadedFile, settings: readonly string[]): { settings?: Record<string, string> } {
  if (settings.length === 0) return {};
  applySettings(file, settings);
  const pairs = settings.map((setting) => [setting.replace(/=.*/s, ""), setting.replace(/^[^=]*=/, "")]);
  return { settings: Object.fromEntries(pairs) };
}

const hexadecimal = <T extends MsrRange | PortRange>({ from, to, ...rights }: T) => ({
  from: `0x${from.toString(16)}`,
  to: `0x${to.toString(16)}`,
  ...rights,
});

function refuseMore(settings: readonly string[]): void {
  const units = settings.reduce((sum, setting) => sum + setting.length + 1, 0);
  if (settings.length <= EFI_MOST_SETTINGS && units <= EFI_SETTINGS_TEXT) return;
  throw new Failure(
    "SETTINGS",
    exitCodes.usage,
    `${settings.length} settings of ${units} characters are more than bareflank.efi reads: ${EFI_MOST_SETTINGS} of ${EFI_SETTINGS_TEXT}`,
    "Give fewer, or shorter ones.",
  );
}

/** What bareflank.efi reads (loader/uefi/configuration.ts). */
function configuration({ memory, bootNext }: Wanted, extensions: readonly Extension[]): string {
  const boot = bootNext === undefined ? "next" : { file: `/${bootNext.replace(/^[/\\]+/, "").replaceAll("\\", "/")}` };
  const listed = extensions.map(({ entry }) => entry);
  const value = { kernel: KERNEL, extensions: listed, ...(memory === undefined ? {} : { memory }), boot };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function readApplication(name: string): Uint8Array {
  const bytes = readFile(name, "Install Bareflank, or name the file: bfm efi install --application FILE");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = bytes.length < PE.offset + 4 ? bytes.length : view.getUint32(PE.offset, true);
  const isApplication =
    header + PE_HEADER_BYTES <= bytes.length &&
    view.getUint32(header, true) === PE.signature &&
    view.getUint16(header + PE.machine, true) === PE.x64 &&
    view.getUint16(header + PE.magic, true) === PE.pe32Plus &&
    view.getUint16(header + PE.subsystem, true) === PE.efi;
  if (!isApplication) {
    throw new Failure(
      "FILE_KIND",
      exitCodes.file,
      `${name} is no UEFI application for x86-64`,
      "Name the bareflank.efi of bf build.",
      { facts: { file: name } },
    );
  }
  return bytes;
}

function clash(name: string): Failure {
  return new Failure(
    "USAGE",
    exitCodes.usage,
    `two files would be ${name} in one folder of the partition, where capital letters are the same as small ones`,
    "Rename the extension.",
  );
}
