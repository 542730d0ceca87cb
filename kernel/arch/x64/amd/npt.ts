// Entries of nested page tables on AMD: those of a long mode page table (APM volume 2, 15.25 and 5.3.4)
//
//     63   62   54  52 51                              12 11    8   7   6   5   4   3   2   1   0
//    ┌────┬──────┬────┬──────────────────────────────────┬───────┬────┬───┬───┬───┬───┬───┬───┬───┐
//    │ NX │  -   │ *  │ host physical address            │   -   │ PS │ D │ A │PCD│PWT│ U │ W │ P │  * software's own
//    └────┴──────┴────┴──────────────────────────────────┴───────┴────┴───┴───┴───┴───┴───┴───┴───┘
//
// Bit 7 is the PAT bit in the lowest level, bit 12 in large pages. The memory type is an index into the host's PAT
// (15.25.8).

import { NESTED_EXECUTE, NESTED_READ, NESTED_WRITE } from "../../../../abi/generated/bare/objects";
import { rdmsr } from "../cpu";

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
/** Every access of a VM is one of a user (15.25.5). */
const USER: u64 = 4;
const WRITE_THROUGH: u64 = 1 << 3;
const CACHE_DISABLE: u64 = 1 << 4;
/** Set at once, but in tracked tables, so that the processor never has to write an entry. */
export const NPT_ACCESSED: u64 = 1 << 5;
export const NPT_DIRTY: u64 = 1 << 6;
const ACCESSED_DIRTY: u64 = NPT_ACCESSED | NPT_DIRTY;
const LARGE: u64 = 1 << 7;
const PAT_SMALL: u64 = 1 << 7;
const PAT_LARGE: u64 = 1 << 12;
const NO_EXECUTE: u64 = 1 << 63;

const MSR_PAT: u32 = 0x277;

/** An entry that leads to a table. */
export const NPT_TABLE: u64 = PRESENT | WRITABLE | USER | ACCESSED_DIRTY;

/** Whether the processor knows such rights: without Read there is nothing. */
export function nptKnowsRights(rights: u32): bool {
  return rights == 0 || (rights & NESTED_READ) != 0;
}

/** Whether the host's PAT has such a memory type. */
export function nptKnowsType(type: u32): bool {
  return patIndex(type) < 8;
}

/** What an entry for a page has beside its address. */
export function nptLeaf(rights: u32, type: u32, level: u32): u64 {
  const index = patIndex(type);
  let entry = USER | ACCESSED_DIRTY | NO_EXECUTE;
  if ((rights & NESTED_READ) != 0) entry |= PRESENT;
  if ((rights & NESTED_WRITE) != 0) entry |= WRITABLE;
  if ((rights & NESTED_EXECUTE) != 0) entry &= ~NO_EXECUTE;
  if ((index & 1) != 0) entry |= WRITE_THROUGH;
  if ((index & 2) != 0) entry |= CACHE_DISABLE;
  if (level > 1) entry |= LARGE;
  if ((index & 4) != 0) entry |= level > 1 ? PAT_LARGE : PAT_SMALL;
  return entry;
}

/** What a VM may do with a page. */
export function nptRights(entry: u64): u32 {
  if ((entry & PRESENT) == 0) return 0;
  let rights = NESTED_READ;
  if ((entry & WRITABLE) != 0) rights |= NESTED_WRITE;
  if ((entry & NO_EXECUTE) == 0) rights |= NESTED_EXECUTE;
  return rights;
}

/** Its memory type. */
export function nptType(entry: u64, level: u32): u32 {
  let index: u32 = 0;
  if ((entry & WRITE_THROUGH) != 0) index |= 1;
  if ((entry & CACHE_DISABLE) != 0) index |= 2;
  if ((entry & (level > 1 ? PAT_LARGE : PAT_SMALL)) != 0) index |= 4;
  return <u32>(rdmsr(MSR_PAT) >> (index * 8)) & 7;
}

/** The first entry of the host's PAT with a memory type (7.8.2); 8 when there is none. */
function patIndex(type: u32): u32 {
  const pat = rdmsr(MSR_PAT);
  for (let index: u32 = 0; index < 8; index++) {
    if ((<u32>(pat >> (index * 8)) & 7) == type) return index;
  }
  return 8;
}
