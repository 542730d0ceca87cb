// Objects of one size in pages of the buddy allocator
//
// A slab is a block of pages with a header and objects behind it. The header has two bitmaps: which objects are taken, and
// which of those a processor keeps at hand. Nothing is written into free objects, and giving one back twice is noticed:
//
//      0          8          16         24     28      32                    96                    160                  block's end
//     ┌──────────┬──────────┬──────────┬──────┬───────┬─────────────────────┬─────────────────────┬──────────┬───────────┐
//     │ owner    │ next     │ previous │ used │   0   │ taken: 512 bits     │ kept: 512 bits      │ object 0 │ ...       │
//     └──────────┴──────────┴──────────┴──────┴───────┴─────────────────────┴─────────────────────┴──────────┴───────────┘
//
// Blocks lie at multiples of their size, so an object's slab is found by its address. Slabs with a free object are in a
// list; full ones are in none. One slab without any object is kept, further ones go back to the pool at once.
//
// Between the slabs and who needs objects there is a magazine for each processor, in its store (store.ts). So the lock of the
// cache is taken for several objects at once:
//
//     slabs ──some, when there is none──> magazine ──> whoever takes one
//           <──half, when it is full───── magazine <── whoever gives one back

import { compareExchange64, exchangeAdd64 } from "../../../bsl/src/atomic";
import { alignDown, alignUp, lowestBit } from "../../../bsl/src/bits";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { TicketLock } from "../../../bsl/src/lock";
import { fillMemory, peek32, peek64, poke32, poke64 } from "../../../bsl/src/memory";
import { BuddyPool, MAX_ORDER } from "./buddy";
import { directAddress, PAGE_BYTES, physOfDirect } from "./direct";
import { checkFree, checkTaken, isChecked, markFree, markTaken, RED_ZONE_BYTES } from "./object-checks";
import {
  lockStore,
  MAGAZINE_BYTES,
  MAGAZINE_ROOM,
  MOST_MAGAZINES,
  OWN_STORE,
  STORE_MAGAZINES,
  storeAt,
  storesThere,
  unlockStore,
} from "./store";

/** Offsets in a slab's header. */
const OWNER: u64 = 0;
const NEXT: u64 = 8;
const PREVIOUS: u64 = 16;
const USED: u64 = 24;
const TAKEN: u64 = 32;
const KEPT: u64 = 96;
const OBJECTS: u64 = 160;

const BITMAP_WORDS: u32 = 8;
const MAX_OBJECTS: u64 = 512;
/** Sizes are rounded up to this, which is also the alignment of objects. */
const GRANULE: u64 = 16;
/** A block is made large enough for so many objects, as long as it is not larger than 2^COMFORTABLE_ORDER pages. */
const COMFORTABLE_COUNT: u64 = 8;
const COMFORTABLE_ORDER: u32 = 3;
/** A magazine keeps no more bytes than this, and at least one object. */
const MAGAZINE_MOST_BYTES: u64 = 0x1000;
/** "SLABSLAB"; with the cache's own address, the owner's word. */
const SLAB_MAGIC: u64 = 0x4241_4c53_4241_4c53;

/** Bytes that a cache takes in linear memory, aligned to 8. */
export const SLAB_CACHE_BYTES: i32 = 64;

/** More caches than the kernel has kinds of objects. */
const MOST_CACHES: i32 = 8;
/** Caches that have magazines. */
const caches: FixedArray<u32> = changetype<FixedArray<u32>>(memory.data(4 * MOST_CACHES, 4));
let cacheCount: u32 = 0;

/** Objects of one size. Zeroed and then set up by init(). Safe for several processors. */
@unmanaged
export class SlabCache {
  private lockNext: u32 = 0;
  private lockServing: u32 = 0;
  /** Native address of the first slab that has a free object, or 0. */
  private first: u64 = 0;
  private objectBytes: u64 = 0;
  private pool: usize = 0;
  private order: u32 = 0;
  private perSlab: u32 = 0;
  private slabs: u32 = 0;
  private empty: u32 = 0;
  /** Objects that are taken, those in magazines included. */
  private used: u32 = 0;
  /** Where its magazines are in a store; objects that one has room for, 0: it has none. */
  private magazine: u32 = 0;
  private room: u32 = 0;

