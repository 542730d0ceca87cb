// Page tables of every kind: what an entry says, and where the next one is (APM volume 2, 5.2 to 5.6; SDM volume 3, 4.3 to 4.6)
//
//     levels   addresses   bytes of an entry   kind
//     0        physical    –                   no paging
//     2        32 bits     4                   32-bit, with pages of 4 MiB by CR4.PSE
//     3        32 bits     8                   PAE
//     4, 5     48, 57      8                   long mode
//
// Whoever walks them reads the entries: here is nothing that touches memory.

/** What an access wants; they can be added. They are the bits of a page fault's error code that say so. */
export const ACCESS_READ: u32 = 0;
export const ACCESS_WRITE: u32 = 2;
export const ACCESS_USER: u32 = 4;
export const ACCESS_EXECUTE: u32 = 16;

/** The others (APM volume 2, 8.4.2). */
export const FAULT_PRESENT: u32 = 1;
export const FAULT_RESERVED: u32 = 8;
export const FAULT_KEY: u32 = 32;

export const CR0_PE: u64 = 1;
export const CR0_EM: u64 = 1 << 2;
export const CR0_TS: u64 = 1 << 3;
export const CR0_WP: u64 = 1 << 16;
export const CR0_PG: u64 = 1 << 31;
export const CR4_PSE: u64 = 1 << 4;
export const CR4_PAE: u64 = 1 << 5;
export const CR4_OSFXSR: u64 = 1 << 9;
export const CR4_LA57: u64 = 1 << 12;
export const CR4_SMEP: u64 = 1 << 20;
export const CR4_SMAP: u64 = 1 << 21;
export const CR4_PKE: u64 = 1 << 22;
export const EFER_LMA: u64 = 1 << 10;
export const EFER_NXE: u64 = 1 << 11;
const RFLAGS_AC: u64 = 1 << 18;

export const ENTRY_PRESENT: u64 = 1;
export const ENTRY_WRITABLE: u64 = 2;
export const ENTRY_USER: u64 = 4;
export const ENTRY_ACCESSED: u64 = 1 << 5;
export const ENTRY_DIRTY: u64 = 1 << 6;
const ENTRY_LARGE: u64 = 1 << 7;
export const ENTRY_NO_EXECUTE: u64 = 1 << 63;
/** The rights of a page that no table restricts. */
export const ALL_RIGHTS: u64 = ENTRY_WRITABLE | ENTRY_USER;

const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const ADDRESS_32: u64 = 0xffff_f000;
const PAE_ROOT: u64 = 0xffff_ffe0;
const KEY_SHIFT: u64 = 59;
const LARGEST_PAGE: u32 = 3;

/** Levels of the tables; 0: addresses are physical. */
export function pagingLevels(cr0: u64, cr4: u64, efer: u64): u32 {
  if ((cr0 & CR0_PG) === 0) return 0;
  if ((efer & EFER_LMA) !== 0) return (cr4 & CR4_LA57) !== 0 ? 5 : 4;
  return (cr4 & CR4_PAE) !== 0 ? 3 : 2;
}

/** Bytes of an entry. */
export function entryBytes(levels: u32): u32 {
  return levels === 2 ? 4 : 8;
}

/** The physical address of the first table. */
export function rootTable(levels: u32, cr3: u64): u64 {
  return cr3 & (levels === 2 ? ADDRESS_32 : levels === 3 ? PAE_ROOT : ADDRESS);
}

/** The physical address of the entry for an address, in its table of a level: 1 is the one with pages of 4 KiB. */
export function entryAddress(levels: u32, table: u64, level: u32, virtual: u64): u64 {
  const mask: u64 = levels === 2 ? 1023 : 511;
  return table + ((virtual >> levelShift(levels, level)) & mask) * entryBytes(levels);
}

/** Whether an entry maps a page. With 32-bit tables its upper level does so by CR4.PSE. */
export function isPage(levels: u32, level: u32, entry: u64, cr4: u64): bool {
  if (level === 1) return true;
  if ((entry & ENTRY_LARGE) === 0 || level > LARGEST_PAGE) return false;
  return levels === 2 ? (cr4 & CR4_PSE) !== 0 : levels !== 3 || level === 2;
}

/** The table that an entry points to. */
export function nextTable(entry: u64): u64 {
  return entry & ADDRESS;
}

/** The physical address that an entry's page has for a virtual address. */
export function pageAddress(levels: u32, level: u32, entry: u64, virtual: u64): u64 {
  const offset = ((<u64>1) << levelShift(levels, level)) - 1;
  // PSE-36: bits 20:13 of the entry are bits 39:32 of the address (APM volume 2, 5.2.2)
  const high: u64 = levels === 2 && level === 2 ? ((entry >> 13) & 0xff) << 32 : 0;
  return (entry & ADDRESS & ~offset) | high | (virtual & offset);
}

