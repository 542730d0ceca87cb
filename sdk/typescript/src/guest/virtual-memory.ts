// The guest's own page tables: from guest virtual to guest physical addresses (APM volume 2, 5.3 and 5.4)

import { ROOT_VMID } from "../../../../abi/generated/bare/syscalls";
import { peek32, peek64 } from "../../../../bsl/src/memory";
import {
  ACCESS_READ,
  ACCESS_WRITE,
  ALL_RIGHTS,
  CR0_PG,
  CR4_SMAP,
  CR4_SMEP,
  ENTRY_PRESENT,
  entryAddress,
  entryBytes,
  hasRights,
  isPage,
  nextTable,
  pageAddress,
  pagingLevels,
  rightsBelow,
  rightsRefuse,
  rootTable,
} from "../../../../bsl/src/x64/paging";
import { ownAddress, ownWord, Slot, setOwnWord } from "../calls/own";
import { Vm } from "../vs/vm";
import { guest } from "./guest";
import { guestMemory, inPage, readGuestPhysical, writeGuestPhysical } from "./physical-memory";

export { ACCESS_EXECUTE, ACCESS_READ, ACCESS_USER, ACCESS_WRITE } from "../../../../bsl/src/x64/paging";

/** What translateGuest() gives for an address that is not mapped. A physical address has at most 52 bits. */
export const NOT_MAPPED: u64 = 0xffff_ffff_ffff_ffff;

/**
 * The guest physical address of a guest virtual one, or NOT_MAPPED: for an access that the guest's tables do not allow,
 * too. Tables of every kind, and no paging at all. Accessed and dirty bits stay as they are; SMEP, SMAP and protection keys
 * bind the guest, and not who looks into its memory.
 */
export function translateGuest(virtual: u64, access: u32): u64 {
  const cr0 = guest.cr0;
  if ((cr0 & CR0_PG) == 0) return virtual;
  const cr4 = guest.cr4 & ~(CR4_SMEP | CR4_SMAP);
  const efer = guest.efer;
  const levels = pagingLevels(cr0, cr4, efer);
  let table = rootTable(levels, guest.cr3);
  let rights = ALL_RIGHTS;
  for (let level = levels; level != 0; level--) {
    const entry = readEntry(entryAddress(levels, table, level, virtual), entryBytes(levels));
    if ((entry & ENTRY_PRESENT) == 0) return NOT_MAPPED;
    if (hasRights(levels, level)) rights = rightsBelow(rights, entry);
    if (isPage(levels, level, entry, cr4)) {
      if (rightsRefuse(access, rights, cr0, cr4, efer, 0)) return NOT_MAPPED;
      return pageAddress(levels, level, entry, virtual);
    }
    table = nextTable(entry);
  }
  return NOT_MAPPED;
}

/**
 * An entry of a table; 0, which is not present, when it cannot be had. Those of VMs beside the root VM are copied: a page that was
 * mapped would stay so when it is the VM's no longer.
 */
function readEntry(physical: u64, bytes: u32): u64 {
  if (Vm.active.id == ROOT_VMID) {
    const at = guestMemory(physical);
    if (at == 0) return 0;
    return bytes == 4 ? <u64>peek32(at) : peek64(at);
  }
  setOwnWord(Slot.Entry, 0);
  return readGuestPhysical(ownAddress(Slot.Entry), physical, bytes) ? ownWord(Slot.Entry) : 0;
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
