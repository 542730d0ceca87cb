// Single pages that a processor keeps at hand (store.ts)
//
//     pool ──a batch, when there is none──> pages ──> whoever takes one
//          <──a batch, when it is full───── pages <── whoever gives one back
//                                           zeroed <── the same, while there is room: it is filled with zeros then
//
// So zeros are written when memory is given back, at the end of something, and not when it is needed, which is often in the
// middle of a VM's exit. An entry is a page's physical address and the address of its state byte, which says that the page is
// kept: giving it back once more is refused.

import { fillMemory, peek32, peek64, poke8, poke32, poke64 } from "../../../bsl/src/memory";
import { BuddyPool, claimPage, KEPT_PAGE, TAKEN_PAGE } from "./buddy";
import { directAddress, PAGE_BYTES } from "./direct";
import {
  lockStore,
  MOST_PAGES,
  MOST_ZEROED,
  OWN_STORE,
  STORE_PAGE_STACK,
  STORE_PAGES,
  STORE_ZEROED,
  STORE_ZEROED_STACK,
  storeAt,
  storesThere,
  unlockStore,
} from "./store";

/** Pages that come from the pool or go there at once. */
const BATCH: u32 = 8;
/** With so few free pages in the pool nobody takes more than he needs. */
const SCARCE: u64 = 256;

/** Takes a page that holds whatever it held: its physical address, or 0 when neither the store nor the pool has one. */
export function takePage(pool: BuddyPool): u64 {
  lockStore(OWN_STORE);
  let page = pop(OWN_STORE + STORE_PAGES, OWN_STORE + STORE_PAGE_STACK);
  if (page === 0) page = refill(pool);
  if (page === 0) page = pop(OWN_STORE + STORE_ZEROED, OWN_STORE + STORE_ZEROED_STACK);
  unlockStore(OWN_STORE);
  return page;
}

/** Takes a page of zeros: its physical address, or 0 when neither the store nor the pool has a page. */
export function takeZeroedPage(pool: BuddyPool): u64 {
  lockStore(OWN_STORE);
  let page = pop(OWN_STORE + STORE_ZEROED, OWN_STORE + STORE_ZEROED_STACK);
  const isZero = page !== 0;
  if (page === 0) page = pop(OWN_STORE + STORE_PAGES, OWN_STORE + STORE_PAGE_STACK);
  if (page === 0) page = refill(pool);
  unlockStore(OWN_STORE);
  if (page !== 0 && !isZero) fillMemory(directAddress(page), 0, PAGE_BYTES);
  return page;
}

/**
 * Gives a page back.
 *
 * @returns false, and changes nothing, when it is no single page that is taken.
 */
export function keepPage(pool: BuddyPool, phys: u64): bool {
  lockStore(OWN_STORE);
  const state = pool.stateOf(phys);
  const isTaken = state !== 0 && claimPage(state, TAKEN_PAGE, KEPT_PAGE);
  if (isTaken && peek32(OWN_STORE + STORE_ZEROED) < MOST_ZEROED) {
    fillMemory(directAddress(phys), 0, PAGE_BYTES);
    push(OWN_STORE + STORE_ZEROED, OWN_STORE + STORE_ZEROED_STACK, phys, state);
  } else if (isTaken) {
    if (peek32(OWN_STORE + STORE_PAGES) === MOST_PAGES) {
      giveToPool(pool, OWN_STORE + STORE_PAGES, OWN_STORE + STORE_PAGE_STACK, BATCH);
    }
    push(OWN_STORE + STORE_PAGES, OWN_STORE + STORE_PAGE_STACK, phys, state);
  }
  unlockStore(OWN_STORE);
  return isTaken;
}

/** Fills this processor's stock of zeroed pages, as far as the pool has many: for when a processor has come up. */
export function stockPages(pool: BuddyPool): void {
  lockStore(OWN_STORE);
  while (peek32(OWN_STORE + STORE_ZEROED) < MOST_ZEROED && pool.freePageCount() >= SCARCE) {
    const page = refill(pool);
    if (page === 0) break;
    fillMemory(directAddress(page), 0, PAGE_BYTES);
    const state = pool.stateOf(page);
    poke8(state, KEPT_PAGE);
    push(OWN_STORE + STORE_ZEROED, OWN_STORE + STORE_ZEROED_STACK, page, state);
  }
  unlockStore(OWN_STORE);
}

/** Gives all pages of all stores, which are locked, to the pool: how many. */
export function emptyPageStores(pool: BuddyPool): u32 {
  let count: u32 = 0;
  for (let id: u32 = 0; id < storesThere(); id++) {
    const store = storeAt(id);
    if (store === 0) continue;
    count += giveToPool(pool, store + STORE_PAGES, store + STORE_PAGE_STACK, MOST_PAGES);
    count += giveToPool(pool, store + STORE_ZEROED, store + STORE_ZEROED_STACK, MOST_ZEROED);
  }
  return count;
}

/** Pages in all stores, zeroed or not. While others allocate it may be past already. */
export function keptPages(): u32 {
  return countAll(STORE_PAGES) + countAll(STORE_ZEROED);
}

/** Those of them that hold zeros. */
export function zeroedPages(): u32 {
  return countAll(STORE_ZEROED);
}

function countAll(counter: u64): u32 {
  let count: u32 = 0;
  for (let id: u32 = 0; id < storesThere(); id++) {
    if (storeAt(id) !== 0) count += peek32(storeAt(id) + counter);
  }
  return count;
}

/** Takes the page that a stack got last; 0: there is none. */
function pop(counter: u64, stack: u64): u64 {
  const count = peek32(counter);
  if (count === 0) return 0;
  poke32(counter, count - 1);
  const entry = stack + <u64>(count - 1) * 16;
  poke8(peek64(entry + 8), TAKEN_PAGE);
  return peek64(entry);
}

function push(counter: u64, stack: u64, phys: u64, state: u64): void {
  const count = peek32(counter);
  const entry = stack + <u64>count * 16;
  poke64(entry, phys);
  poke64(entry + 8, state);
  poke32(counter, count + 1);
}

/** Gets pages from the pool for the own store, which has none, and takes one of them. */
function refill(pool: BuddyPool): u64 {
  const most: u32 = pool.freePageCount() < SCARCE ? 1 : BATCH;
  const count = peek32(OWN_STORE + STORE_PAGES);
  const got = pool.takeSingles(OWN_STORE + STORE_PAGE_STACK + <u64>count * 16, min<u32>(most, MOST_PAGES - count));
  poke32(OWN_STORE + STORE_PAGES, count + got);
  return pop(OWN_STORE + STORE_PAGES, OWN_STORE + STORE_PAGE_STACK);
}

/** Gives up to `most` pages of a stack to the pool, those that it has had longest: how many. */
function giveToPool(pool: BuddyPool, counter: u64, stack: u64, most: u32): u32 {
  const count = peek32(counter);
  const given = min<u32>(most, count);
  pool.giveSingles(stack, given);
  for (let i = given; i < count; i++) {
    poke64(stack + <u64>(i - given) * 16, peek64(stack + <u64>i * 16));
    poke64(stack + <u64>(i - given) * 16 + 8, peek64(stack + <u64>i * 16 + 8));
  }
  poke32(counter, count - given);
  return given;
}
