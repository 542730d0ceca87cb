// Chunks that come and go, in the direct map: entries of the tables that all processors share (APM volume 2, 5.3)
//
//     level 4   the loader has made every entry of the direct map that memory lies under, so that no processor's own differs
//     level 3   one table for 512 GiB, made with it
//     level 2   a table for each GiB      ┐ made when the first chunk of its GiB, or of its 2 MiB, comes,
//     level 1   a table for 2 MiB         ┘ given back with the last one
//
// A chunk of 2 MiB or more, or a run, is mapped in pages of 2 MiB and needs no table of level 1. What was not present no processor has
// kept, so a new entry needs no flush; one that is taken away does, before its memory or a table of it is used again.

import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { allocatePage, freePage } from "../../src/memory/pages";
import { KERNEL_DATA, PAGE_ACCESSED_DIRTY, PAGE_ADDRESS, PAGE_PRESENT, PAGE_WRITABLE } from "./page-table";

const PAGE_BYTES: u64 = 0x1000;
const LARGE_BYTES: u64 = 0x20_0000;
const PAGE_LARGE: u64 = 0x80;
const TABLE_BYTES: u64 = 0x1000;

/** Chunks that may be out of the direct map before every processor has flushed. */
export const MOST_LEAVING: u32 = 16;
/** Most tables that a chunk at a multiple of its size can need, or a run of at most a GiB. */
export const MOST_TABLES: u32 = 2;
/** Pages kept for them, or 0: so a chunk can be mapped when not a page is left. */
const spare: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(16, 8));
/** Tables without entries that were taken out, and the entries that led to them, until every processor has flushed. */
const empty: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(2 * MOST_LEAVING * MOST_TABLES * 8, 8));
let emptyCount: u32 = 0;

/** Keeps pages for the tables of the next chunk; false when there are not enough. */
export function keepTables(): bool {
  for (let i: u32 = 0; i < MOST_TABLES; i++) {
    if (spare.at(i) == 0) spare.set(i, allocatePage());
    if (spare.at(i) == 0) return false;
  }
  return true;
}

/** Frees the pages kept for the next chunk's tables. */
export function freeKeptTables(): void {
  for (let page = takeSpare(); page != 0; page = takeSpare()) freePage(page);
}

function takeSpare(): u64 {
  for (let i: u32 = 0; i < MOST_TABLES; i++) {
    const page = spare.at(i);
    if (page == 0) continue;
    spare.set(i, 0);
    return page;
  }
  return 0;
}

/** Address of the entry for `virtual` in a table of a level. */
function entryOf(table: u64, virtual: u64, level: u64): u64 {
  return DIRECT_BASE + table + ((virtual >> (12 + 9 * (level - 1))) & 511) * 8;
}

/**
 * The table that an entry leads to, made if it is missing; 0 when no page is kept for it. Where one was taken out that a
 * processor may still know, it is the same.
 */
function tableBelow(entry: u64): u64 {
  const value = peek64(entry);
  if ((value & PAGE_PRESENT) != 0) return value & PAGE_ADDRESS;
  const former = takeEmpty(entry);
  const table = former != 0 ? former : takeSpare();
  if (table != 0) poke64(entry, table | PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED_DIRTY);
  return table;
}

/** The table of level 3 for an address, or 0 where the loader has made none. */
function thirdTable(root: u64, virtual: u64): u64 {
  return peek64(entryOf(root, virtual, 4)) & PAGE_ADDRESS;
}

/** Whether a chunk can be mapped: the loader has made its table of level 3. */
export function isReachable(root: u64, physical: u64): bool {
  return thirdTable(root, DIRECT_BASE + physical) != 0;
}

/** The place of the entry of level 3 for an address that is reachable. */
function thirdEntry(root: u64, virtual: u64): u64 {
  return entryOf(thirdTable(root, virtual), virtual, 3);
}

/** Maps a chunk or a run that is reachable; false, and it is not mapped, when no page is kept for a table. */
export function mapChunk(root: u64, physical: u64, bytes: u64): bool {
  const virtual = DIRECT_BASE + physical;
  const second = tableBelow(thirdEntry(root, virtual));
  if (second == 0 || tableBelow(thirdEntry(root, virtual + bytes - 1)) == 0) return false;
  const flags = KERNEL_DATA | PAGE_ACCESSED_DIRTY;
  if (bytes >= LARGE_BYTES) {
    setLargeEntries(root, virtual, bytes, physical | flags | PAGE_LARGE, LARGE_BYTES);
    return true;
  }
  const first = tableBelow(entryOf(second, virtual, 2));
  if (first == 0) return false;
  for (let offset: u64 = 0; offset < bytes; offset += PAGE_BYTES) {
    poke64(entryOf(first, virtual + offset, 1), (physical + offset) | flags);
  }
  return true;
}

/** Writes entries of level 2, for which there are tables: `value`, and `step` more in each that follows. */
function setLargeEntries(root: u64, virtual: u64, bytes: u64, value: u64, step: u64): void {
  let entry = value;
  for (let at = virtual; at < virtual + bytes; at += LARGE_BYTES) {
    poke64(entryOf(peek64(thirdEntry(root, at)) & PAGE_ADDRESS, at, 2), entry);
    entry += step;
  }
}

/**
 * Takes a chunk or a run out of the direct map. The caller has every processor flush, and calls freeLeftTables() when all have,
 * before he takes out more than MOST_LEAVING.
 */
export function unmapChunk(root: u64, physical: u64, bytes: u64): void {
  const virtual = DIRECT_BASE + physical;
  const inThird = thirdEntry(root, virtual);
  const inLastThird = thirdEntry(root, virtual + bytes - 1);
  const second = peek64(inThird) & PAGE_ADDRESS;
  if (bytes >= LARGE_BYTES) {
    setLargeEntries(root, virtual, bytes, 0, 0);
  } else {
    const inSecond = entryOf(second, virtual, 2);
    const first = peek64(inSecond) & PAGE_ADDRESS;
    for (let offset: u64 = 0; offset < bytes; offset += PAGE_BYTES) poke64(entryOf(first, virtual + offset, 1), 0);
    dropIfEmpty(inSecond, first);
  }
  dropIfEmpty(inThird, second);
  if (inLastThird != inThird) dropIfEmpty(inLastThird, peek64(inLastThird) & PAGE_ADDRESS);
}

/** Takes a table out that has no entry, for good or until its place is needed again. */
function dropIfEmpty(entry: u64, table: u64): void {
  for (let at: u64 = 0; at < TABLE_BYTES; at += 8) {
    if (peek64(DIRECT_BASE + table + at) != 0) return;
  }
  poke64(entry, 0);
  empty.set(2 * emptyCount, entry);
  empty.set(2 * emptyCount + 1, table);
  emptyCount++;
}

/** The table that was taken out of an entry's place, for which it is not any more; 0 when there is none. */
function takeEmpty(entry: u64): u64 {
  for (let i: u32 = 0; i < emptyCount; i++) {
    if (empty.at(2 * i) != entry) continue;
    const table = empty.at(2 * i + 1);
    emptyCount--;
    empty.set(2 * i, empty.at(2 * emptyCount));
    empty.set(2 * i + 1, empty.at(2 * emptyCount + 1));
    return table;
  }
  return 0;
}

/** Every processor has flushed: gives back the tables that are out. Those of the loader never are empty. */
export function freeLeftTables(): void {
  while (emptyCount != 0) {
    emptyCount--;
    freePage(empty.at(2 * emptyCount + 1));
  }
}
