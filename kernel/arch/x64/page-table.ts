// Page tables of host mode: four levels, 4 KiB leaves (APM volume 2, 5.3)
//
//     63   62       52 51                              12 11    8   7   6   5       2   1   0
//    ┌────┬───────────┬──────────────────────────────────┬───────┬────┬───┬───┬────┬───┬───┬───┐
//    │ NX │     -     │ physical address of page or table │   -   │ PS │ D │ A │ -  │ U │ W │ P │
//    └────┴───────────┴──────────────────────────────────┴───────┴────┴───┴───┴────┴───┴───┴───┘

import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { DIRECT_BASE, PP_AREA_BASE } from "../../../abi/generated/bare/windows";
import { copyMemory, fillMemory, peek64, poke64 } from "../../../bsl/src/memory";
import { allocatePage, freePage } from "../../src/memory/pages";

export const PAGE_PRESENT: u64 = 1;
export const PAGE_WRITABLE: u64 = 2;
const PAGE_USER: u64 = 4;
/** Set at once, so that the processor never has to write an entry. */
export const PAGE_ACCESSED_DIRTY: u64 = 0x60;
const PAGE_NO_EXECUTE: u64 = 0x8000_0000_0000_0000;
export const PAGE_ADDRESS: u64 = 0x000f_ffff_ffff_f000;
/** Bits 62:52 of a leaf, which the processor ignores: how many entries of nested page tables show the page. */
const PAGE_SHARE: u64 = 1 << 52;
const PAGE_SHARES: u64 = 0x7ff << 52;

/** Data of the kernel, and of an extension. */
export const KERNEL_DATA: u64 = PAGE_PRESENT | PAGE_WRITABLE | PAGE_NO_EXECUTE;
export const USER_DATA: u64 = KERNEL_DATA | PAGE_USER;

/** Data that the kernel only reads. */
export const KERNEL_CONSTANTS: u64 = PAGE_PRESENT | PAGE_NO_EXECUTE;

/** Flags of an extension's page. */
export function userPage(isWritable: bool, isExecutable: bool): u64 {
  const flags = PAGE_PRESENT | PAGE_USER | (isWritable ? PAGE_WRITABLE : 0);
  return isExecutable ? flags : flags | PAGE_NO_EXECUTE;
}

/** Shift of the lowest address bit that a level's index takes; level 4 is the top. */
function indexShift(level: u32): u64 {
  return 12 + 9 * (<u64>level - 1);
}

/**
 * Address, in the direct map, of the leaf entry for `virtual` below the table at `root`. Missing tables are made when
 * `flags` are those of the page to come (0: only look). 0 when a table is missing or no memory is left for one.
 */
function leafEntry(root: u64, virtual: u64, flags: u64): u64 {
  let table = root;
  for (let level: u32 = 4; level > 1; level--) {
    const entry = DIRECT_BASE + table + ((virtual >> indexShift(level)) & 511) * 8;
    let value = peek64(entry);
    if ((value & PAGE_PRESENT) == 0) {
      if (flags == 0) return 0;
      const page = allocatePage();
      if (page == 0) return 0;
      value = page | PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED_DIRTY;
      poke64(entry, value);
    }
    if ((flags & PAGE_USER) != 0 && (value & PAGE_USER) == 0) {
      value |= PAGE_USER;
      poke64(entry, value);
    }
    table = value & PAGE_ADDRESS;
  }
  return DIRECT_BASE + table + ((virtual >> 12) & 511) * 8;
}

/** Maps a page; false when no memory is left for a table, or something is mapped there already. */
export function mapPage(root: u64, virtual: u64, physical: u64, flags: u64): bool {
  const entry = leafEntry(root, virtual, flags);
  if (entry == 0 || (peek64(entry) & PAGE_PRESENT) != 0) return false;
  poke64(entry, physical | flags | PAGE_ACCESSED_DIRTY);
  return true;
}

