// Where pools of objects lie in the kernel's linear memory, and the pages that come and go there
//
// All processors share the tables below these addresses, so a page that comes is there for all. When one goes, others may
// still have its translation: each flushes when it next takes the lock of objects (objects.ts), and nobody looks at objects
// without it but at those that are active on its own processor, whose pages stay.

import { flushPage } from "#arch/cpu";
import { KERNEL_DATA, mapPage, takeEmptyTable, unmapPage } from "#arch/page-table";
import { ppLoad64 } from "#arch/pparea";
import { BOOT_ARGS_ROOT_PHYS } from "../../abi/generated/bare/boot";
import { PP_ARGS } from "../../abi/generated/bare/windows";
import { nativeAddress } from "../../bsl/src/memory";
import { allocatePage, freePage, freeSeenPages } from "./memory/pages";
import { requestFlushEverywhere } from "./requests";

/** Linear addresses of the pools, behind all data of the module. */
export const VM_WINDOW: u32 = 0x80_0000;
export const VP_WINDOW: u32 = 0x100_0000;
export const VS_WINDOW: u32 = 0x180_0000;
export const NESTED_WINDOW: u32 = 0x200_0000;
export const MAP_WINDOW: u32 = 0x280_0000;
/** Behind them what the kernel knows of each extension that is loaded (extension.ts). */
export const EXTENSION_WINDOW: u32 = 0x300_0000;

/** Each has room for as many objects of this size as 16 bits can name. */
export const MOST_OBJECT_BYTES: u32 = 128;

/** Windows begin at multiples of it. */
const WINDOW_BYTES: u32 = 0x80_0000;
/** What one lowest page table maps. */
const TABLE_BYTES: u64 = 0x20_0000;

/** A page of zeroes is at a linear address from now on; false when memory runs out. */
export function mapObjects(at: u32): bool {
  const page = allocatePage();
  if (page == 0) return false;
  if (mapPage(anyRoot(), nativeAddress(at), page, KERNEL_DATA)) return true;
  freePage(page);
  return false;
}

/**
 * The page at a linear address goes. Pools shrink from their ends: with the first page of a table, or of a window, goes the
 * table, if it is empty. Windows need not begin with a table, for linear memory may be moved.
 */
export function unmapObjects(at: u32): void {
  const address = nativeAddress(at);
  const page = unmapPage(anyRoot(), address);
  const mayBeEmpty = address % TABLE_BYTES == 0 || at % WINDOW_BYTES == 0;
  const table = mayBeEmpty ? takeEmptyTable(anyRoot(), address) : 0;
  flushPage(address);
  requestFlushEverywhere();
  freePage(page);
  if (table != 0) freeSeenPages(table, 0);
}

/** A table that leads to what all processors share. */
function anyRoot(): u64 {
  return ppLoad64(PP_ARGS + BOOT_ARGS_ROOT_PHYS);
}
