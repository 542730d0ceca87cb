// bfm efi: the hypervisor on an EFI system partition, where the firmware starts it before the operating system

import type { BootEntry } from "../efi/boot-entry.ts";
import { readContents } from "../efi/contents.ts";
import { findEsp } from "../efi/esp.ts";
import { type Done, findOwn, install, isRefused, remove } from "../efi/install.ts";
import { fileState, readRecord } from "../efi/record.ts";
import { sign } from "../efi/signature.ts";
import { Volume } from "../efi/volume.ts";
import type { Environment } from "../environment.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Selection } from "../files.ts";
import type { Outcome } from "../outcome.ts";

/** As typed. */
export interface InstallRequest {
  readonly esp?: string;
  readonly bootNext?: string;
  /** Key and certificate. */
  readonly sign?: readonly string[];
  readonly application: string;
  readonly memory?: string;
  readonly keepConfiguration?: boolean;
  /** False: no boot entry. */
  readonly entry: boolean;
}

export interface PlaceRequest {
  readonly esp?: string;
}

const MENU = "Choose EFI/bareflank/bareflank.efi in the firmware's boot menu.";

export function efiInstall(
  { firmware, elfCheck }: Environment,
  selection: Selection,
  { esp: named, bootNext, sign: keys, application, memory, keepConfiguration = false, entry }: InstallRequest,
): Outcome {
  if (memory !== undefined && !/^[1-9][0-9]{0,5}[MG]$/.test(memory)) {
    throw usage(`--memory ${memory} is no size`, "Type a number and M or G: 64M.");
  }
  const signingKey = keys === undefined ? undefined : keyOf(keys);
  const contents = readContents(
    {
      application,
      selection,
      ...(memory === undefined ? {} : { memory }),
      ...(bootNext === undefined ? {} : { bootNext }),
    },
    elfCheck,
  );
  const esp = findEsp(firmware, named);
  if (bootNext !== undefined && !new Volume(esp.folder).has(bootNext.replaceAll("\\", "/"))) {
    throw new Failure(
      "ENOENT",
      exitCodes.file,
      `there is no file ${bootNext} on ${esp.folder}`,
      "Name a UEFI application on the partition: --boot-next /EFI/debian/grubx64.efi",
    );
  }
  const done = install(firmware, esp, {
    contents,
    ...(signingKey === undefined ? {} : { sign: (plain: Uint8Array) => sign(firmware, plain, signingKey) }),
    wantsEntry: entry,
    keepsConfiguration: keepConfiguration,
  });
  const remarks = [
    ...keptRemarks(done),
    ...(done.entry === undefined ? [`bfm: there is no boot entry. ${MENU}`] : []),
    ...(isRefused(firmware, { signed: signingKey !== undefined })
      ? [
          "bfm: Secure Boot is on, and bareflank.efi is not signed: sign it with --sign KEY CERT, by a key that you enrolled.",
        ]
      : []),
  ];
  return outcome(`bareflank: installed on ${esp.folder}${entryText(done.entry)}`, remarks, done);
}

export function efiRemove({ firmware }: Environment, { esp }: PlaceRequest): Outcome {
  const done = remove(firmware, esp);
  const entry = done.entry === undefined ? "" : `, and boot entry ${done.entry.number}`;
  const left =
    done.entryLeft === undefined
      ? []
      : [
          `bfm: boot entry ${done.entryLeft} stays, for there is no efibootmgr that could delete it here: efibootmgr -b ${done.entryLeft} -B`,
        ];
  return outcome(`bareflank: removed from ${done.esp.folder}${entry}`, [...keptRemarks(done), ...left], done);
}

export function efiStatus({ firmware }: Environment, { esp: named }: PlaceRequest): Outcome {
  const esp = findEsp(firmware, named);
  const volume = new Volume(esp.folder);
  const record = readRecord(volume);
  if (record === undefined) {
    return { text: `bareflank: not installed on ${esp.folder}`, facts: { esp: esp.folder, installed: false } };
  }
  const files = Object.entries(record.files).map(([name, digests]) => ({
    name,
    state: fileState(volume, name, digests),
  }));
  const entry = findOwn(firmware, esp);
  const refused = isRefused(firmware, record);
  return {
    text: [
      `bareflank: installed on ${esp.folder}${entryText(entry)}${record.signed ? ", signed" : ""}`,
      ...files.map(({ name, state }) => `  ${name}: ${state === "changed" ? "changed since" : state}`),
    ].join("\n"),
    ...(refused ? { remark: "bfm: Secure Boot is on, and bareflank.efi is not signed" } : {}),
    facts: { esp: esp.folder, installed: true, files, signed: record.signed, refused, entry: entry ?? null },
  };
}

function keyOf(files: readonly string[]): { key: string; certificate: string } {
  const [key, certificate, ...more] = files;
  if (key === undefined || certificate === undefined || more.length > 0) {
    throw usage(
      "--sign takes a key and its certificate",
      "Name extensions before it: bfm efi install my.elf --sign KEY CERT",
    );
  }
  return { key, certificate };
}

const usage = (message: string, advice: string) => new Failure("USAGE", exitCodes.usage, message, advice);

const keptRemarks = ({ kept }: Done) =>
  kept.map((name) => `bfm: ${name} was changed since it was installed, and stays`);

function outcome(text: string, remarks: readonly string[], { esp, files, entry, entryLeft, kept }: Done): Outcome {
  return {
    text,
    ...(remarks.length === 0 ? {} : { remark: remarks.join("\n") }),
    facts: { esp: esp.folder, files, kept, entry: entry ?? null, entryLeft: entryLeft ?? null },
  };
}

function entryText(entry: BootEntry | undefined): string {
  if (entry === undefined) return "";
  if (entry.position < 0) return `, boot entry ${entry.number}, which is not in the boot order`;
  return `, boot entry ${entry.number}, ${entry.position === 0 ? "the first" : `behind ${entry.position} other${entry.position === 1 ? "" : "s"}`}`;
}