/** Maps pages in a row: how many bytes; fewer when no memory is left for a table, or something is mapped there already. */
export function mapPages(root: u64, virtual: u64, physical: u64, bytes: u64, flags: u64): u64 {
  let done: u64 = 0;
  while (done < bytes) {
    let entry = leafEntry(root, virtual + done, flags);
    if (entry == 0) return done;
    for (const end = done + bytesInTable(virtual + done, bytes - done); done < end; done += PAGE_SIZE) {
      if ((peek64(entry) & PAGE_PRESENT) != 0) return done;
      poke64(entry, (physical + done) | flags | PAGE_ACCESSED_DIRTY);
      entry += 8;
    }
  }
  return done;
}

/** Takes mappings away, of which each has its table. The caller flushes. */
export function unmapPages(root: u64, virtual: u64, bytes: u64): void {
  for (let done: u64 = 0; done < bytes; ) {
    const step = bytesInTable(virtual + done, bytes - done);
    fillMemory(leafEntry(root, virtual + done, 0), 0, (step / PAGE_SIZE) * 8);
    done += step;
  }
}

/** Whether entries of nested page tables show a page of a row that is mapped. */
export function hasShares(root: u64, virtual: u64, bytes: u64): bool {
  for (let done: u64 = 0; done < bytes; ) {
    let entry = leafEntry(root, virtual + done, 0);
    for (const end = done + bytesInTable(virtual + done, bytes - done); done < end; done += PAGE_SIZE) {
      if ((peek64(entry) & PAGE_SHARES) != 0) return true;
      entry += 8;
    }
  }
  return false;
}

/** How many of so many bytes from an address on one table of the lowest level maps. */
function bytesInTable(virtual: u64, bytes: u64): u64 {
  return min<u64>(bytes, SECOND_BYTES - (virtual & (SECOND_BYTES - 1)));
}

/** Maps `count` new zeroed pages from `virtual` upward; false when memory runs out. */
export function mapNewPages(root: u64, virtual: u64, count: u64, flags: u64): bool {
  for (let i: u64 = 0; i < count; i++) {
    const page = allocatePage();
    if (page == 0 || !mapPage(root, virtual + i * 4096, page, flags)) return false;
  }
  return true;
}

/** Physical address of the page that `virtual` lies in; 0 when nothing is mapped there. */
export function translate(root: u64, virtual: u64): u64 {
  const entry = leafEntry(root, virtual, 0);
  if (entry == 0) return 0;
  const value = peek64(entry);
  return (value & PAGE_PRESENT) == 0 ? 0 : value & PAGE_ADDRESS;
}

/** Whether code can be executed at `virtual`. */
export function isExecutable(root: u64, virtual: u64): bool {
  const entry = leafEntry(root, virtual, 0);
  return entry != 0 && (peek64(entry) & (PAGE_PRESENT | PAGE_NO_EXECUTE)) == PAGE_PRESENT;
}

/** Whether data can be written at `virtual`. */
export function isWritable(root: u64, virtual: u64): bool {
  const entry = leafEntry(root, virtual, 0);
  return entry != 0 && (peek64(entry) & (PAGE_PRESENT | PAGE_WRITABLE)) == (PAGE_PRESENT | PAGE_WRITABLE);
}

/** Takes a mapping away: the physical address that was mapped, or 0. The caller flushes. */
export function unmapPage(root: u64, virtual: u64): u64 {
  const entry = leafEntry(root, virtual, 0);
  if (entry == 0) return 0;
  const value = peek64(entry);
  if ((value & PAGE_PRESENT) == 0) return 0;
  poke64(entry, 0);
  return value & PAGE_ADDRESS;
}

/**
 * Takes a table out that unmapPage() has left empty on the way to `virtual`, lowest first: its physical address, or 0 when
 * there is none. The caller gives it back as memory that ring 3 may still see. The two highest levels stay.
 */
export function takeEmptyTable(root: u64, virtual: u64): u64 {
  const third = tableIn(root, virtual, 4);
  const second = third == 0 ? 0 : tableIn(third, virtual, 3);
  if (second == 0) return 0;
  const first = tableIn(second, virtual, 2);
  if (first != 0) return isEmpty(first, virtual, 1) ? dropEntry(second, virtual, 2) : 0;
  return isEmpty(second, virtual, 2) ? dropEntry(third, virtual, 3) : 0;
}