  /** Sets an empty cache up; false when no block is large enough for an object of this size. */
  init(pool: BuddyPool, objectBytes: u32): bool {
    if (objectBytes === 0) return false;
    this.pool = changetype<usize>(pool);
    this.objectBytes = alignUp(<u64>objectBytes + RED_ZONE_BYTES, GRANULE);
    while (this.capacity() < COMFORTABLE_COUNT && this.order < COMFORTABLE_ORDER) this.order++;
    while (this.capacity() === 0 && this.order < MAX_ORDER) this.order++;
    this.perSlab = <u32>this.capacity();
    if (this.perSlab === 0) return false;
    if (cacheCount < MOST_MAGAZINES) {
      this.magazine = <u32>STORE_MAGAZINES + cacheCount * <u32>MAGAZINE_BYTES;
      this.room = <u32>max<u64>(1, min<u64>(MAGAZINE_MOST_BYTES / this.objectBytes, MAGAZINE_ROOM));
      caches.set(cacheCount, <u32>changetype<usize>(this));
      cacheCount++;
    }
    return true;
  }

  /** Takes an object of zeros: its native address, aligned to 16, or 0 when neither magazine, slabs nor pool have one. */
  allocate(): u64 {
    lockStore(OWN_STORE);
    const object = this.room !== 0 ? this.takeKept() : this.takeOne();
    unlockStore(OWN_STORE);
    if (object === 0) return 0;
    if (isChecked()) checkFree(object, this.objectBytes);
    fillMemory(object, 0, this.objectBytes);
    if (isChecked()) markTaken(object, this.objectBytes);
    return object;
  }

  /**
   * Gives an object back.
   *
   * @returns false, and changes nothing, when this is no object of this cache that is taken.
   */
  release(object: u64): bool {
    const slab = alignDown(object, this.slabBytes());
    lockStore(OWN_STORE);
    const isTaken = this.claim(slab, object);
    if (isTaken) {
      if (isChecked()) checkTaken(object, this.objectBytes);
      if (isChecked()) markFree(object, this.objectBytes);
      if (this.room !== 0) this.keep(object);
      else this.giveOne(object);
    }
    unlockStore(OWN_STORE);
    return isTaken;
  }

  /** Gives the slab that was kept without objects back to the pool: how many pages that were. */
  shrink(): u32 {
    this.lock.acquire();
    let pages: u32 = 0;
    let slab = this.first;
    while (slab !== 0 && this.empty !== 0) {
      const next = peek64(slab + NEXT);
      if (peek32(slab + USED) === 0) {
        this.discard(slab);
        this.empty--;
        pages += 1 << this.order;
      }
      slab = next;
    }
    this.lock.release();
    return pages;
  }

  /** Objects that are taken now. */
  usedObjects(): u32 {
    let kept: u32 = 0;
    for (let id: u32 = 0; this.room !== 0 && id < storesThere(); id++) {
      if (storeAt(id) !== 0) kept += peek32(storeAt(id) + this.magazine);
    }
    return this.used - kept;
  }

  /** Objects that slabs have room for now. */
  totalObjects(): u32 {
    return this.slabs * this.perSlab;
  }

  /** Pages that slabs take now. */
  pageCount(): u32 {
    return this.slabs << this.order;
  }

  /** Order of the blocks that are its slabs. */
  slabOrder(): u32 {
    return this.order;
  }

  /** Bytes from one object to the next. */
  strideBytes(): u64 {
    return this.objectBytes;
  }

  /** Gives all objects of a processor's magazine back to their slabs: how many. The store is locked. */
  emptyMagazine(store: u64): u32 {
    const count = peek32(store + this.magazine);
    if (count !== 0) this.giveObjects(store + this.magazine, count);
    return count;
  }

