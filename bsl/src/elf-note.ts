// Notes of an ELF file (System V gABI, chapter 5, "Note Section")
//
//      0         4         8         12                 24 (Bareflank), 16 (GNU)
//     ┌─────────┬─────────┬─────────┬──────────────────┬───────────────────────┐
//     │ name's  │ descr.'s│  type   │ owner's name, \0 │ descriptor            │
//     │ bytes   │ bytes   │         │                  │                       │
//     └─────────┴─────────┴─────────┴──────────────────┴───────────────────────┘
//
// Name and descriptor are padded to 4 bytes, or to 8 in a segment that is aligned to 8. Behind the names of the two
// owners that matter here, both come to the same.

import {
  NOTE_EXTENSION_MEMORY,
  NOTE_EXTENSION_VERSIONS,
  NOTE_KERNEL,
  NOTE_RELOCATIONS,
} from "../../abi/generated/bare/boot";
import { SPEC_VERSION_1 } from "../../abi/generated/bare/syscalls";
import { alignUp } from "./bits";
import { PT_NOTE, segment, segmentAlignment, segmentCount, segmentFileBytes, segmentOffset, segmentType } from "./elf";
import { peek8, peek32, peek64 } from "./memory";

/** Owner of Bareflank's own notes. */
export const OWNER_BAREFLANK: string = "Bareflank";
/** Owner of the linker's notes. */
export const OWNER_GNU: string = "GNU";
/** The linker's build id, owner GNU. */
export const NOTE_GNU_BUILD_ID: u32 = 3;

/** Bytes of a note before its name. */
const NOTE_HEADER_BYTES: u64 = 12;

/** Address of the first note of an owner and type in a file whose notes are intact, or 0. */
export function findNote(file: u64, owner: string, type: u32): u64 {
  const count = segmentCount(file);
  for (let i: u32 = 0; i < count; i++) {
    const header = segment(file, i);
    if (segmentType(header) !== PT_NOTE) continue;
    let at = file + segmentOffset(header);
    const end = at + segmentFileBytes(header);
    while (at < end) {
      if (peek32(at + 8) === type && isOwner(at, owner)) return at;
      at = nextNote(at, notePadding(header));
    }
  }
  return 0;
}

/** Bytes of a note's descriptor. */
export function noteBytes(note: u64): u32 {
  return peek32(note + 4);
}

/** Address of a note's descriptor. */
export function noteDescriptor(note: u64): u64 {
  return note + descriptorOffset(note, 4);
}

/** The BOOT_VERSION that a checked kernel image was built for. */
export function kernelVersion(file: u64): u64 {
  return peek64(noteDescriptor(findNote(file, OWNER_BAREFLANK, NOTE_KERNEL)));
}

/** Address of the Relocations of a checked kernel image, or 0 when it lies where it was linked. */
export function relocations(file: u64): u64 {
  const note = findNote(file, OWNER_BAREFLANK, NOTE_RELOCATIONS);
  return note === 0 ? 0 : noteDescriptor(note);
}

/** Address of the ExtensionMemory of a checked extension, or 0 when it has no linear memory. */
export function extensionMemory(file: u64): u64 {
  const note = findNote(file, OWNER_BAREFLANK, NOTE_EXTENSION_MEMORY);
  return note === 0 ? 0 : noteDescriptor(note);
}

/** The versions of the interface (SPEC_VERSION_*) that a checked extension says it knows. */
export function extensionVersions(file: u64): u32 {
  const note = findNote(file, OWNER_BAREFLANK, NOTE_EXTENSION_VERSIONS);
  return note === 0 ? SPEC_VERSION_1 : peek32(noteDescriptor(note));
}

/** Whether the notes of a PT_NOTE segment, which lies within the file, end where it ends. */
export function notesAreIntact(file: u64, header: u64): bool {
  const padding = notePadding(header);
  let at = file + segmentOffset(header);
  const end = at + segmentFileBytes(header);
  while (at < end) {
    if (end - at < NOTE_HEADER_BYTES) return false;
    if (descriptorOffset(at, padding) + <u64>noteBytes(at) > end - at) return false;
    at = nextNote(at, padding);
  }
  return true;
}

function isOwner(note: u64, owner: string): bool {
  const length = owner.length;
  const name = note + NOTE_HEADER_BYTES;
  if (peek32(note) !== <u32>length + 1) return false;
  for (let i = 0; i < length; i++) {
    if (<i32>peek8(name + <u64>i) !== owner.charCodeAt(i)) return false;
  }
  return peek8(name + <u64>length) === 0;
}

function notePadding(header: u64): u64 {
  return segmentAlignment(header) === 8 ? 8 : 4;
}

function descriptorOffset(note: u64, padding: u64): u64 {
  return alignUp(NOTE_HEADER_BYTES + <u64>peek32(note), padding);
}

/** The last note's padding may be missing: the result may then lie behind the segment's end. */
function nextNote(note: u64, padding: u64): u64 {
  return note + alignUp(descriptorOffset(note, padding) + <u64>noteBytes(note), padding);
}