/** PAE's uppermost entries have no rights, and no accessed bit (APM volume 2, 5.2.3). */
export function hasRights(levels: u32, level: u32): bool {
  return levels !== 3 || level !== 3;
}

/** Bits that must be 0 in an entry that is present, with `physicalBits` of a physical address (SDM volume 3, 4.3 to 4.5). */
export function reservedBits(levels: u32, level: u32, entry: u64, cr4: u64, efer: u64, physicalBits: u32): u64 {
  const isLarge = level > 1 && isPage(levels, level, entry, cr4);
  if (levels === 2) return isLarge ? reservedBits32(physicalBits) : 0;
  let reserved = ADDRESS & ~lowMask(physicalBits);
  if (!hasRights(levels, level)) return reserved | 0xfff0_0000_0000_01e6;
  if (levels === 3) reserved |= 0x7ff0_0000_0000_0000;
  if ((efer & EFER_NXE) === 0) reserved |= ENTRY_NO_EXECUTE;
  if (level > LARGEST_PAGE) return reserved | ENTRY_LARGE;
  // Bit 12 is PAT's in a large page
  return isLarge ? reserved | (lowMask(<u32>levelShift(levels, level)) & ~(<u64>0x1fff)) : reserved;
}

/** The rights below an entry: the writable and user bits that all tables have, and the no-execute bit that any has. */
export function rightsBelow(rights: u64, entry: u64): u64 {
  return (rights & (entry | ENTRY_NO_EXECUTE)) | (entry & ENTRY_NO_EXECUTE);
}

/** Whether a page that is present refuses an access, with the rights of all tables and its own. */
export function rightsRefuse(access: u32, rights: u64, cr0: u64, cr4: u64, efer: u64, rflags: u64): bool {
  const isUser = (access & ACCESS_USER) !== 0;
  const isUserPage = (rights & ENTRY_USER) !== 0;
  if (isUser && !isUserPage) return true;
  if ((access & ACCESS_EXECUTE) !== 0) {
    if ((rights & ENTRY_NO_EXECUTE) !== 0 && (efer & EFER_NXE) !== 0) return true;
    return !isUser && isUserPage && (cr4 & CR4_SMEP) !== 0;
  }
  if (!isUser && isUserPage && (cr4 & CR4_SMAP) !== 0 && (rflags & RFLAGS_AC) === 0) return true;
  const obeysWritable = isUser || (cr0 & CR0_WP) !== 0;
  return (access & ACCESS_WRITE) !== 0 && obeysWritable && (rights & ENTRY_WRITABLE) === 0;
}

/** Whether the protection key of a page refuses an access to its data (SDM volume 3, 4.6.2). */
export function keyRefuses(access: u32, rights: u64, page: u64, cr0: u64, cr4: u64, efer: u64, pkru: u32): bool {
  if ((cr4 & CR4_PKE) === 0 || (efer & EFER_LMA) === 0) return false;
  if ((rights & ENTRY_USER) === 0 || (access & ACCESS_EXECUTE) !== 0) return false;
  const key = pkru >> ((<u32>((page >> KEY_SHIFT) & 15)) << 1);
  if ((key & 1) !== 0) return true;
  const obeysWritable = (access & ACCESS_USER) !== 0 || (cr0 & CR0_WP) !== 0;
  return (key & 2) !== 0 && (access & ACCESS_WRITE) !== 0 && obeysWritable;
}

/** The bits of an access that its page fault's error code has: EXECUTE only where the processor can refuse it. */
export function faultBits(access: u32, cr4: u64, efer: u64): u32 {
  const tells = ((efer & EFER_NXE) !== 0 && (cr4 & CR4_PAE) !== 0) || (cr4 & CR4_SMEP) !== 0;
  return tells ? access : access & ~ACCESS_EXECUTE;
}

/** A page of 4 MiB has address bits 39:32 in bits 20:13, and nothing in bit 21. */
function reservedBits32(physicalBits: u32): u64 {
  const high = physicalBits < 32 ? 0 : physicalBits - 32;
  return (1 << 21) | (~lowMask(high + 13) & 0x1f_e000);
}

function levelShift(levels: u32, level: u32): u64 {
  return 12 + (levels === 2 ? 10 : 9) * (level - 1);
}

function lowMask(bits: u32): u64 {
  return bits >= 64 ? ~(<u64>0) : ((<u64>1) << bits) - 1;
}
