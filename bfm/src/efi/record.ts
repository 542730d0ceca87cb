// What bfm wrote onto the EFI system partition, so that it never touches what others wrote there

import { createHash } from "node:crypto";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Volume } from "./volume.ts";

export const FOLDER = "EFI/bareflank";
export const APPLICATION = `${FOLDER}/bareflank.efi`;
export const CONFIGURATION = `${FOLDER}/bareflank.json`;
const RECORD = `${FOLDER}/installed.json`;

/** What an installation consists of. */
export interface Installed {
  /** SHA-256 of each file by its name on the partition. Two while an installation is under way: of before and of behind. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  readonly signed: boolean;
  /** The boot entry that was made, four hexadecimal digits. */
  readonly entry?: string;
}

/** As a file is now. */
export type FileState = "intact" | "changed" | "missing";

export const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Undefined when nothing is installed. */
export function readRecord(volume: Volume): Installed | undefined {
  const bytes = volume.read(RECORD);
  if (bytes === undefined) return undefined;
  try {
    const { files, signed, entry } = JSON.parse(new TextDecoder().decode(bytes)) as Installed;
    const isRecord = Object.values(files).every((list) => Array.isArray(list)) && typeof signed === "boolean";
    if (!isRecord) throw new Error("it has not what bfm writes");
    return { files, signed, ...(entry === undefined ? {} : { entry: String(entry) }) };
  } catch (cause) {
    throw new Failure(
      "EFI_RECORD",
      exitCodes.file,
      `${RECORD} on the partition is damaged: ${(cause as Error).message}`,
      `bfm cannot tell what it wrote. Look at ${FOLDER}, and remove it yourself.`,
      { facts: { file: RECORD }, cause },
    );
  }
}

export function writeRecord(volume: Volume, installed: Installed): void {
  volume.write(RECORD, Buffer.from(`${JSON.stringify(installed, undefined, 2)}\n`));
}

export const removeRecord = (volume: Volume): void => volume.remove(RECORD);

export function fileState(volume: Volume, name: string, digests: readonly string[]): FileState {
  const bytes = volume.read(name);
  if (bytes === undefined) return "missing";
  return digests.includes(digest(bytes)) ? "intact" : "changed";
}
