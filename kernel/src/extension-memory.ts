// Memory that an extension asks for while it runs: pages, and physically contiguous runs of them
//
// Both appear at EXT_POOL_BASE + physical address, in every processor's view.

import {
  hasShares,
  mapPage,
  mapPages,
  pageShares,
  translate,
  USER_DATA,
  unmapPage,
  unmapPages,
} from "#arch/page-table";
import { QUOTA_PAGES } from "../../abi/generated/bare/boot";
import { RUN_STEP_BYTES } from "../../abi/generated/bare/exchange";
import { HUGE_MOST_BYTES, HUGE_POOL_BYTES, MAX_HUGE_ALLOCATIONS, PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE, EXT_POOL_BASE, EXT_STACK_BASE } from "../../abi/generated/bare/windows";
import { fillMemory } from "../../bsl/src/memory";
import { freeEmptyTables, lockTables, unlockTables } from "./direct-map";
import { currentExtension } from "./extension";
import { MAX_ORDER } from "./memory/buddy";
import { askForRun, offerMemory } from "./memory/marks";
import { allocatePage, allocatePages, freePage, freeSeenPages, pages } from "./memory/pages";
import { giveRun, takeRun } from "./memory/runs";
import { giveQuota, takeQuota } from "./quota";
import { requestFlushEverywhere } from "./requests";

/** A run of pages that is handed out; no bytes: a free place. */
@unmanaged
class Run {
  physical: u64 = 0;
  bytes: u64 = 0;
  /** Linear address of the extension that has it. */
  owner: u64 = 0;
}

/** Bytes of the pool's largest block; what is larger is lent for this alone. */
const BLOCK_MOST_BYTES: u64 = (<u64>PAGE_SIZE) << MAX_ORDER;

const runs: usize = memory.data(MAX_HUGE_ALLOCATIONS * offsetof<Run>(), 8);

function run(index: u32): Run {
  return changetype<Run>(runs + <usize>index * offsetof<Run>());
}

/** A zeroed page for the extension: its physical address, or 0 when memory runs out. */
export function allocateExtensionPage(): u64 {
  const page = allocatePage();
  if (page == 0) return 0;
  lockTables();
  const isAllowed = takeQuota(QUOTA_PAGES, 1);
  const mapped = isAllowed && mapPage(currentExtension().table, EXT_POOL_BASE + page, page, USER_DATA);
  if (mapped) currentExtension().pages++;
  else freeEmptyTables(currentExtension().table, EXT_POOL_BASE + page);
  if (isAllowed && !mapped) giveQuota(QUOTA_PAGES, 1);
  unlockTables();
  if (mapped) return page;
  freePage(page);
  return 0;
}

/** Takes back what allocateExtensionPage() gave, by its address in the extension; false when that is none. */
export function freeExtensionPage(virtual: u64): bool {
  if (!isPoolAddress(virtual)) return false;
  lockTables();
  const table = currentExtension().table;
  const page = translate(table, virtual);
  const isSingle = page != 0 && !isInRun(page) && pageShares(table, virtual) == 0;
  if (isSingle) {
    unmapPage(table, virtual);
    freeEmptyTables(table, virtual);
    currentExtension().pages--;
    giveQuota(QUOTA_PAGES, 1);
  }
  unlockTables();
  if (!isSingle) return false;
  return freeSeenPages(page, 0);
}

/**
 * Zeroed, physically contiguous pages: their physical address, or 0 when memory or places run out. The driver has been asked then
 * for what was missing.
 */
export function allocateRun(bytes: u64): u64 {
  const count = pagesOf(bytes);
  lockTables();
  const isAllowed = freePlace() != MAX_HUGE_ALLOCATIONS && takeQuota(QUOTA_PAGES, count);
  unlockTables();
  if (!isAllowed) return 0;
  const physical = findRun(bytes);
  lockTables();
  const isGiven = physical != 0 && handOut(physical, bytes);
  if (isGiven) currentExtension().pages += count;
  else giveQuota(QUOTA_PAGES, count);
  unlockTables();
  if (isGiven) return physical;
  // Another processor's ring 3 may have looked at what was mapped of it
  if (physical != 0) releaseRun(physical, bytes);
  return 0;
}

/** A zeroed block of the pool; or what was lent as a whole, where the pool has none so large or never could have. */
function findRun(bytes: u64): u64 {
  const order = orderOf(bytes);
  if (order < MAX_ORDER || (order == MAX_ORDER && pages.hasBlock(order))) {
    const block = allocatePages(order);
    if (block != 0) fillMemory(DIRECT_BASE + block, 0, bytes);
    return block;
  }
  // Zeroed when it came
  const size = <u64>pagesOf(bytes) * PAGE_SIZE;
  const physical = takeRun(size);
  if (physical == 0) askForRun(size);
  return physical;
}

/** Nobody has a run any more that findRun() found: false when it is none. */
function releaseRun(physical: u64, bytes: u64): bool {
  if (orderOf(bytes) < MAX_ORDER || !giveRun(physical, requestFlushEverywhere())) {
    return freeSeenPages(physical, orderOf(bytes));
  }
  offerMemory();
  return true;
}

