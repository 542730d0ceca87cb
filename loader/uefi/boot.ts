// What comes behind the start: a file of the volume by LoadImage() and StartImage(), or the firmware's boot manager goes on

import { copyMemory, peek16, poke16, poke32, poke64 } from "../../bsl/src/memory";
import { BOOT_FALLBACK, BOOT_FILE, bootChoice, bootFile, bootFileOptions } from "./configuration";
import { beginLine, print, printHex, printText, say } from "./console";
import { takeBriefly } from "./memory";
import { bootService, imageHandle, place, placed, protocolOf } from "./services";
import {
  DEVICE_PATH_GUID,
  DEVICE_PATH_GUID_REST,
  EFI_ABORTED,
  EFI_ACCESS_DENIED,
  EFI_NOT_FOUND,
  EFI_NOT_STARTED,
  EFI_SECURITY_VIOLATION,
  EFI_SUCCESS,
  EFI_UNSUPPORTED,
  LOAD_IMAGE,
  LOADED_IMAGE_GUID,
  LOADED_IMAGE_GUID_REST,
  LOADED_IMAGE_OPTIONS,
  LOADED_IMAGE_OPTIONS_BYTES,
  NODE_END,
  NODE_FILE,
  START_IMAGE,
} from "./tables";
import { lengthOf, textAddress, textOf } from "./text";
import { ownDevice } from "./volume";

/** Where a volume has what starts an operating system that registered nothing (UEFI 2.10, 3.5.1.1). */
const FALLBACK: string = "\\EFI\\BOOT\\BOOTX64.EFI";
const NODE_HEADER: u64 = 4;

/** The file that is to be booted, or 0: the firmware's boot manager goes on. */
export function chosenFile(): usize {
  if (bootChoice() === BOOT_FILE) return bootFile();
  return bootChoice() === BOOT_FALLBACK ? textOf(FALLBACK) : 0;
}

/**
 * Boots what is configured. It returns when that does not boot, ends, or is the boot manager's, with what the application
 * returns: the boot manager takes its next entry when it is no success (UEFI 2.10, 3.1.1).
 */
export function bootNext(): u64 {
  const file = chosenFile();
  if (file === 0) {
    say("the firmware's boot manager goes on with its next entry");
    return EFI_NOT_STARTED;
  }
  const status = bootFileOf(file);
  beginLine();
  printText(file);
  print(" did not boot: ");
  print(whyNot(status));
  print(" (");
  printHex(status);
  print("); the firmware's boot manager goes on\n");
  return status === EFI_SUCCESS ? EFI_ABORTED : status;
}

function bootFileOf(file: usize): u64 {
  const path = devicePathOf(file);
  if (path === 0) return EFI_NOT_FOUND;
  sayFile("loading ", file);
  const status = bootService(LOAD_IMAGE, 0, imageHandle(), path, 0, 0, place());
  if (status !== EFI_SUCCESS) return status;
  const image = placed();
  giveOptions(image);
  sayFile("starting ", file);
  return bootService(START_IMAGE, image, 0, 0);
}

function sayFile(what: string, file: usize): void {
  beginLine();
  print(what);
  printText(file);
  print("\n");
}

/** The text, its zero included. */
function giveOptions(image: u64): void {
  const options = bootFileOptions();
  const loaded = protocolOf(image, LOADED_IMAGE_GUID, LOADED_IMAGE_GUID_REST);
  if (options === 0 || loaded === 0) return;
  poke64(loaded + LOADED_IMAGE_OPTIONS, textAddress(options));
  poke32(loaded + LOADED_IMAGE_OPTIONS_BYTES, 2 * (lengthOf(options) + 1));
}

/** The device's path, a node for the file, the end (UEFI 2.10, 10.3). */
function devicePathOf(file: usize): u64 {
  const device = protocolOf(ownDevice(), DEVICE_PATH_GUID, DEVICE_PATH_GUID_REST);
  if (device === 0) return 0;
  let bytes: u64 = 0;
  while (peek16(device + bytes) !== NODE_END) bytes += peek16(device + bytes + 2);
  const nameBytes = 2 * (<u64>lengthOf(file) + 1);
  const path = takeBriefly(bytes + nameBytes + 2 * NODE_HEADER);
  if (path === 0) return 0;
  copyMemory(path, device, bytes);
  const node = path + bytes;
  poke16(node, <u16>NODE_FILE);
  poke16(node + 2, <u16>(NODE_HEADER + nameBytes));
  copyMemory(node + NODE_HEADER, textAddress(file), nameBytes);
  poke16(node + NODE_HEADER + nameBytes, <u16>NODE_END);
  poke16(node + NODE_HEADER + nameBytes + 2, <u16>NODE_HEADER);
  return path;
}

function whyNot(status: u64): string {
  switch (status) {
    case EFI_SUCCESS:
      return "it ended";
    case EFI_NOT_FOUND:
      return "there is no such file";
    case EFI_UNSUPPORTED:
      return "it is no UEFI application for x86-64";
    case EFI_SECURITY_VIOLATION:
    case EFI_ACCESS_DENIED:
      return "Secure Boot does not trust it";
    default:
      return "the firmware refuses it";
  }
}
