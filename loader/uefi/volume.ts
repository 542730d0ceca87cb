// Files of the volume that the application comes from

import { nativeAddress, peek64 } from "../../bsl/src/memory";
import { giveBack, takeBriefly } from "./memory";
import { imageHandle, invoke, place, placed, protocolOf } from "./services";
import {
  EFI_SUCCESS,
  FILE_CLOSE,
  FILE_GET_POSITION,
  FILE_MODE_READ,
  FILE_OPEN,
  FILE_READ,
  FILE_SET_POSITION,
  FILE_SYSTEM_GUID,
  FILE_SYSTEM_GUID_REST,
  LOADED_IMAGE_DEVICE,
  LOADED_IMAGE_GUID,
  LOADED_IMAGE_GUID_REST,
  OPEN_VOLUME,
  POSITION_END,
} from "./tables";
import { textAddress } from "./text";

/** What a file comes to. */
export const FILE_READY: u32 = 0;
export const FILE_MISSING: u32 = 1;
export const FILE_FOLDER: u32 = 2;
export const FILE_EMPTY: u32 = 3;
export const FILE_TOO_LARGE: u32 = 4;
export const FILE_NO_MEMORY: u32 = 5;
export const FILE_DAMAGED: u32 = 6;

/** More than this is no kernel and no extension. */
const MOST_BYTES: u64 = 0x400_0000;

let root: u64 = 0;
let address: u64 = 0;
let bytes: u64 = 0;
const size: usize = memory.data(8, 8);

/** The device that the application was loaded from; 0 for none. */
export function ownDevice(): u64 {
  const loaded = protocolOf(imageHandle(), LOADED_IMAGE_GUID, LOADED_IMAGE_GUID_REST);
  return loaded === 0 ? 0 : peek64(loaded + LOADED_IMAGE_DEVICE);
}

/** Opens the volume; false when there is none that has files. */
export function openVolume(): bool {
  const device = ownDevice();
  const system = device === 0 ? 0 : protocolOf(device, FILE_SYSTEM_GUID, FILE_SYSTEM_GUID_REST);
  if (system === 0 || invoke(system, OPEN_VOLUME, system, place()) !== EFI_SUCCESS) return false;
  root = placed();
  return true;
}

/** Whether a file is there. */
export function isFile(path: usize): bool {
  const file = open(path);
  if (file === 0) return false;
  invoke(file, FILE_CLOSE, file);
  return true;
}

/** Reads a file into memory that dropFile() gives back: FILE_*. */
export function readFile(path: usize): u32 {
  const file = open(path);
  if (file === 0) return FILE_MISSING;
  const outcome = readOpened(file);
  invoke(file, FILE_CLOSE, file);
  return outcome;
}

/** What readFile() has read. */
export function fileStart(): u64 {
  return address;
}
export function fileSize(): u64 {
  return bytes;
}
export function dropFile(): void {
  giveBack(address, bytes);
}

function open(path: usize): u64 {
  if (root === 0) return 0;
  const status = invoke(root, FILE_OPEN, root, place(), textAddress(path), FILE_MODE_READ, 0);
  return status === EFI_SUCCESS ? placed() : 0;
}

function readOpened(file: u64): u32 {
  // A folder has no position at its end (UEFI 2.10, 13.5)
  if (invoke(file, FILE_SET_POSITION, file, POSITION_END) !== EFI_SUCCESS) return FILE_FOLDER;
  if (invoke(file, FILE_GET_POSITION, file, place()) !== EFI_SUCCESS) return FILE_FOLDER;
  bytes = placed();
  if (bytes === 0) return FILE_EMPTY;
  if (bytes > MOST_BYTES) return FILE_TOO_LARGE;
  address = takeBriefly(bytes);
  if (address === 0) return FILE_NO_MEMORY;
  invoke(file, FILE_SET_POSITION, file, 0);
  store<u64>(size, bytes);
  const status = invoke(file, FILE_READ, file, nativeAddress(<u32>size), address);
  if (status === EFI_SUCCESS && load<u64>(size) === bytes) return FILE_READY;
  dropFile();
  return FILE_DAMAGED;
}
