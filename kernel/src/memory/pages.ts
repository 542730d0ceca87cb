// The kernel's pages: one pool for all processors, from the chunks that the loader gives
//
// A single page comes from what the processor keeps at hand (page-store.ts), anything larger from the pool.
//
// What an extension gives back may still be used by another processor's ring 3, which has not dropped its translation: it
// waits in limbo, in two halves, until every processor has flushed.
//
//     free, all are asked to flush ──> young half ──the old one is empty──> old half ──all have flushed──> the pool
//
// Nobody waits for it. Whoever gives pages back, or finds none, looks how far the old half is. Whoever still finds none gives
// what all processors keep at hand back to the pool, so that a page is found wherever it is.

import { CHUNK_LEAST_BYTES } from "../../../abi/generated/bare/exchange";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { TicketLock } from "../../../bsl/src/lock";
import { isFlushed, requestFlushEverywhere } from "../requests";
import { BUDDY_POOL_BYTES, BuddyPool } from "./buddy";
import { isToFail } from "./faults";
import { askForMemory, hasLent, highMark, lowMark, offerMemory } from "./marks";
import { emptyPageStores, keepPage, keptPages, stockPages, takePage, takeZeroedPage } from "./page-store";
import { emptyMagazines, SlabCache } from "./slab";
import { lockAllStores, unlockAllStores } from "./store";

/** All memory of the hypervisor that is not the loader's own. */
export const pages: BuddyPool = changetype<BuddyPool>(memory.data(BUDDY_POOL_BYTES, 8));

/** Pages of the smallest chunk that may go. */
const LEAST_CHUNK_PAGES: u64 = CHUNK_LEAST_BYTES / PAGE_SIZE;

/** Blocks that come back from limbo at one look: no call takes long. */
const LOOK_BLOCKS: u32 = 256;

/** Held while the two halves change; under it no other lock than the pool's is taken. */
const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));
/** Number of the young half, 0 or 1. */
let young: u32 = 0;
/** The last flush that a block of the young half waits for, and of the old one. */
let youngAsked: u64 = 0;
let oldAsked: u64 = 0;

/** A zeroed page (physical address); 0 when none is left. */
export function allocatePage(): u64 {
  if (isToFail()) return 0;
  let page = takeZeroedPage(pages);
  while (page == 0 && makeRoom(0)) page = takeZeroedPage(pages);
  if (page == 0 || pages.freePageCount() < lowMark()) askForMemory();
  return page;
}

/** 2^order pages that hold whatever they held (physical address); 0 when there are none, not even in limbo. */
export function allocatePages(order: u32): u64 {
  if (isToFail()) return 0;
  let phys = order == 0 ? takePage(pages) : pages.allocPages(order);
  while (phys == 0 && makeRoom(order)) phys = order == 0 ? takePage(pages) : pages.allocPages(order);
  if (phys == 0 || pages.freePageCount() < lowMark()) askForMemory();
  return phys;
}

/** An object of zeroes (native address); 0 when there is no memory, not even in limbo. */
export function allocateObject(cache: SlabCache): u64 {
  if (isToFail()) return 0;
  const kept = cache.takeKept();
  return kept != 0 ? kept : findObject(cache);
}

function findObject(cache: SlabCache): u64 {
  let object = cache.allocate();
  while (object == 0 && makeRoom(cache.slabOrder())) object = cache.allocate();
  if (object == 0) askForMemory();
  return object;
}

/** Gives back a page that no ring 3 could ever see; false when it is not an allocated page of the pool. */
export function freePage(page: u64): bool {
  return giveBack(page, 0);
}

/**
 * Gives pages back that nobody uses any more. While there are more than enough, and a chunk could go, none of them is kept at
 * hand: it would be what keeps the chunk here.
 */
function giveBack(phys: u64, order: u32): bool {
  if (!hasLent() || pages.freePageCount() < highMark() + LEAST_CHUNK_PAGES) {
    return order == 0 ? keepPage(pages, phys) : pages.freePages(phys, order);
  }
  const done = pages.freePages(phys, order);
  if (pages.hasNewFreeChunk()) offerMemory();
  return done;
}

/** Gives back pages that were taken out of an extension's tables; false when no such block of the pool is allocated. */
export function freeSeenPages(phys: u64, order: u32): bool {
  if (pages.waitingPages() != 0) reclaim();
  const asked = requestFlushEverywhere();
  if (isFlushed(asked)) return giveBack(phys, order);
  lock.acquire();
  const done = pages.bury(phys, order, young);
  youngAsked = max<u64>(youngAsked, asked);
  lock.release();
  return done;
}

/** Takes out of limbo what every processor has flushed: whether that was anything. */
export function reclaim(): bool {
  if (pages.waitingPages() == 0) return false;
  lock.acquire();
  let count = releaseOld();
  if (count == 0 && !pages.isWaiting(young ^ 1) && pages.isWaiting(young)) {
    young ^= 1;
    oldAsked = youngAsked;
    count = releaseOld();
  }
  lock.release();
  if (count != 0 && hasLent() && pages.hasNewFreeChunk()) offerMemory();
  return count != 0;
}

function releaseOld(): u32 {
  const old = young ^ 1;
  return pages.isWaiting(old) && isFlushed(oldAsked) ? pages.release(old, LOOK_BLOCKS) : 0;
}

/** Gives what all processors keep at hand to the pool, objects first: whether there was anything. */
export function emptyStores(): bool {
  lockAllStores();
  const objects = emptyMagazines();
  const singles = emptyPageStores(pages);
  unlockAllStores();
  return objects + singles !== 0;
}

/** A processor has come up: it has zeroed pages at hand from now on, if there are many. */
export function fillStore(): void {
  stockPages(pages);
}

/** Finds memory for whoever found no block of an order: whether it is worth another try. */
function makeRoom(order: u32): bool {
  // The last question is for what others gave back between our look into the pool and the one into their stores
  return reclaim() || emptyStores() || pages.hasBlock(order);
}

/** Pages that somebody has. */
export function usedPages(): u64 {
  return pages.usedPages() - keptPages();
}

/** Pages that nobody has: in the pool, or at hand somewhere. */
export function freePages(): u64 {
  return pages.freePageCount() + keptPages();
}