  /** Takes an object out of the own magazine, which is filled first when it is empty. */
  private takeKept(): u64 {
    const magazine = OWN_STORE + <u64>this.magazine;
    let count = peek32(magazine);
    if (count === 0) count = this.fill(magazine);
    if (count === 0) return 0;
    poke32(magazine, count - 1);
    const object = peek64(magazine + <u64>count * 8);
    this.changeKept(object, false);
    return object;
  }

  private keep(object: u64): void {
    const magazine = OWN_STORE + <u64>this.magazine;
    if (peek32(magazine) === this.room) this.giveObjects(magazine, (this.room + 1) / 2);
    const count = peek32(magazine) + 1;
    poke64(magazine + <u64>count * 8, object);
    poke32(magazine, count);
  }

  /** Fills an empty magazine by half, from the slabs that there are; only for the first object a new one is made. */
  private fill(magazine: u64): u32 {
    const most = (this.room + 1) / 2;
    let count: u32 = 0;
    this.lock.acquire();
    while (count < most && (this.first !== 0 || (count === 0 && this.grow()))) {
      const object = this.take(this.first);
      this.changeKept(object, true);
      count++;
      poke64(magazine + <u64>count * 8, object);
    }
    this.lock.release();
    poke32(magazine, count);
    return count;
  }

  /** Gives objects of a magazine back to their slabs, those that it has had longest. */
  private giveObjects(magazine: u64, given: u32): void {
    const count = peek32(magazine);
    this.lock.acquire();
    for (let i: u32 = 1; i <= given; i++) {
      const object = peek64(magazine + <u64>i * 8);
      this.changeKept(object, false);
      const slab = alignDown(object, this.slabBytes());
      this.giveBack(slab, this.indexOf(slab, object));
    }
    this.lock.release();
    for (let i = given + 1; i <= count; i++) poke64(magazine + <u64>(i - given) * 8, peek64(magazine + <u64>i * 8));
    poke32(magazine, count - given);
  }

  /** The same as takeKept() and keep(), of a cache without magazines. */
  private takeOne(): u64 {
    this.lock.acquire();
    const object = this.first !== 0 || this.grow() ? this.take(this.first) : 0;
    this.lock.release();
    return object;
  }

  private giveOne(object: u64): void {
    const slab = alignDown(object, this.slabBytes());
    this.lock.acquire();
    this.changeKept(object, false);
    this.giveBack(slab, this.indexOf(slab, object));
    this.lock.release();
  }

  /** Adds a slab with nothing in it; false when the pool is empty. */
  private grow(): bool {
    const phys = changetype<BuddyPool>(this.pool).allocPages(this.order);
    if (phys === 0) return false;
    const slab = directAddress(phys);
    poke64(slab + OWNER, this.ownerWord());
    poke64(slab + USED, 0);
    for (let word: u32 = 0; word < BITMAP_WORDS; word++) {
      const start = word * 64;
      const there: u32 = this.perSlab > start ? this.perSlab - start : 0;
      poke64(slab + TAKEN + <u64>word * 8, there >= 64 ? 0 : ~(((<u64>1) << there) - 1));
      poke64(slab + KEPT + <u64>word * 8, 0);
    }
    for (let i: u32 = 0; isChecked() && i < this.perSlab; i++) {
      markFree(slab + OBJECTS + <u64>i * this.objectBytes, this.objectBytes);
    }
    this.push(slab);
    this.slabs++;
    this.empty++;
    return true;
  }

  /** Takes the first free object of a slab that has one. */
  private take(slab: u64): u64 {
    let word = slab + TAKEN;
    while (peek64(word) === ~(<u64>0)) word += 8;
    const bits = peek64(word);
    const bit = lowestBit(~bits);
    poke64(word, bits | ((<u64>1) << bit));
    const used = peek32(slab + USED) + 1;
    poke32(slab + USED, used);
    if (used === 1) this.empty--;
    if (used === this.perSlab) this.unlink(slab);
    this.used++;
    const index = (word - slab - TAKEN) * 8 + <u64>bit;
    return slab + OBJECTS + index * this.objectBytes;
  }

