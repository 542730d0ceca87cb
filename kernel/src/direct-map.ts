// Direct maps: the physical memory that the extension has mapped in a VM, at EXT_DIRECT_BASE + physical address
//
// Each VM has a table of its own. A processor's table shows that of the VM whose VS is active there, by copies of those
// top-level entries of it that the extension has used since: one is copied when it first faults there. Most VSs run without their
// extension's looking at a VM's memory, and then a change of VMs changes no table.

import { dropTranslations, showTopEntry } from "#arch/isolation";
import { freeTables, mapPage, takeEmptyTable, topEntry, translate, USER_DATA, unmapPage } from "#arch/page-table";
import { PP_BLOCK_ROOT, PP_BLOCK_SHOWN, PP_BLOCK_VIEW } from "../../abi/generated/bare/pp-block";
import { INVALID_ID, PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { EXT_DIRECT_BASE, EXT_DIRECT_BYTES } from "../../abi/generated/bare/windows";
import { TicketLock } from "../../bsl/src/lock";
import { hasLent } from "./memory/marks";
import { allocatePage, freeSeenPages } from "./memory/pages";
import { lockObjects, unlockObjects } from "./objects";
import { block32, block64, setBlock32, setBlock64 } from "./pp";
import { Vm, vmAt, vms } from "./vm";

/** Of a top-level entry, of which PpBlock.shown has a bit for each. */
const ENTRY_BYTES: u64 = EXT_DIRECT_BYTES / 64;

/** Held while tables that several processors share change. */
const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));

export function lockTables(): void {
  lock.acquire();
}

export function unlockTables(): void {
  lock.release();
}

/**
 * Gives back the tables that are empty now on the way to an address that was unmapped, if they could keep a chunk from
 * going; under the lock. Another processor may
 * still know them: it faults where they have been replaced, flushes, and tries again (exception.ts).
 */
export function freeEmptyTables(root: u64, virtual: u64): void {
  // Otherwise they are sooner used again than missed
  if (!hasLent()) return;
  for (let table = takeEmptyTable(root, virtual); table != 0; table = takeEmptyTable(root, virtual)) {
    freeSeenPages(table, 0);
  }
}

/** Whether an address lies in the window and is a page's. */
export function isDirectAddress(virtual: u64): bool {
  return virtual > EXT_DIRECT_BASE && virtual < EXT_DIRECT_BASE + EXT_DIRECT_BYTES && (virtual & 0xfff) == 0;
}

/** Maps a page into a VM's direct map: its address there, or 0 when it is mapped already or memory runs out. */
export function mapDirect(vm: Vm, physical: u64): u64 {
  const virtual = EXT_DIRECT_BASE + physical;
  lockTables();
  if (vm.table == 0) vm.table = allocatePage();
  const done = vm.table != 0 && mapPage(vm.table, virtual, physical, USER_DATA);
  unlockTables();
  if (!done) return 0;
  if (block32(PP_BLOCK_VIEW) == vm.id) showDirect(virtual);
  return virtual;
}

/** Takes a page out of a VM's direct map; false when it was not there. The caller flushes. */
export function unmapDirect(vm: Vm, virtual: u64): bool {
  lockTables();
  const done = vm.table != 0 && unmapPage(vm.table, virtual) != 0;
  if (done) freeEmptyTables(vm.table, virtual);
  unlockTables();
  return done;
}

/** Whether an extension has mapped some of a range of memory. */
export function isMappedDirectly(physical: u64, bytes: u64): bool {
  let found: bool = false;
  for (let id: u32 = 0; id < vms.end && !found; id++) {
    lockObjects();
    lockTables();
    found = vms.has(id) && isMappedBy(vmAt(id).table, physical, bytes);
    unlockTables();
    unlockObjects();
  }
  return found;
}

function isMappedBy(table: u64, physical: u64, bytes: u64): bool {
  if (table == 0 || topEntry(table, EXT_DIRECT_BASE + physical) == 0) return false;
  for (let at: u64 = 0; at < bytes; at += PAGE_SIZE) {
    if (translate(table, EXT_DIRECT_BASE + physical + at) != 0) return true;
  }
  return false;
}

/** Makes this processor show a VM's direct map instead of another's. */
export function switchView(vmid: u32): void {
  if (block32(PP_BLOCK_VIEW) == vmid) return;
  setBlock32(PP_BLOCK_VIEW, vmid);
  if (block64(PP_BLOCK_SHOWN) != 0) hideDirect();
}

function hideDirect(): void {
  for (let left = block64(PP_BLOCK_SHOWN); left != 0; left &= left - 1) {
    showTopEntry(EXT_DIRECT_BASE + ctz(left) * ENTRY_BYTES, 0);
  }
  setBlock64(PP_BLOCK_SHOWN, 0);
  dropTranslations();
}

/** Copies the top-level entry for an address if this processor lacks it; true when it did. */
export function showDirect(virtual: u64): bool {
  const view = block32(PP_BLOCK_VIEW);
  if (view == INVALID_ID) return false;
  const table = vmAt(view).table;
  if (table == 0 || virtual < EXT_DIRECT_BASE || virtual >= EXT_DIRECT_BASE + EXT_DIRECT_BYTES) return false;
  const entry = topEntry(table, virtual);
  if (entry == 0 || topEntry(block64(PP_BLOCK_ROOT), virtual) == entry) return false;
  showTopEntry(virtual, entry);
  setBlock64(PP_BLOCK_SHOWN, block64(PP_BLOCK_SHOWN) | ((<u64>1) << ((virtual - EXT_DIRECT_BASE) / ENTRY_BYTES)));
  return true;
}

/** Gives a VM's tables back; no processor shows them any more. */
export function freeDirectMap(vm: Vm): void {
  if (vm.table == 0) return;
  lockTables();
  freeTables(vm.table, 4);
  vm.table = 0;
  unlockTables();
}
