// A buddy allocator for physical pages
//
// A block of order n is 2^n pages at a multiple of its size; its buddy is the other half of the block of order n + 1.
// Free blocks of an order form a doubly linked list whose links lie in the blocks themselves, seen through the direct
// map; one byte per page says what begins there:
//
//      7        6        5        4        3                 0
//     ┌────────┬────────┬────────┬────────┬───────────────────┐
//     │ limbo  │  free  │ taken  │reserved│ order             │  all zero: inside of a block
//     └────────┴────────┴────────┴────────┴───────────────────┘
//
// Splitting and merging take at most MAX_ORDER steps, finding a chunk log2(chunks) steps. A page that is given back
// twice, with another order or that never came from here has the wrong state byte, and is refused.
//
// A block in limbo is nobody's, but not free yet (pages.ts). Of its two halves the second has the bit of "taken", too. Nothing
// is written into such a block, whose last owner may still reach it; so it is found by its state, chunk by chunk.
//
// A page that a processor keeps at hand (page-store.ts) is "free" with an order that there is none of. Such pages are taken and
// given back without the pool's lock. So their owners' states change by one instruction each, and whoever merges blocks may
// read one of them at any time: none of the values that it can have is that of a free block.

import { compareExchange8 } from "../../../bsl/src/atomic";
import { alignDown, isAligned, lowestBit } from "../../../bsl/src/bits";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { TicketLock } from "../../../bsl/src/lock";
import { fillMemory, peek8, peek64, poke8, poke64 } from "../../../bsl/src/memory";
import { CHUNK_TABLE_BYTES, ChunkTable, NO_CHUNK, statesBehind } from "./chunk-table";
import { directAddress, PAGE_BYTES, PAGE_SHIFT } from "./direct";
import { lockAllStores, unlockAllStores } from "./store";

/** Largest order: 1024 pages, 4 MiB. */
export const MAX_ORDER: u32 = 10;

const FREE: u8 = 0x40;
const TAKEN: u8 = 0x20;
const RESERVED: u8 = 0x10;
/** Of half 0 and half 1. */
const LIMBO_0: u8 = 0x80;
const LIMBO_1: u8 = 0xa0;
const ORDER: u8 = 0x0f;
/** The bit of limbo in eight states at once. */
const LIMBO_BITS: u64 = 0x8080_8080_8080_8080;
const INSIDE: u8 = 0;

/** State of a single page that somebody has, and of one that a processor keeps at hand. */
export const TAKEN_PAGE: u8 = TAKEN;
export const KEPT_PAGE: u8 = FREE | ORDER;

/** Offsets of a free block's links. */
const NEXT: u64 = 0;
const PREVIOUS: u64 = 8;

/** Offsets of what lies behind BuddyPool's fields. */
const HEADS: usize = 40;
const COUNTS: usize = HEADS + 8 * (<usize>MAX_ORDER + 1);
const CHUNKS: usize = COUNTS + 4 * (<usize>MAX_ORDER + 1) + 4;

/** Bytes that a pool takes in linear memory, aligned to 8. */
export const BUDDY_POOL_BYTES: i32 = <i32>CHUNKS + <i32>CHUNK_TABLE_BYTES;

/** A pool of pages, empty when its BUDDY_POOL_BYTES bytes are zero. Safe for several processors. */
@unmanaged
export class BuddyPool {
  private lockNext: u32 = 0;
  private lockServing: u32 = 0;
  /** Bit n: there is a free block of order n. */
  private orders: u64 = 0;
  private total: u64 = 0;
  private free: u64 = 0;
  /** Pages in each half of limbo. */
  private waiting0: u32 = 0;
  private waiting1: u32 = 0;