function entryIn(table: u64, virtual: u64, level: u32): u64 {
  return DIRECT_BASE + table + ((virtual >> indexShift(level)) & 511) * 8;
}

/** The table that the entry for `virtual` in a table of a level leads to, or 0. */
function tableIn(table: u64, virtual: u64, level: u32): u64 {
  return peek64(entryIn(table, virtual, level)) & PAGE_ADDRESS;
}

/** Whether a table has no entry; those beside that for `virtual` are looked at first. */
function isEmpty(table: u64, virtual: u64, level: u32): bool {
  const first = (virtual >> indexShift(level)) & 511;
  for (let i: u64 = 0; i < 512; i++) {
    if (peek64(DIRECT_BASE + table + ((first + i) & 511) * 8) != 0) return false;
  }
  return true;
}

/** Empties an entry: the table that it led to. */
function dropEntry(table: u64, virtual: u64, level: u32): u64 {
  const entry = entryIn(table, virtual, level);
  const lower = peek64(entry) & PAGE_ADDRESS;
  poke64(entry, 0);
  return lower;
}

/** How many entries of nested page tables show the page at `virtual`; 0 when none is mapped there. */
export function pageShares(root: u64, virtual: u64): u64 {
  const entry = leafEntry(root, virtual, 0);
  return entry == 0 ? 0 : (peek64(entry) & PAGE_SHARES) / PAGE_SHARE;
}

/** Counts one more; false when there is no page, or it has as many as can be counted. */
export function addShare(root: u64, virtual: u64): bool {
  const entry = leafEntry(root, virtual, 0);
  if (entry == 0) return false;
  const value = peek64(entry);
  if ((value & PAGE_PRESENT) == 0 || (value & PAGE_SHARES) == PAGE_SHARES) return false;
  poke64(entry, value + PAGE_SHARE);
  return true;
}

/** Counts one less. */
export function dropShare(root: u64, virtual: u64): void {
  const entry = leafEntry(root, virtual, 0);
  if (entry != 0 && (peek64(entry) & PAGE_SHARES) != 0) poke64(entry, peek64(entry) - PAGE_SHARE);
}

/** The top-level entry of `root` that `virtual` falls into; 0 when nothing is there. */
export function topEntry(root: u64, virtual: u64): u64 {
  return peek64(DIRECT_BASE + root + topOffset(virtual));
}

export function setTopEntry(root: u64, virtual: u64, value: u64): void {
  poke64(DIRECT_BASE + root + topOffset(virtual), value);
}

function topOffset(virtual: u64): u64 {
  return ((virtual >> indexShift(4)) & 511) * 8;
}

/** Gives back every table below the present entries of `table`, which is of `level`, and the table itself. */
export function freeTables(table: u64, level: u32): void {
  if (level > 1) {
    for (let i: u64 = 0; i < 512; i++) {
      const value = peek64(DIRECT_BASE + table + i * 8);
      if ((value & PAGE_PRESENT) != 0) freeTables(value & PAGE_ADDRESS, level - 1);
    }
  }
  freePage(table);
}

/** Makes the second-highest table for `virtual`, so that `root`'s own entry never changes afterwards. */
export function reserveTopEntry(root: u64, virtual: u64): bool {
  return leafEntry(root, virtual, USER_DATA) != 0;
}

/** What an entry of a table of level 2 maps, and of one of level 3. */
const SECOND_BYTES: u64 = 1 << 21;
const THIRD_BYTES: u64 = 1 << 30;

/** Makes the tables of level 2 for a range, so that the entries that lead to them never change afterwards. */
export function reserveTables(root: u64, virtual: u64, bytes: u64): bool {
  for (let at = virtual & ~(THIRD_BYTES - 1); at < virtual + bytes; at += THIRD_BYTES) {
    if (leafEntry(root, at, USER_DATA) == 0) return false;
  }
  return true;
}

