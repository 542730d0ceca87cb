// An extension's linear memory grows
//
//     EXT_MEMORY_BASE                                                                                       + 4 GiB
//     ├── unmapped ──┼── mapped: at start, and what growMemory() has added ──┼── up to memoryMost ──┼── unmapped ──┤
//                 memoryBase                                                 └── + MEMORY_STEP_PAGES at most, at a time
//
// Where each processor has its own, its table gets the pages. Where all share one, the tables of level 2 do that all processors'
// tables lead to: an entry that was not present is in nobody's translations, so all see the page at once, and nobody flushes.
// It never shrinks: what a processor has translated would have to be gone everywhere before another page could come to lie there.

import { mapPage, USER_DATA, unmapPage } from "#arch/page-table";
import { QUOTA_PAGES } from "../../abi/generated/bare/boot";
import { PP_BLOCK_MEMORY_PAGES, PP_BLOCK_ROOT } from "../../abi/generated/bare/pp-block";
import { MEMORY_STEP_PAGES, PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { freeEmptyTables, lockTables, unlockTables } from "./direct-map";
import { currentExtension, Extension } from "./extension";
import { allocatePage, freePage, freeSeenPages } from "./memory/pages";
import { block64, setBlock64 } from "./pp";
import { giveQuota, takeQuota } from "./quota";

/** Pages that the running extension's linear memory may have. */
export function mostMemoryPages(): u64 {
  return currentExtension().memoryMost;
}

/**
 * Brings the running extension's linear memory here nearer to so many pages, which are not more than it may have: how many it
 * has then. 0, and nothing has changed, when it has none of its quota left, or memory runs out.
 */
export function growMemory(wanted: u64): u64 {
  const extension = currentExtension();
  lockTables();
  const has = pagesOf(extension);
  const count = wanted > has ? <u32>min<u64>(wanted - has, MEMORY_STEP_PAGES) : 0;
  let isDone: bool = count == 0;
  if (count != 0 && takeQuota(QUOTA_PAGES, count)) {
    isDone = addPages(extension, extension.memoryBase + has * PAGE_SIZE, count);
    if (!isDone) giveQuota(QUOTA_PAGES, count);
  }
  if (isDone) setPagesOf(extension, has + count);
  unlockTables();
  return isDone ? has + count : 0;
}

function pagesOf(extension: Extension): u64 {
  return extension.memoryShared != 0 ? extension.memoryPages : block64(PP_BLOCK_MEMORY_PAGES);
}

function setPagesOf(extension: Extension, count: u64): void {
  extension.pages += count - pagesOf(extension);
  if (extension.memoryShared != 0) extension.memoryPages = count;
  else setBlock64(PP_BLOCK_MEMORY_PAGES, count);
}

/** Maps zeroed pages from an address upward: all of them, or none. */
function addPages(extension: Extension, first: u64, count: u32): bool {
  const root = extension.memoryShared != 0 ? extension.table : block64(PP_BLOCK_ROOT);
  for (let i: u32 = 0; i < count; i++) {
    const page = allocatePage();
    const at = first + <u64>i * PAGE_SIZE;
    if (page != 0 && mapPage(root, at, page, USER_DATA)) continue;
    if (page != 0) freePage(page);
    // These another processor's ring 3 may have touched
    while (i != 0) freeSeenPages(unmapPage(root, first + <u64>--i * PAGE_SIZE), 0);
    // Other processors may have kept where a shared table is: it stays, for the next time
    if (extension.memoryShared == 0) freeEmptyTables(root, at);
    return false;
  }
  return true;
}