  private giveBack(slab: u64, index: u64): void {
    const word = slab + TAKEN + (index >> 6) * 8;
    poke64(word, peek64(word) & ~((<u64>1) << (index & 63)));
    const used = peek32(slab + USED);
    poke32(slab + USED, used - 1);
    this.used--;
    if (used === this.perSlab) this.push(slab);
    if (used !== 1) return;
    if (this.empty === 0) this.empty = 1;
    else this.discard(slab);
  }

  /** Makes an object that somebody has a kept one: false when there is none at exactly this address. Of two, one succeeds. */
  private claim(slab: u64, object: u64): bool {
    if (!changetype<BuddyPool>(this.pool).isTaken(physOfDirect(slab), this.order)) return false;
    if (peek64(slab + OWNER) !== this.ownerWord()) return false;
    // Of an address in the header the index wraps around, and is no object's.
    const index = this.indexOf(slab, object);
    if (index >= <u64>this.perSlab || slab + OBJECTS + index * this.objectBytes !== object) return false;
    const word = slab + (index >> 6) * 8;
    const bit = (<u64>1) << (index & 63);
    if ((peek64(word + TAKEN) & bit) === 0) return false;
    let seen = peek64(word + KEPT);
    while ((seen & bit) === 0) {
      const before = compareExchange64(word + KEPT, seen, seen | bit);
      if (before === seen) return true;
      seen = before;
    }
    return false;
  }

  /** Says of an object that nobody else has whether it is kept. Others change other bits of that word at the same time. */
  private changeKept(object: u64, isKept: bool): void {
    const slab = alignDown(object, this.slabBytes());
    const index = this.indexOf(slab, object);
    const word = slab + KEPT + (index >> 6) * 8;
    const bit = (<u64>1) << (index & 63);
    exchangeAdd64(word, isKept ? bit : 0 - bit);
  }

  private indexOf(slab: u64, object: u64): u64 {
    return (object - slab - OBJECTS) / this.objectBytes;
  }

  /** Gives a listed slab without objects back to the pool. */
  private discard(slab: u64): void {
    this.unlink(slab);
    this.slabs--;
    changetype<BuddyPool>(this.pool).freePages(physOfDirect(slab), this.order);
  }

  private push(slab: u64): void {
    poke64(slab + NEXT, this.first);
    poke64(slab + PREVIOUS, 0);
    if (this.first !== 0) poke64(this.first + PREVIOUS, slab);
    this.first = slab;
  }

  private unlink(slab: u64): void {
    const next = peek64(slab + NEXT);
    const previous = peek64(slab + PREVIOUS);
    if (next !== 0) poke64(next + PREVIOUS, previous);
    if (previous !== 0) poke64(previous + NEXT, next);
    else this.first = next;
  }

  /** How many objects a slab of the present order has room for. */
  private capacity(): u64 {
    const count = (this.slabBytes() - OBJECTS) / this.objectBytes;
    return count > MAX_OBJECTS ? MAX_OBJECTS : count;
  }

  private slabBytes(): u64 {
    return PAGE_BYTES << this.order;
  }

  private ownerWord(): u64 {
    return SLAB_MAGIC ^ <u64>changetype<usize>(this);
  }

  private get lock(): TicketLock {
    return changetype<TicketLock>(this);
  }
}

/** Gives what all magazines keep back to the slabs, and slabs without objects to the pool: how many objects and pages. */
export function emptyMagazines(): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < cacheCount; i++) {
    const cache = changetype<SlabCache>(<usize>caches.at(i));
    for (let id: u32 = 0; id < storesThere(); id++) {
      if (storeAt(id) !== 0) count += cache.emptyMagazine(storeAt(id));
    }
    count += cache.shrink();
  }
  return count;
}