/** Maps a run, and notes whose it is; false, and it is not mapped, when there is no place for it or for a table. */
function handOut(physical: u64, bytes: u64): bool {
  const place = freePlace();
  if (place == MAX_HUGE_ALLOCATIONS || !mapRun(physical, bytes)) return false;
  run(place).physical = physical;
  run(place).bytes = bytes;
  run(place).owner = currentExtension().address();
  return true;
}

/** Takes back what allocateRun() gave, by its address in the extension; false when that is none. */
export function freeRun(virtual: u64): bool {
  if (!isPoolAddress(virtual)) return false;
  const physical = virtual - EXT_POOL_BASE;
  lockTables();
  const place = placeOf(physical);
  const bytes = place == MAX_HUGE_ALLOCATIONS || isShown(run(place)) ? 0 : run(place).bytes;
  if (bytes != 0) {
    unmapRun(physical, bytes);
    run(place).bytes = 0;
    currentExtension().pages -= pagesOf(bytes);
    giveQuota(QUOTA_PAGES, pagesOf(bytes));
  }
  unlockTables();
  return bytes != 0 && releaseRun(physical, bytes);
}

/** Whether nested page tables show what an address of the extension was given for: nobody can give it back then. */
export function isShownTo(virtual: u64): bool {
  if (!isPoolAddress(virtual)) return false;
  lockTables();
  const place = placeOf(virtual - EXT_POOL_BASE);
  const shown =
    place == MAX_HUGE_ALLOCATIONS ? pageShares(currentExtension().table, virtual) != 0 : isShown(run(place));
  unlockTables();
  return shown;
}

function isShown(given: Run): bool {
  return hasShares(currentExtension().table, EXT_POOL_BASE + given.physical, given.bytes);
}

/** Whether allocateRun() takes a size: whole pages, more than one; in version 1 less than the pool that upstream has for them. */
export function isRunSize(bytes: u64): bool {
  const isMore = currentExtension().version2 == 0 ? bytes >= HUGE_POOL_BYTES : bytes > HUGE_MOST_BYTES;
  return bytes > PAGE_SIZE && !isMore && bytes % PAGE_SIZE == 0;
}

function isPoolAddress(virtual: u64): bool {
  return virtual >= EXT_POOL_BASE && virtual < EXT_STACK_BASE && virtual % PAGE_SIZE == 0;
}

/** Pages that a run of so many bytes takes: a power of two from the pool, and whole large pages beyond. */
function pagesOf(bytes: u64): u32 {
  if (bytes <= BLOCK_MOST_BYTES) return (<u32>1) << orderOf(bytes);
  return <u32>(((bytes + RUN_STEP_BYTES - 1) & ~(RUN_STEP_BYTES - 1)) / PAGE_SIZE);
}

/** The buddy allocator's order for so many bytes. */
function orderOf(bytes: u64): u32 {
  let order: u32 = 0;
  while ((<u64>PAGE_SIZE) << order < bytes) order++;
  return order;
}

function freePlace(): u32 {
  for (let i: u32 = 0; i < MAX_HUGE_ALLOCATIONS; i++) {
    if (run(i).bytes == 0) return i;
  }
  return MAX_HUGE_ALLOCATIONS;
}

/** The place of a run of the running extension's. */
function placeOf(physical: u64): u32 {
  for (let i: u32 = 0; i < MAX_HUGE_ALLOCATIONS; i++) {
    if (run(i).bytes == 0 || run(i).physical != physical) continue;
    return run(i).owner == currentExtension().address() ? i : MAX_HUGE_ALLOCATIONS;
  }
  return MAX_HUGE_ALLOCATIONS;
}

/** Whether a page is part of a run. */
function isInRun(page: u64): bool {
  for (let i: u32 = 0; i < MAX_HUGE_ALLOCATIONS; i++) {
    if (page - run(i).physical < run(i).bytes) return true;
  }
  return false;
}

function mapRun(physical: u64, bytes: u64): bool {
  const done = mapPages(currentExtension().table, EXT_POOL_BASE + physical, physical, bytes, USER_DATA);
  if (done < bytes) unmapRun(physical, done);
  return done == bytes;
}

function unmapRun(physical: u64, bytes: u64): void {
  unmapPages(currentExtension().table, EXT_POOL_BASE + physical, bytes);
  // A table for each 2 MiB, and that of the last page
  for (let offset: u64 = 0; offset < bytes; offset += RUN_STEP_BYTES) {
    freeEmptyTables(currentExtension().table, EXT_POOL_BASE + physical + offset);
  }
  if (bytes != 0) freeEmptyTables(currentExtension().table, EXT_POOL_BASE + physical + bytes - PAGE_SIZE);
}

/** How many runs are handed out. */
export function usedRuns(): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < MAX_HUGE_ALLOCATIONS; i++) {
    if (run(i).bytes != 0) count++;
  }
  return count;
}