/** Lets a root lead to another's tables of level 2 for a range; it has a table of level 3 there. */
export function shareTables(from: u64, to: u64, virtual: u64, bytes: u64): void {
  const top = entryIn(to, virtual, 4);
  poke64(top, peek64(top) | PAGE_USER);
  for (let at = virtual & ~(THIRD_BYTES - 1); at < virtual + bytes; at += THIRD_BYTES) {
    poke64(entryIn(tableIn(to, at, 4), at, 3), peek64(entryIn(tableIn(from, at, 4), at, 3)));
  }
}

/** Copies every present top-level entry but the first, which is private to each processor, from one table to another. */
export function shareTopEntries(from: u64, to: u64): void {
  for (let i: u64 = 1; i < 256; i++) {
    const value = peek64(DIRECT_BASE + from + i * 8);
    if ((value & PAGE_PRESENT) != 0) poke64(DIRECT_BASE + to + i * 8, value);
  }
}

/**
 * Makes a table for a further extension on this processor, from one that no extension's pages are in yet: all of the
 * kernel's, but tables of its own for what will differ. 0 when memory runs out.
 */
export function deriveRoot(root: u64): u64 {
  const copy = copyTable(root);
  const third = copy == 0 ? 0 : ownTable(copy, PP_AREA_BASE, 4);
  const second = third == 0 ? 0 : ownTable(third, PP_AREA_BASE, 3);
  return second == 0 || ownTable(second, PP_AREA_BASE, 2) == 0 ? 0 : copy;
}

/** Maps a page below another table as it is mapped below `from`; false when it is not, or no memory is left for a table. */
export function copyLeaf(from: u64, to: u64, virtual: u64): bool {
  const entry = leafEntry(from, virtual, 0);
  if (entry == 0) return false;
  const value = peek64(entry);
  return (value & PAGE_PRESENT) != 0 && mapPage(to, virtual, value & PAGE_ADDRESS, value & ~PAGE_ADDRESS);
}

/**
 * Copies what leads to ring 3's pages: entries of the top-level table, and of the table below the first one, which is private to each
 * processor and which `to` has its own of.
 */
export function copyUserEntries(from: u64, to: u64): void {
  poke64(DIRECT_BASE + to, peek64(DIRECT_BASE + to) | PAGE_USER);
  for (let i: u64 = 1; i < 512; i++) copyIfUser(from, to, i);
  for (let i: u64 = 0; i < 512; i++) copyIfUser(tableIn(from, 0, 4), tableIn(to, 0, 4), i);
}

/** The same of the entry that leads to an address; true when it was another one. */
export function copyUserEntry(from: u64, to: u64, virtual: u64): bool {
  const top = (virtual >> indexShift(4)) & 511;
  if (top != 0) return copyIfUser(from, to, top);
  return copyIfUser(tableIn(from, 0, 4), tableIn(to, 0, 4), (virtual >> indexShift(3)) & 511);
}

function copyIfUser(from: u64, to: u64, index: u64): bool {
  const value = peek64(DIRECT_BASE + from + index * 8);
  if ((value & PAGE_USER) == 0 || peek64(DIRECT_BASE + to + index * 8) == value) return false;
  poke64(DIRECT_BASE + to + index * 8, value);
  return true;
}

/** Replaces the table that an entry of `table` leads to, on the way to `virtual`, by a copy: its address, or 0. */
function ownTable(table: u64, virtual: u64, level: u32): u64 {
  const entry = DIRECT_BASE + table + ((virtual >> indexShift(level)) & 511) * 8;
  const value = peek64(entry);
  const copy = copyTable(value & PAGE_ADDRESS);
  if (copy != 0) poke64(entry, (value & ~PAGE_ADDRESS) | copy);
  return copy;
}

function copyTable(table: u64): u64 {
  const copy = allocatePage();
  if (copy != 0) copyMemory(DIRECT_BASE + copy, DIRECT_BASE + table, PAGE_SIZE);
  return copy;
}