  /**
   * Adds a physically contiguous chunk, mapped in the direct map, whose first `usedBytes` belong to somebody else. May
   * be called at any time. A chunk with less than two whole pages left is only owned, not handed out.
   *
   * @returns false when the chunk is not made of whole pages, overlaps another one or is one too many.
   */
  addChunk(phys: u64, bytes: u64, usedBytes: u64): bool {
    if (usedBytes > bytes) return false;
    const first = phys + ((usedBytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
    const states = statesBehind(phys, phys + bytes);
    const hasPages = first < states;
    this.lockTable();
    const chunk = this.chunks.insert(phys, bytes, hasPages);
    if (chunk !== NO_CHUNK && hasPages) {
      fillMemory(directAddress(states), RESERVED, bytes >> PAGE_SHIFT);
      fillMemory(this.chunks.stateAddress(chunk, first), INSIDE, (states - first) >> PAGE_SHIFT);
      this.total += (states - first) >> PAGE_SHIFT;
      this.addBlocks(chunk, first, states);
    }
    this.unlockTable();
    return chunk !== NO_CHUNK;
  }

  /** Chunks that there are. */
  chunkCount(): u32 {
    return this.chunks.size();
  }

  /** The first physical address of chunk `index`, in ascending order; 0 behind the last one. */
  chunkBase(index: u32): u64 {
    this.lock.acquire();
    const base = index < this.chunks.size() ? this.chunks.base(index) : 0;
    this.lock.release();
    return base;
  }

  /** Whether a chunk has become free, but for what processors may keep at hand, since this was last asked. */
  hasNewFreeChunk(): bool {
    return this.chunks.takeFreed();
  }

  /** Bytes of the chunk that begins at a physical address; 0: there is none. */
  chunkBytes(base: u64): u64 {
    this.lock.acquire();
    const chunk = this.chunkAt(base);
    const bytes = chunk === NO_CHUNK ? 0 : this.chunks.end(chunk) - base;
    this.lock.release();
    return bytes;
  }

  /** Whether a chunk, by its first physical address, has pages and all of them are free in the pool. */
  isChunkFree(base: u64): bool {
    this.lock.acquire();
    const isFree = this.isFree(this.chunkAt(base));
    this.lock.release();
    return isFree;
  }

  /**
   * Takes all pages of a chunk out of the pool, which owns it still but hands none of it out.
   *
   * @returns false, and changes nothing, when no chunk with pages begins there or some of them are not free.
   */
  withdrawChunk(base: u64): bool {
    this.lockTable();
    const chunk = this.chunkAt(base);
    const isFree = this.isFree(chunk);
    if (isFree) {
      this.unlinkAll(chunk);
      this.chunks.dropPages(chunk);
    }
    this.unlockTable();
    return isFree;
  }

  /**
   * Forgets a chunk without pages of the pool: it is nobody's now.
   *
   * @returns false, and changes nothing, when no chunk begins there, or it has pages of the pool.
   */
  removeChunk(base: u64): bool {
    this.lockTable();
    const chunk = this.chunkAt(base);
    const isEmpty = chunk !== NO_CHUNK && !this.chunks.hasPages(chunk);
    if (isEmpty) this.chunks.remove(chunk);
    this.unlockTable();
    return isEmpty;
  }

  /** Adds memory that the operating system uses, too; nothing of it is handed out. False as for addChunk(). */
  addShared(phys: u64, bytes: u64): bool {
    this.lockTable();
    const chunk = this.chunks.insert(phys, bytes, false);
    if (chunk !== NO_CHUNK) this.chunks.markShared(chunk);
    this.unlockTable();
    return chunk !== NO_CHUNK;
  }

  /** Takes 2^order pages, aligned to their size and holding whatever they held: their physical address, or 0. */
  allocPages(order: u32): u64 {
    if (order > MAX_ORDER) return 0;
    this.lock.acquire();
    const phys = this.split(order);
    if (phys !== 0) poke8(this.stateOf(phys), TAKEN | <u8>order);
    this.lock.release();
    return phys;
  }

  /**
   * Gives back what allocPages(order) returned.
   *
   * @returns false, and changes nothing, when no block of this order is taken at this address.
   */
  freePages(phys: u64, order: u32): bool {
    if (order > MAX_ORDER) return false;
    this.lock.acquire();
    const chunk = this.chunks.find(phys);
    const state = this.stateIn(chunk, phys);
    const isTaken = state !== 0 && claimPage(state, TAKEN | <u8>order, INSIDE);
    if (isTaken) this.merge(chunk, phys, order);
    this.lock.release();
    return isTaken;
  }

  /** Takes up to `most` single pages to keep at hand; writes the address of each, and that of its state, to `entries`. */
  takeSingles(entries: u64, most: u32): u32 {
    let count: u32 = 0;
    this.lock.acquire();
    while (count < most) {
      const phys = this.split(0);
      if (phys === 0) break;
      const state = this.stateOf(phys);
      poke8(state, KEPT_PAGE);
      poke64(entries + <u64>count * 16, phys);
      poke64(entries + <u64>count * 16 + 8, state);
      count++;
    }
    this.lock.release();
    return count;
  }

  /** Takes back what takeSingles() gave to keep. */
  giveSingles(entries: u64, count: u32): void {
    this.lock.acquire();
    for (let i: u32 = 0; i < count; i++) {
      const phys = peek64(entries + <u64>i * 16);
      poke8(peek64(entries + <u64>i * 16 + 8), INSIDE);
      this.merge(this.chunks.find(phys), phys, 0);
    }
    this.lock.release();
  }

  /**
   * Gives back what allocPages(order) returned, into half 0 or 1 of limbo.
   *
   * @returns false, and changes nothing, when no block of this order is taken at this address.
   */
  bury(phys: u64, order: u32, half: u32): bool {
    if (order > MAX_ORDER) return false;
    this.lock.acquire();
    const state = this.stateOf(phys);
    const isTaken = state !== 0 && claimPage(state, TAKEN | <u8>order, limboOf(half) | <u8>order);
    if (isTaken) this.countWaiting(half, 1 << order);
    this.lock.release();
    return isTaken;
  }

  /** Makes up to `most` blocks of a half of limbo free: how many. */
  release(half: u32, most: u32): u32 {
    let count: u32 = 0;
    this.lock.acquire();
    for (let chunk: u32 = 0; chunk < this.chunks.size() && count < most && this.isWaiting(half); chunk++) {
      if (this.chunks.hasPages(chunk)) count += this.releaseIn(chunk, half, most - count);
    }
    this.lock.release();
    return count;
  }

  private releaseIn(chunk: u32, half: u32, most: u32): u32 {
    const base = this.chunks.base(chunk);
    const states = this.chunks.pagesEnd(chunk);
    let count: u32 = 0;
    // States begin at a page's border and are followed by bytes of "reserved": eight at a time
    for (let page: u64 = 0; page < (states - base) >> PAGE_SHIFT && count < most; page++) {
      const at = directAddress(states) + page;
      if ((page & 7) === 0 && (peek64(at) & LIMBO_BITS) === 0) {
        page += 7;
        continue;
      }
      const state = peek8(at);
      if ((state & ~ORDER) !== limboOf(half)) continue;
      const order: u32 = state & ORDER;
      this.countWaiting(half, -(1 << order));
      poke8(at, INSIDE);
      this.merge(chunk, base + (page << PAGE_SHIFT), order);
      count++;
    }
    return count;
  }

  /** Whether a half of limbo holds anything. */
  isWaiting(half: u32): bool {
    return (half === 0 ? this.waiting0 : this.waiting1) !== 0;
  }

  /** Pages in limbo. */
  waitingPages(): u32 {
    return this.waiting0 + this.waiting1;
  }

  private countWaiting(half: u32, count: i32): void {
    if (half === 0) this.waiting0 += <u32>count;
    else this.waiting1 += <u32>count;
  }

  /** Whether a physical address belongs to the hypervisor, handed out or not. */
  ownsPhys(phys: u64): bool {
    this.lock.acquire();
    const isOwn = this.chunks.find(phys) !== NO_CHUNK;
    this.lock.release();
    return isOwn;
  }

  /** The first physical address at or above `phys` that belongs to the hypervisor; all ones when there is none. */
  nextOwned(phys: u64): u64 {
    return this.nextOf(phys, false);
  }

  /** The same without what the operating system uses, too. */
  nextPrivate(phys: u64): u64 {
    return this.nextOf(phys, true);
  }

  private nextOf(phys: u64, isPrivate: bool): u64 {
    this.lock.acquire();
    const chunk = isPrivate ? this.chunks.nextPrivate(phys) : this.chunks.next(phys);
    const base = chunk === NO_CHUNK ? ~(<u64>0) : this.chunks.base(chunk);
    this.lock.release();
    return base < phys ? phys : base;
  }

  /**
   * Native address of the state byte of the page that begins at a physical address; 0: the pool has no such page. Whoever asks
   * holds the pool's lock, or a store's.
   */
  stateOf(phys: u64): u64 {
    return this.stateIn(this.chunks.find(phys), phys);
  }

  /** The same for a page that lies in a chunk, if it is one. */
  private stateIn(chunk: u32, phys: u64): u64 {
    if (chunk === NO_CHUNK || !this.chunks.hasPages(chunk) || !isAligned(phys, PAGE_BYTES)) return 0;
    return this.chunks.stateAddress(chunk, phys);
  }

  /** Whether a block of an order that somebody has begins at a physical address. Asked under the pool's lock, or a store's. */
  isTaken(phys: u64, order: u32): bool {
    const state = this.stateOf(phys);
    return state !== 0 && peek8(state) === (TAKEN | <u8>order);
  }

  /** Pages that can be handed out altogether. */
  totalPages(): u64 {
    return this.total;
  }

  /** Pages that are free now, and that no processor keeps at hand. */
  freePageCount(): u64 {
    return this.free;
  }

  /** Pages that are handed out now, or kept at hand: what is in limbo has been given back. */
  usedPages(): u64 {
    return this.total - this.free - <u64>this.waitingPages();
  }

  /** Free blocks of an order. */
  freeBlocks(order: u32): u32 {
    return order > MAX_ORDER ? 0 : this.counts.at(order);
  }

  /** Whether there is a free block that 2^order pages could be taken from; true or false may be past already. */
  hasBlock(order: u32): bool {
    return order <= MAX_ORDER && this.orders >> order !== 0;
  }

  /** Cuts the free pages [first, last) into the largest aligned blocks. */
  private addBlocks(chunk: u32, first: u64, last: u64): void {
    this.free += (last - first) >> PAGE_SHIFT;
    let phys = first;
    while (phys < last) {
      let order = MAX_ORDER;
      while (!isAligned(phys, PAGE_BYTES << order) || last - phys < PAGE_BYTES << order) order--;
      this.push(this.chunks.stateAddress(chunk, phys), phys, order);
      phys += PAGE_BYTES << order;
    }
  }

  /** Index of the chunk that begins at a physical address. */
  private chunkAt(base: u64): u32 {
    const chunk = this.chunks.find(base);
    return chunk !== NO_CHUNK && this.chunks.base(chunk) === base ? chunk : NO_CHUNK;
  }

  private isFree(chunk: u32): bool {
    return chunk !== NO_CHUNK && this.chunks.hasPages(chunk) && this.chunks.out(chunk) === 0;
  }

  /** Takes all blocks of a chunk out of their lists: few, since all that are free have merged. */
  private unlinkAll(chunk: u32): void {
    let phys = this.chunks.base(chunk);
    while (phys < this.chunks.pagesEnd(chunk)) {
      const state = peek8(this.chunks.stateAddress(chunk, phys));
      const order: u32 = (state & FREE) !== 0 ? state & ORDER : 0;
      if ((state & FREE) !== 0) {
        this.unlink(phys, order);
        this.free -= (<u64>1) << order;
        this.total -= (<u64>1) << order;
      }
      phys += PAGE_BYTES << order;
    }
  }

  /** Takes 2^order pages out of the smallest free block that has them, or 0; their state is the caller's to write. */
  private split(order: u32): u64 {
    let found = lowestBit(this.orders & ~(((<u64>1) << order) - 1));
    if (found > MAX_ORDER) return 0;
    const phys = this.heads.at(found);
    const chunk = this.chunks.find(phys);
    const state = this.chunks.stateAddress(chunk, phys);
    this.unlink(phys, found);
    while (found > order) {
      found--;
      this.push(state + ((<u64>1) << found), phys + (PAGE_BYTES << found), found);
    }
    this.free -= (<u64>1) << order;
    this.chunks.countOut(chunk, 1 << order);
    return phys;
  }

  /** Makes a block of a chunk free that is in no list, and whose state says "inside", together with every buddy that is free too. */
  private merge(chunk: u32, block: u64, blockOrder: u32): void {
    const base = this.chunks.base(chunk);
    let phys = block;
    let order = blockOrder;
    this.free += (<u64>1) << order;
    this.chunks.countOut(chunk, -(1 << order));
    while (order < MAX_ORDER) {
      const buddy = phys ^ (PAGE_BYTES << order);
      if (buddy < base) break;
      // A buddy above begins where this block ends, so never behind the states.
      const state = this.chunks.stateAddress(chunk, buddy);
      if (peek8(state) !== (FREE | <u8>order)) break;
      this.unlink(buddy, order);
      poke8(state, INSIDE);
      order++;
      phys = alignDown(phys, PAGE_BYTES << order);
    }
    this.push(this.chunks.stateAddress(chunk, phys), phys, order);
  }

  /** Puts a block in front of its order's list. */
  private push(state: u64, phys: u64, order: u32): void {
    const next = this.heads.at(order);
    poke8(state, FREE | <u8>order);
    poke64(directAddress(phys) + NEXT, next);
    poke64(directAddress(phys) + PREVIOUS, 0);
    if (next !== 0) poke64(directAddress(next) + PREVIOUS, phys);
    this.heads.set(order, phys);
    this.counts.set(order, this.counts.at(order) + 1);
    this.orders |= (<u64>1) << order;
  }

  /** Takes a block out of its order's list; its state byte stays. */
  private unlink(phys: u64, order: u32): void {
    const next = peek64(directAddress(phys) + NEXT);
    const previous = peek64(directAddress(phys) + PREVIOUS);
    if (next !== 0) poke64(directAddress(next) + PREVIOUS, previous);
    if (previous !== 0) poke64(directAddress(previous) + NEXT, next);
    else this.heads.set(order, next);
    this.counts.set(order, this.counts.at(order) - 1);
    if (this.heads.at(order) === 0) this.orders &= ~((<u64>1) << order);
  }

  /** The table of chunks changes: nobody reads it, and no page goes between the pool and the stores. */
  private lockTable(): void {
    lockAllStores();
    this.lock.acquire();
  }

  private unlockTable(): void {
    this.lock.release();
    unlockAllStores();
  }

  private get lock(): TicketLock {
    return changetype<TicketLock>(this);
  }

  private get heads(): FixedArray<u64> {
    return changetype<FixedArray<u64>>(changetype<usize>(this) + HEADS);
  }

  private get counts(): FixedArray<u32> {
    return changetype<FixedArray<u32>>(changetype<usize>(this) + COUNTS);
  }

  private get chunks(): ChunkTable {
    return changetype<ChunkTable>(changetype<usize>(this) + CHUNKS);
  }
}

/** Changes the state at a native address from one value to another; false when it is not that one. Of two, one succeeds. */
export function claimPage(state: u64, from: u8, to: u8): bool {
  return compareExchange8(state, from, to) === from;
}

function limboOf(half: u32): u8 {
  return half === 0 ? LIMBO_0 : LIMBO_1;
}
