// The files that are loaded: the kernel image (file 0), the extensions (file n) and their policies, copied and checked
//
// A set of files is made aside and adopted as a whole, so a load that fails leaves the loaded set as it was.

import { BOOT_VERSION } from "../../abi/generated/bare/boot";
import {
  ELF_OK,
  ERROR_ELF,
  ERROR_INVALID_ARGUMENT,
  ERROR_KERNEL_VERSION,
  ERROR_NO_MEMORY,
} from "../../abi/generated/bare/driver";
import { EXT_CODE_BYTES } from "../../abi/generated/bare/windows";
import { checkExtension, checkKernel } from "../../bsl/src/elf-check";
import { kernelVersion } from "../../bsl/src/elf-note";
import { POLICY_FILE } from "./limits";
import { givePages, pagesFor, takePages } from "./pages";
import { copyFromCaller } from "./platform";
import { fail, failOnFile } from "./report";

/** One file in pages of its own; address 0: none. */
@unmanaged
class File {
  address: u64 = 0;
  bytes: u64 = 0;
}

const SLOTS: u32 = POLICY_FILE + 1;
/** The set in use, and behind it the one that is being made. */
const table: usize = memory.data(2 * SLOTS * offsetof<File>(), 8);
let extensions: u32 = 0;

function slot(index: u32): File {
  return changetype<File>(table + <usize>index * offsetof<File>());
}

/** Address of file `index` of the loaded set, in the operating system's address space. */
export function fileAddress(index: u32): u64 {
  return slot(index).address;
}

/** Size of file `index` of the loaded set. */
export function fileBytes(index: u32): u64 {
  return slot(index).bytes;
}

/** Extensions of the loaded set. */
export function extensionCount(): u32 {
  return extensions;
}

/** What the loaded set holds of the operating system's memory. */
export function heldFileBytes(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < SLOTS; i++) bytes += pagesFor(slot(i).bytes) * 4096;
  return bytes;
}

/**
 * Copies file `index` from the caller into the new set and checks it. False when the caller's memory is not readable;
 * any other failure is in the report.
 */
export function stageFile(index: u32, callerAddress: u64, bytes: u64): bool {
  if (bytes === 0 || bytes > EXT_CODE_BYTES) {
    failOnFile(ERROR_INVALID_ARGUMENT, bytes, index);
    return true;
  }
  const file = slot(SLOTS + index);
  const address = takePages(pagesFor(bytes), false);
  if (address === 0) {
    fail(ERROR_NO_MEMORY, bytes);
    return true;
  }
  file.address = address;
  file.bytes = bytes;
  if (copyFromCaller(address, callerAddress, bytes) === 0) return false;
  checkFile(index, address, bytes);
  return true;
}

function checkFile(index: u32, address: u64, bytes: u64): void {
  // The microkernel believes nothing in it: names are text, and what is denied is denied
  if (index === POLICY_FILE) return;
  const problem = index === 0 ? checkKernel(address, bytes) : checkExtension(address, bytes);
  if (problem !== ELF_OK) {
    failOnFile(ERROR_ELF, problem, index);
  } else if (index === 0 && kernelVersion(address) !== BOOT_VERSION) {
    failOnFile(ERROR_KERNEL_VERSION, kernelVersion(address), index);
  }
}

/** Forgets the new set. */
export function dropStagedFiles(): void {
  for (let i: u32 = 0; i < SLOTS; i++) dropFile(slot(SLOTS + i));
}

/** Makes the new set, with `count` extensions, the loaded one. */
export function adoptStagedFiles(count: u32): void {
  dropFiles();
  for (let i: u32 = 0; i < SLOTS; i++) {
    const staged = slot(SLOTS + i);
    slot(i).address = staged.address;
    slot(i).bytes = staged.bytes;
    staged.address = 0;
    staged.bytes = 0;
  }
  extensions = count;
}

/** Gives the loaded set back to the operating system. */
export function dropFiles(): void {
  for (let i: u32 = 0; i < SLOTS; i++) dropFile(slot(i));
  extensions = 0;
}

function dropFile(file: File): void {
  if (file.address !== 0) givePages(file.address, pagesFor(file.bytes), false);
  file.address = 0;
  file.bytes = 0;
}
