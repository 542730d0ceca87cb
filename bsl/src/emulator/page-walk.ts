// From the guest's virtual to its physical addresses, as its processor walks: with page faults, accessed and dirty bits

import {
  EMULATION_CR0,
  EMULATION_CR2,
  EMULATION_CR3,
  EMULATION_CR4,
  EMULATION_EFER,
  EMULATION_ENTRY,
  EMULATION_FAILED,
  EMULATION_OWNER,
  EMULATION_PHYSICAL_BITS,
  EMULATION_PKRU,
  EMULATION_UNKNOWN,
  GUEST_CHANGED,
  GUEST_DEVICE,
  GUEST_FAILED,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke64 } from "../memory";
import {
  ACCESS_WRITE,
  ALL_RIGHTS,
  ENTRY_ACCESSED,
  ENTRY_DIRTY,
  ENTRY_PRESENT,
  entryAddress,
  entryBytes,
  FAULT_KEY,
  FAULT_PRESENT,
  FAULT_RESERVED,
  faultBits,
  hasRights,
  isPage,
  keyRefuses,
  nextTable,
  pageAddress,
  pagingLevels,
  reservedBits,
  rightsBelow,
  rightsRefuse,
  rootTable,
} from "../x64/paging";
import { AGAIN, OK, raise, rflags } from "./context";
import { exchangeGuest, readGuest } from "./guest";

const PAGE_FAULT: u32 = 14;
/** Bits of a physical address, at most. */
const MOST_PHYSICAL_BITS: u32 = 52;
/** Times that an entry may change under the walk before the guest is to try for itself. */
const ATTEMPTS: u32 = 16;

/** Writes the guest physical address of a virtual one into field `to` of the context. */
export function translate(c: u64, virtual: u64, access: u32, to: u32): u32 {
  const levels = pagingLevels(peek64(c + EMULATION_CR0), peek64(c + EMULATION_CR4), peek64(c + EMULATION_EFER));
  if (levels === 0) {
    poke64(c + to, virtual);
    return OK;
  }
  let status = AGAIN;
  for (let i: u32 = 0; i < ATTEMPTS && status === AGAIN; i++) status = walk(c, levels, virtual, access, to);
  return status;
}

/** AGAIN: an entry has changed. */
function walk(c: u64, levels: u32, virtual: u64, access: u32, to: u32): u32 {
  const cr4 = peek64(c + EMULATION_CR4);
  let table = rootTable(levels, peek64(c + EMULATION_CR3));
  let rights = ALL_RIGHTS;
  let level = levels;
  while (true) {
    const at = entryAddress(levels, table, level, virtual);
    let status = readEntry(c, at, entryBytes(levels));
    if (status !== OK) return status;
    const entry = peek64(c + EMULATION_ENTRY);
    if ((entry & ENTRY_PRESENT) === 0) return pageFault(c, virtual, access);
    if ((entry & reservedOf(c, levels, level, entry)) !== 0) {
      return pageFault(c, virtual, access | FAULT_PRESENT | FAULT_RESERVED);
    }
    if (hasRights(levels, level)) rights = rightsBelow(rights, entry);
    if (isPage(levels, level, entry, cr4)) {
      status = permit(c, virtual, access, rights, entry);
      if (status !== OK) return status;
      const isWrite = (access & ACCESS_WRITE) !== 0;
      status = mark(c, levels, at, entry, isWrite ? ENTRY_ACCESSED | ENTRY_DIRTY : ENTRY_ACCESSED);
      poke64(c + to, pageAddress(levels, level, entry, virtual));
      return status;
    }
    if (hasRights(levels, level)) status = mark(c, levels, at, entry, ENTRY_ACCESSED);
    if (status !== OK) return status;
    table = nextTable(entry);
    level--;
  }
}

function readEntry(c: u64, at: u64, bytes: u32): u32 {
  poke64(c + EMULATION_ENTRY, 0);
  const status = readGuest(peek64(c + EMULATION_OWNER), at, c + EMULATION_ENTRY, bytes);
  return status === GUEST_DEVICE ? EMULATION_UNKNOWN : status === GUEST_FAILED ? EMULATION_FAILED : OK;
}

function reservedOf(c: u64, levels: u32, level: u32, entry: u64): u64 {
  const told = peek32(c + EMULATION_PHYSICAL_BITS);
  const bits = told === 0 ? MOST_PHYSICAL_BITS : told;
  return reservedBits(levels, level, entry, peek64(c + EMULATION_CR4), peek64(c + EMULATION_EFER), bits);
}

function permit(c: u64, virtual: u64, access: u32, rights: u64, page: u64): u32 {
  const cr0 = peek64(c + EMULATION_CR0);
  const cr4 = peek64(c + EMULATION_CR4);
  const efer = peek64(c + EMULATION_EFER);
  const byKey = keyRefuses(access, rights, page, cr0, cr4, efer, peek32(c + EMULATION_PKRU));
  if (!byKey && !rightsRefuse(access, rights, cr0, cr4, efer, rflags(c))) return OK;
  return pageFault(c, virtual, access | FAULT_PRESENT | (byKey ? FAULT_KEY : 0));
}

/** Sets bits of an entry that is in use, unless they are set, or the table is read-only. */
function mark(c: u64, levels: u32, at: u64, entry: u64, bits: u64): u32 {
  if ((entry & bits) === bits) return OK;
  const status = exchangeGuest(peek64(c + EMULATION_OWNER), at, entryBytes(levels), entry, entry | bits);
  return status === GUEST_CHANGED ? AGAIN : status === GUEST_FAILED ? EMULATION_FAILED : OK;
}

function pageFault(c: u64, virtual: u64, errorCode: u32): u32 {
  poke64(c + EMULATION_CR2, virtual);
  return raise(c, PAGE_FAULT, faultBits(errorCode, peek64(c + EMULATION_CR4), peek64(c + EMULATION_EFER)));
}
