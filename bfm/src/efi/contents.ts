// What is put onto the EFI system partition, read and checked

import { basename } from "node:path";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { applySettings, readFile, readFiles, type Selection } from "../files.ts";
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

/** Files by their names on the partition. Throws a Failure for the first that will not do. */
export function readContents(wanted: Wanted, elfCheck: Uint8Array<ArrayBuffer>): Map<string, Uint8Array> {
  const { settings = [], ...selection } = wanted.selection;
  const { kernel, extensions } = readFiles(selection, elfCheck);
  // The configuration has them, where they can be edited; whether the extension takes them shows now
  if (settings.length > 0 && extensions[0] !== undefined) applySettings(extensions[0], settings);
  const names = extensions.map(({ name }) => basename(name));
  const taken = new Set([KERNEL, ...[APPLICATION, CONFIGURATION].map((file) => basename(file)), "installed.json"]);
  for (const name of names) {
    if (taken.has(name.toLowerCase())) throw clash(name);
    taken.add(name.toLowerCase());
  }
  return new Map<string, Uint8Array>([
    [APPLICATION, readApplication(wanted.application)],
    [CONFIGURATION, Buffer.from(configuration(wanted, names))],
    [`${FOLDER}/${KERNEL}`, kernel.bytes],
    ...extensions.map(({ bytes }, index) => [`${FOLDER}/${names[index]}`, bytes] as const),
  ]);
}

/** What bareflank.efi reads (loader/uefi/configuration.ts). */
function configuration({ selection, memory, bootNext }: Wanted, names: readonly string[]): string {
  const settings = Object.fromEntries(
    (selection.settings ?? []).map((setting) => [setting.replace(/=.*/s, ""), setting.replace(/^[^=]*=/, "")]),
  );
  const extensions = names.map((file, index) =>
    index === 0 && Object.keys(settings).length > 0 ? { file, settings } : file,
  );
  const boot = bootNext === undefined ? "next" : { file: `/${bootNext.replace(/^[/\\]+/, "").replaceAll("\\", "/")}` };
  const value = { kernel: KERNEL, extensions, ...(memory === undefined ? {} : { memory }), boot };
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
