// Moves a kernel's image while it is copied, page by page, in ascending order: toolchain/src/relocations.ts describes the table
//
// A word that lies across two pages is written in two parts; it stays the current one in between. Nothing outside of the page
// that is being filled is written, whatever the table says.

import {
  RELOCATION_DISTANCE,
  RELOCATION_MEMORY,
  RELOCATION_OTHER,
  RELOCATIONS_COUNT,
  RELOCATIONS_OFFSET,
} from "../../abi/generated/bare/boot";
import { KERNEL_IMAGE_BASE } from "../../abi/generated/bare/windows";
import { segmentAddress, segmentFileBytes, segmentOffset } from "../../bsl/src/elf";
import { relocations } from "../../bsl/src/elf-note";
import { peek16, peek32, peek64, poke8, poke32 } from "../../bsl/src/memory";
import { PAGE_BYTES } from "./pages";
import { imageSlideNow, memorySlideNow } from "./slide";

/** The next word of the table, and how many are left. */
let next: u64 = 0;
let left: u32 = 0;
/** The current relocation: where it is by the file's addresses, its bits of kind. */
let target: u64 = 0;
let kind: u32 = 0;
let isCurrent: bool = false;

/** Begins with a kernel's file. */
export function beginRelocations(file: u64): void {
  const table = relocations(file);
  left = table === 0 || (imageSlideNow() | memorySlideNow()) === 0 ? 0 : peek32(table + RELOCATIONS_COUNT);
  next = table === 0 ? 0 : file + peek32(table + RELOCATIONS_OFFSET);
  target = KERNEL_IMAGE_BASE;
  advance();
}

function advance(): void {
  isCurrent = false;
  while (left !== 0) {
    const word = peek16(next);
    next += 2;
    left--;
    const distance = word & RELOCATION_DISTANCE;
    target += distance;
    if (distance === RELOCATION_DISTANCE) continue;
    kind = word & ~RELOCATION_DISTANCE;
    isCurrent = true;
    return;
  }
}

/** A page of a segment of the file has been copied, the one at `offset` of the segment: moves what it names. */
export function relocatePage(file: u64, header: u64, offset: u64, page: u64): void {
  const start = segmentAddress(header) + offset;
  const end = start + PAGE_BYTES;
  while (isCurrent && target < end) {
    const bytes: u64 = kind === RELOCATION_OTHER ? 8 : 4;
    const at = target - segmentAddress(header);
    // What begins before the segment, or has no bytes in the file, is none
    if (target >= segmentAddress(header) && at + bytes <= segmentFileBytes(header)) {
      const source = file + segmentOffset(header) + at;
      write(page, target - start, moved(bytes === 8 ? peek64(source) : peek32(source)), bytes);
    }
    if (target + bytes > end) return;
    advance();
  }
}

/** What a word becomes. */
function moved(value: u64): u64 {
  if ((kind & RELOCATION_MEMORY) === 0) return value + imageSlideNow();
  const isRelative = (kind & RELOCATION_OTHER) !== 0;
  return value + memorySlideNow() - (isRelative ? imageSlideNow() : 0);
}

/** Writes the part of it that lies in the page; it may begin before that. */
function write(page: u64, at: u64, value: u64, bytes: u64): void {
  if (bytes === 4 && at <= PAGE_BYTES - 4) {
    poke32(page + at, <u32>value);
    return;
  }
  for (let i: u64 = 0; i < bytes; i++) {
    if (at + i < PAGE_BYTES) poke8(page + at + i, <u8>(value >> (i * 8)));
  }
}
