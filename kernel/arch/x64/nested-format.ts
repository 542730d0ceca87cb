// What an entry of nested page tables looks like: NPT or EPT, as the processor has it
//
// Five bits are the kernel's own in both formats, ignored by the processor:
//
//     52 MAPPED   the entry holds a page's address, whatever the rights
//     53 COUNTED  the page is the extension's own, and its entry in the extension's table counts this one
//     54 BLANK    the page of zeroes that is shown in the place of the hypervisor's own: it is only ever read
//     55 MACHINE  its memory type follows that of the machine's memory (memory-type.ts)
//     56 SIZED    its extension asked for pages of no larger size

import { NESTED_EXECUTE, NESTED_READ } from "../../../abi/generated/bare/objects";
import {
  NPT_ACCESSED,
  NPT_DIRTY,
  NPT_TABLE,
  nptKnowsRights,
  nptKnowsType,
  nptLeaf,
  nptRights,
  nptType,
} from "./amd/npt";
import { cpuidRegister } from "./cpu";
import {
  EPT_ACCESSED,
  EPT_DIRTY,
  EPT_TABLE,
  eptCanTrack,
  eptHasExecuteOnly,
  eptKnowsRights,
  eptLargestLevel,
  eptLeaf,
  eptRights,
  eptType,
} from "./intel/ept";

export const ENTRY_MAPPED: u64 = 1 << 52;
export const ENTRY_COUNTED: u64 = 1 << 53;
export const ENTRY_BLANK: u64 = 1 << 54;
export const ENTRY_MACHINE: u64 = 1 << 55;
export const ENTRY_SIZED: u64 = 1 << 56;
/** What stays with a page whatever becomes of its size. */
const ENTRY_WISHES: u64 = ENTRY_MACHINE | ENTRY_SIZED;
const ENTRY_ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/** Entries of a table. */
export const ENTRIES: u64 = 512;
/** Levels of tables; 1 is the lowest. */
export const NESTED_LEVELS: u32 = 4;
/** Guest physical addresses that four levels can tell apart. */
export const NESTED_GUEST_BYTES: u64 = 1 << 48;

/** CPUID 8000_0001h, EDX: pages of 1 GiB; 8000_0008h, EAX: the width of a physical address. */
const LEAF_EXTENDED: u32 = 0x8000_0001;
const LEAF_SIZES: u32 = 0x8000_0008;
const REGISTER_EAX: u32 = 0;
const REGISTER_EDX: u32 = 3;
const EDX_PAGE_1G: u32 = 1 << 26;

let isEpt: bool = false;
let largest: u32 = 1;
let hostBytes: u64 = 0;

/** Looks at the processor, once. */
export function initNestedFormat(intel: bool): void {
  isEpt = intel;
  if (intel) largest = eptLargestLevel();
  else largest = (cpuidRegister(LEAF_EXTENDED, 0, REGISTER_EDX) & EDX_PAGE_1G) != 0 ? 3 : 2;
  hostBytes = (<u64>1) << (cpuidRegister(LEAF_SIZES, 0, REGISTER_EAX) & 63);
}

/** Level of the largest page that the processor has: 2 MiB is 2, 1 GiB is 3. */
export function largestLevel(): u32 {
  return largest;
}

/** Host physical addresses that there can be. */
export function hostPhysicalBytes(): u64 {
  return hostBytes;
}

/** Whether the right to execute is possible without the right to read. */
export function hasExecuteOnly(): bool {
  return isEpt && eptHasExecuteOnly();
}

/** Whether the processor notes in entries of tracked tables which pages are accessed and written. */
export function canTrack(): bool {
  return !isEpt || eptCanTrack();
}

/** Where it does. */
export function accessedBit(): u64 {
  return isEpt ? EPT_ACCESSED : NPT_ACCESSED;
}
export function dirtyBit(): u64 {
  return isEpt ? EPT_DIRTY : NPT_DIRTY;
}

function notes(): u64 {
  return accessedBit() | dirtyBit();
}

/** An entry for a page of which nothing is noted. */
export function fresh(entry: u64): u64 {
  return entry & ~notes();
}

/** An entry, with what is noted in another one, too. */
export function withNotes(entry: u64, other: u64): u64 {
  return entry | (other & notes());
}

/** Whether the processor knows such rights. */
export function knowsRights(rights: u32): bool {
  return isEpt ? eptKnowsRights(rights) : nptKnowsRights(rights);
}

/** Whether the processor knows such a memory type. */
export function knowsType(type: u32): bool {
  return isEpt ? type != 2 && type != 3 && type < 7 : nptKnowsType(type);
}

/** Bytes of a page of a level. */
export function pageBytes(level: u32): u64 {
  return (<u64>0x1000) << (9 * (<u64>level - 1));
}

/** An entry that maps a page. `marks` are the kernel's own bits but MAPPED. */
export function pageEntry(host: u64, rights: u32, type: u32, level: u32, marks: u64): u64 {
  const bits = isEpt ? eptLeaf(rights, type, level) : nptLeaf(rights, type, level);
  return host | bits | marks | ENTRY_MAPPED;
}

/** An entry that leads to a table. */
export function tableEntry(table: u64): u64 {
  return table | (isEpt ? EPT_TABLE : NPT_TABLE);
}

export function isPage(entry: u64): bool {
  return (entry & ENTRY_MAPPED) != 0;
}

export function isTable(entry: u64): bool {
  return entry != 0 && (entry & ENTRY_MAPPED) == 0;
}

/** The table that an entry leads to. */
export function tableOf(entry: u64): u64 {
  return entry & ENTRY_ADDRESS;
}

/** The page that an entry of a level maps. */
export function hostOf(entry: u64, level: u32): u64 {
  return entry & ENTRY_ADDRESS & ~(pageBytes(level) - 1);
}

export function rightsOf(entry: u64): u32 {
  return isEpt ? eptRights(entry) : nptRights(entry);
}

export function typeOf(entry: u64, level: u32): u32 {
  return isEpt ? eptType(entry) : nptType(entry, level);
}

/** The same page with other rights; the blank page is never written. */
export function withRights(entry: u64, rights: u32, level: u32): u64 {
  const marks = entry & (ENTRY_COUNTED | ENTRY_BLANK | ENTRY_WISHES);
  const allowed = (marks & ENTRY_BLANK) != 0 ? rights & (NESTED_READ | NESTED_EXECUTE) : rights;
  return noted(pageEntry(hostOf(entry, level), allowed, typeOf(entry, level), level, marks), entry);
}

/** Part `index` of what a large page of a level maps, one level below. */
export function partOf(entry: u64, level: u32, index: u64): u64 {
  const host = hostOf(entry, level) + index * pageBytes(level - 1);
  return noted(pageEntry(host, rightsOf(entry), typeOf(entry, level), level - 1, entry & ENTRY_WISHES), entry);
}

/** The same page with another memory type. */
export function withType(entry: u64, type: u32, level: u32): u64 {
  const marks = entry & (ENTRY_COUNTED | ENTRY_WISHES);
  return noted(pageEntry(hostOf(entry, level), rightsOf(entry), type, level, marks), entry);
}

/** An entry in which just that is noted which is in another one. */
function noted(entry: u64, other: u64): u64 {
  return withNotes(fresh(entry), other);
}
