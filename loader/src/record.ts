// What runs, in the words of StatusArgs: for a status, and for a driver that comes to a hypervisor which it did not start
//
// That one reads it behind the reports. The microkernel never does.

import { EXTENSION_POLICY_BYTES, EXTENSION_POLICY_NAME } from "../../abi/generated/bare/boot";
import {
  START_RECORD_BYTES,
  START_RECORD_EXPOSURES,
  START_RECORD_EXT_COUNT,
  START_RECORD_EXT_NAMES,
  START_RECORD_IMAGE_SLIDE,
  START_RECORD_KERNEL_BUILD_ID,
  START_RECORD_MEMORY_BYTES,
  START_RECORD_MEMORY_SLIDE,
  START_RECORD_MITIGATIONS,
  START_RECORD_OFFSET,
  START_RECORD_WATCHDOG_MS,
} from "../../abi/generated/bare/driver";
import { EXTENSION_NAME_BYTES } from "../../abi/generated/bare/syscalls";
import { findNote, NOTE_GNU_BUILD_ID, noteBytes, noteDescriptor, OWNER_GNU } from "../../bsl/src/elf-note";
import { copyMemory, peek8, peek64, poke32, poke64 } from "../../bsl/src/memory";
import { extensionCount, fileAddress } from "./files";
import { POLICY_FILE } from "./limits";
import { exposuresInForce, mitigationsInForce } from "./mitigations";
import { reportsPage } from "./shared";
import { imageSlideNow, memorySlideNow } from "./slide";
import { watchdogMs } from "./watch";

const BUILD_ID_BYTES: u32 = 20;
/** Room for names. */
const NAMES_BYTES: u64 = START_RECORD_KERNEL_BUILD_ID - START_RECORD_EXT_NAMES;
/** What StatusArgs has of a StartRecord: all from the number of extensions on. */
export const FACTS_BYTES: u32 = START_RECORD_BYTES - START_RECORD_EXT_COUNT;

/** Leaves a StartRecord about what has just been started, and holds so much memory. */
export function leaveRecord(memoryBytes: u64): void {
  const record = reportsPage() + START_RECORD_OFFSET;
  poke64(record + START_RECORD_MEMORY_BYTES, memoryBytes);
  writeFiles(record + START_RECORD_EXT_COUNT);
  writeStart(record + START_RECORD_EXT_COUNT);
}

/** Where a StartRecord that another loader left has its facts, and the memory that it says is held. */
export function recordedFacts(): u64 {
  return reportsPage() + START_RECORD_OFFSET + START_RECORD_EXT_COUNT;
}
export function recordedMemory(): u64 {
  return peek64(reportsPage() + START_RECORD_OFFSET + START_RECORD_MEMORY_BYTES);
}

/** Writes what the loaded files are; `facts` is zero. */
export function writeFiles(facts: u64): void {
  const record = facts - START_RECORD_EXT_COUNT;
  poke32(record + START_RECORD_EXT_COUNT, extensionCount());
  if (fileAddress(POLICY_FILE) !== 0) writeNames(record + START_RECORD_EXT_NAMES);
  const kernel = fileAddress(0);
  const note = kernel === 0 ? 0 : findNote(kernel, OWNER_GNU, NOTE_GNU_BUILD_ID);
  if (note !== 0 && noteBytes(note) === BUILD_ID_BYTES) {
    copyMemory(record + START_RECORD_KERNEL_BUILD_ID, noteDescriptor(note), BUILD_ID_BYTES);
  }
}

/** Their names stand first in their policies. One that has no room is the last. */
function writeNames(names: u64): void {
  let at = names;
  for (let i: u32 = 0; i < extensionCount(); i++) {
    const name = fileAddress(POLICY_FILE) + <u64>i * EXTENSION_POLICY_BYTES + EXTENSION_POLICY_NAME;
    let length: u32 = 0;
    while (length < EXTENSION_NAME_BYTES && peek8(name + length) !== 0) length++;
    if (at + length + 1 > names + NAMES_BYTES) return;
    copyMemory(at, name, length);
    at += length + 1;
  }
}

/** Writes how the start was that runs. */
export function writeStart(facts: u64): void {
  const record = facts - START_RECORD_EXT_COUNT;
  poke32(record + START_RECORD_WATCHDOG_MS, watchdogMs());
  poke32(record + START_RECORD_MITIGATIONS, mitigationsInForce());
  poke32(record + START_RECORD_EXPOSURES, exposuresInForce());
  poke64(record + START_RECORD_IMAGE_SLIDE, imageSlideNow());
  poke64(record + START_RECORD_MEMORY_SLIDE, memorySlideNow());
}
