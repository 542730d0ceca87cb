// The guest's own page tables: from guest virtual to guest physical addresses (APM volume 2, 5.3 and 5.4)

import { peek64 } from "../../../../bsl/src/memory";
import { ownAddress, ownWord, Slot } from "../calls/own";
import { guest } from "./guest";
import { guestMemory, inPage, readGuestPhysical, writeGuestPhysical } from "./physical-memory";

/** What translateGuest() gives for an address that is not mapped. A physical address has at most 52 bits. */
export const NOT_MAPPED: u64 = 0xffff_ffff_ffff_ffff;

/** What an access wants; they can be added. */
export const ACCESS_READ: u32 = 0;
export const ACCESS_WRITE: u32 = 2;
export const ACCESS_USER: u32 = 4;
export const ACCESS_EXECUTE: u32 = 16;

const CR0_PG: u64 = 1 << 31;
const CR0_WP: u64 = 1 << 16;
const CR4_LA57: u64 = 1 << 12;
const EFER_LMA: u64 = 1 << 10;
const EFER_NXE: u64 = 1 << 11;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const USER: u64 = 4;
const LARGE: u64 = 1 << 7;
const NO_EXECUTE: u64 = 1 << 63;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/** Levels of a table whose entries can map a page: 1 of 4 KiB, 2 of 2 MiB, 3 of 1 GiB. */
const LEVELS: u32 = 4;
const LARGEST_PAGE: u32 = 3;

/**
 * The guest physical address of a guest virtual one, or NOT_MAPPED: for an access that the guest's tables do not allow,
 * too. Long mode with four levels, and no paging at all; five levels and 32-bit tables count as not mapped. Accessed
 * and dirty bits stay as they are.
 */
export function translateGuest(virtual: u64, access: u32): u64 {
  const cr0 = guest.cr0;
  if ((cr0 & CR0_PG) == 0) return virtual;
  const efer = guest.efer;
  if ((efer & EFER_LMA) == 0 || (guest.cr4 & CR4_LA57) != 0) return NOT_MAPPED;
  const mustBeWritable = (access & ACCESS_WRITE) != 0 && ((access & ACCESS_USER) != 0 || (cr0 & CR0_WP) != 0);
  let needed = PRESENT;
  if (mustBeWritable) needed |= WRITABLE;
  if ((access & ACCESS_USER) != 0) needed |= USER;
  const forbidden = (access & ACCESS_EXECUTE) != 0 && (efer & EFER_NXE) != 0 ? NO_EXECUTE : 0;
  let table = guest.cr3 & ADDRESS;
  for (let level = LEVELS; level != 0; level--) {
    const shift = 12 + 9 * (level - 1);
    const at = guestMemory(table + (((virtual >> shift) & 511) << 3));
    if (at == 0) return NOT_MAPPED;
    const entry = peek64(at);
    if ((entry & needed) != needed || (entry & forbidden) != 0) return NOT_MAPPED;
    if (level == 1 || (level <= LARGEST_PAGE && (entry & LARGE) != 0)) {
      const offset = ((<u64>1) << shift) - 1;
      return (entry & ADDRESS & ~offset) | (virtual & offset);
    }
    table = entry & ADDRESS;
  }
  return NOT_MAPPED;
}

/** Copies guest virtual memory into the extension's own; false when part of it is not mapped. */
export function readGuestVirtual(to: u64, virtual: u64, bytes: u64, access: u32): bool {
  while (bytes != 0) {
    const part = inPage(virtual, bytes);
    const physical = translateGuest(virtual, access);
    if (physical == NOT_MAPPED || !readGuestPhysical(to, physical, part)) return false;
    to += part;
    virtual += part;
    bytes -= part;
  }
  return true;
}

/** Copies the extension's own memory into guest virtual memory; false when part of it is not mapped. */
export function writeGuestVirtual(virtual: u64, from: u64, bytes: u64, access: u32): bool {
  while (bytes != 0) {
    const part = inPage(virtual, bytes);
    const physical = translateGuest(virtual, access | ACCESS_WRITE);
    if (physical == NOT_MAPPED || !writeGuestPhysical(physical, from, part)) return false;
    from += part;
    virtual += part;
    bytes -= part;
  }
  return true;
}

/** Reads 64 bits of the guest's memory as its kernel would; `otherwise` when they are not mapped. */
export function guestWord(virtual: u64, otherwise: u64): u64 {
  return readGuestVirtual(ownAddress(Slot.Word), virtual, 8, ACCESS_READ) ? ownWord(Slot.Word) : otherwise;
}
