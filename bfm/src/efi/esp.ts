// Where the EFI system partition is mounted

import { statSync } from "node:fs";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Firmware, Partition } from "./firmware.ts";

/** Where distributions mount it, the usual place first. */
const USUAL_PLACES = ["/boot/efi", "/efi", "/boot"];

/** An EFI system partition, or a folder that stands for one: of a stick, or of an image. */
export interface Esp {
  readonly folder: string;
  /** Undefined when the folder is no mounted partition: no boot entry can name it then. */
  readonly partition: Partition | undefined;
}

/** The named folder, or the partition that is mounted at a usual place. */
export function findEsp(firmware: Firmware, named?: string): Esp {
  const mounts = readMounts(firmware.mounts());
  if (named !== undefined) {
    requireFolder(named);
    const device = mounts.get(named.replace(/(.)\/+$/, "$1"))?.device;
    return { folder: named, partition: device === undefined ? undefined : partitionOf(firmware, device) };
  }
  const folder = USUAL_PLACES.find((place) => mounts.get(place)?.type === "vfat");
  if (folder === undefined) {
    throw new Failure(
      "NO_ESP",
      exitCodes.file,
      `no EFI system partition is mounted at ${USUAL_PLACES.slice(0, -1).join(", ")} or ${USUAL_PLACES.at(-1)}`,
      "Mount it, or name its folder: bfm efi install --esp DIR. A machine that boots by BIOS has none.",
    );
  }
  return { folder, partition: partitionOf(firmware, mounts.get(folder)?.device ?? "") };
}

function requireFolder(folder: string): void {
  let code = "ENOENT";
  let cause: unknown;
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  } catch (error) {
    code = (error as NodeJS.ErrnoException).code ?? "EIO";
    cause = error;
  }
  const message = code === "ENOENT" ? `there is no folder ${folder}` : `${folder} cannot be looked at (${code})`;
  const advice = code === "EACCES" ? "Run bfm as root: sudo bfm ..." : "Mount the partition, or name another.";
  throw new Failure(code, exitCodes.file, message, advice, { cause });
}

function partitionOf(firmware: Firmware, device: string): Partition | undefined {
  return device.startsWith("/dev/") ? firmware.partition(device) : undefined;
}

/** What is mounted where; of two at one place, the later one is what is seen. */
function readMounts(text: string): Map<string, { readonly device: string; readonly type: string }> {
  const plain = (word: string) =>
    word.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
  return new Map(
    text.split("\n").flatMap((line) => {
      const [device, place, type] = line.split(" ");
      return device === undefined || place === undefined || type === undefined
        ? []
        : [[plain(place), { device: plain(device), type }] as const];
    }),
  );
}
