// What each processor keeps at hand, so that the usual allocation asks nobody: pages, and objects of slab caches
//
// A store lies in the page of its processor's block, behind PpBlock. Its own processor sees it at a constant address, the
// others in the direct map.
//
//        0       4       8       12     16              272             400                                          2448
//     ┌───────┬───────┬────────┬───────┬───────────────┬───────────────┬────────────────────────────────────────────┐
//     │ lock  │ pages │ zeroed │   0   │ 16 pages      │ 8 pages, zero │ a magazine for each of 8 slab caches       │
//     └───────┴───────┴────────┴───────┴───────────────┴───────────────┴────────────────────────────────────────────┘
//
// The lock is nearly always taken by its own processor, and so free. Whoever takes pages out of others' stores, or changes the
// table of chunks, holds the locks of all stores: so that table stands still for everybody who holds one of them.

import { PP_BLOCK_BYTES } from "../../../abi/generated/bare/pp-block";
import { MAX_PPS } from "../../../abi/generated/bare/syscalls";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { compareExchange32, pause, storeRelease32 } from "../../../bsl/src/atomic";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { LOCK_PATIENCE, loseHope, TicketLock } from "../../../bsl/src/lock";

/** Where a store lies in its processor's page: at a cache line's border. */
const PLACE: u64 = (<u64>PP_BLOCK_BYTES + 63) & ~63;
/** This processor's. */
export const OWN_STORE: u64 = PP_AREA_BASE + PP_BLOCK + PLACE;

/** Pages that a stack has room for. */
export const MOST_PAGES: u32 = 16;
export const MOST_ZEROED: u32 = 8;
/** Slab caches that there may be, bytes of the magazine of each, and the objects that it has room for. */
export const MOST_MAGAZINES: u32 = 8;
export const MAGAZINE_BYTES: u64 = 256;
export const MAGAZINE_ROOM: u32 = 15;

/** Offsets in a store: how many pages a stack has, and the stacks, entries of two words each. */
export const STORE_PAGES: u64 = 4;
export const STORE_ZEROED: u64 = 8;
export const STORE_PAGE_STACK: u64 = 16;
export const STORE_ZEROED_STACK: u64 = STORE_PAGE_STACK + 16 * <u64>MOST_PAGES;
export const STORE_MAGAZINES: u64 = STORE_ZEROED_STACK + 16 * <u64>MOST_ZEROED;

/** Every processor's store, by its number, at an address that all see; 0: it has not come up. */
const stores: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(8 * MAX_PPS, 8));
let storeCount: u32 = 0;
/** Held while all stores are, and while one is added. */
const all: TicketLock = changetype<TicketLock>(memory.data(8, 8));

/** Makes the store in a processor's block, at an address that all processors know, one of those that all is looked for in. */
export function announceStore(id: u32, block: u64): void {
  if (id >= MAX_PPS) return;
  all.acquire();
  stores.set(id, block + PLACE);
  storeCount = max<u32>(storeCount, id + 1);
  all.release();
}

/** Stores that there may be; storeAt() of each. */
export function storesThere(): u32 {
  return storeCount;
}

/** A processor's store; 0: it has none yet. */
export function storeAt(id: u32): u64 {
  return stores.at(id);
}

/** Waits until nobody else uses a store. */
export function lockStore(store: u64): void {
  let turns: u32 = 0;
  while (compareExchange32(store, 0, 1) !== 0) {
    pause();
    if (++turns > LOCK_PATIENCE) loseHope();
  }
}

export function unlockStore(store: u64): void {
  storeRelease32(store, 0);
}

/** Stops all stores, and with them whatever goes between them and the pool. Nobody who holds a store may ask for it. */
export function lockAllStores(): void {
  all.acquire();
  for (let id: u32 = 0; id < storeCount; id++) {
    if (storeAt(id) !== 0) lockStore(storeAt(id));
  }
}

export function unlockAllStores(): void {
  for (let id: u32 = 0; id < storeCount; id++) {
    if (storeAt(id) !== 0) unlockStore(storeAt(id));
  }
  all.release();
}
