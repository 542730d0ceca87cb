// Pages of the extension's own in nested page tables: which they are, and how many entries show each
//
// The count stands in the page's entry in the extension's table, where the processor ignores bits: a page that is
// counted cannot be given back.

import * as table from "#arch/page-table";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { EXT_POOL_BASE } from "../../../abi/generated/bare/windows";
import { lockTables, unlockTables } from "../direct-map";
import { currentExtension } from "../extension";
import { pages } from "../memory/pages";

/** Whether a range of host memory holds a page of the hypervisor's that is not the extension's own. */
export function isForbidden(host: u64, bytes: u64): bool {
  let at = pages.nextOwned(host);
  while (at < host + bytes) {
    if (!isOwnPage(at)) return true;
    at = pages.nextOwned(at + PAGE_SIZE);
  }
  return false;
}

/** Whether a page was given to the extension by alloc_page or alloc_huge. */
function isOwnPage(host: u64): bool {
  return table.translate(currentExtension().table, EXT_POOL_BASE + host) == host;
}

/** Counts an entry that shows a page of the extension's own; false when there are too many. */
export function addShare(host: u64): bool {
  lockTables();
  const done = table.addShare(currentExtension().table, EXT_POOL_BASE + host);
  unlockTables();
  return done;
}

/** An entry no longer shows the page, on any processor. */
export function dropShare(host: u64): void {
  lockTables();
  table.dropShare(currentExtension().table, EXT_POOL_BASE + host);
  unlockTables();
}
