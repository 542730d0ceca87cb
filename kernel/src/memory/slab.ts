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
import { copyMemory, fillMemory, peek32, peek64, poke32, poke64 } from "../../../bsl/src/memory";
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
/** An entry of a magazine, and what it holds: an object, and where its bit is among the kept ones: (word's address) * 64 + bit. */
const ENTRY: u64 = 16;
const OBJECT: u64 = 0;
const PLACE: u64 = 8;
/** "SLABSLAB"; with the cache's own address, the owner's word. */
const SLAB_MAGIC: u64 = 0x4241_4c53_4241_4c53;

/** Bytes that a cache takes in linear memory, aligned to 8. */
export const SLAB_CACHE_BYTES: i32 = 64;

/** All caches. */
const caches: FixedArray<u32> = changetype<FixedArray<u32>>(memory.data(4 * <i32>MOST_MAGAZINES, 4));
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
  /** Where its magazines are in a store, and how many objects one has room for. */
  private magazine: u32 = 0;
  private room: u32 = 0;
  /** 2^32 by the size of an object, rounded up. */
  private reciprocal: u64 = 0;

  /** Sets an empty cache up; false when no block is large enough for an object of this size, or it is one cache too many. */
  init(pool: BuddyPool, objectBytes: u32): bool {
    if (objectBytes === 0) return false;
    this.pool = changetype<usize>(pool);
    this.objectBytes = alignUp(<u64>objectBytes + RED_ZONE_BYTES, GRANULE);
    while (this.capacity() < COMFORTABLE_COUNT && this.order < COMFORTABLE_ORDER) this.order++;
    while (this.capacity() === 0 && this.order < MAX_ORDER) this.order++;
    this.perSlab = <u32>this.capacity();
    this.reciprocal = (0xffff_ffff + this.objectBytes) / this.objectBytes;
    if (this.perSlab === 0 || cacheCount === MOST_MAGAZINES) return false;
    this.magazine = <u32>STORE_MAGAZINES + cacheCount * <u32>MAGAZINE_BYTES;
    this.room = <u32>max<u64>(1, min<u64>(MAGAZINE_MOST_BYTES / this.objectBytes, MAGAZINE_ROOM));
    caches.set(cacheCount, <u32>changetype<usize>(this));
    cacheCount++;
    return true;
  }

  /** Takes an object of zeros that this processor has at hand: its native address, aligned to 16, or 0: there is none. */
  takeKept(): u64 {
    lockStore(OWN_STORE);
    const magazine = OWN_STORE + <u64>this.magazine;
    const count = peek32(magazine);
    if (count === 0) {
      unlockStore(OWN_STORE);
      return 0;
    }
    poke32(magazine, count - 1);
    const entry = magazine + <u64>count * ENTRY;
    const object = peek64(entry + OBJECT);
    letGo(peek64(entry + PLACE));
    unlockStore(OWN_STORE);
    if (isChecked()) checkFree(object, this.objectBytes);
    fillMemory(object, 0, this.objectBytes);
    if (isChecked()) markTaken(object, this.objectBytes);
    return object;
  }

  /** The same, or one from the slabs, or one from the pool; 0 when there is none. */
  allocate(): u64 {
    let object = this.takeKept();
    while (object === 0 && this.fill()) object = this.takeKept();
    return object;
  }

  /**
   * Gives an object back.
   *
   * @returns false, and changes nothing, when this is no object of this cache that is taken.
   */
  release(object: u64): bool {
    lockStore(OWN_STORE);
    const place = this.claim(object);
    if (place !== 0) {
      if (isChecked()) checkTaken(object, this.objectBytes);
      if (isChecked()) markFree(object, this.objectBytes);
      this.keep(object, place);
    }
    unlockStore(OWN_STORE);
    return place !== 0;
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
    for (let id: u32 = 0; id < storesThere(); id++) {
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

  private keep(object: u64, place: u64): void {
    const magazine = OWN_STORE + <u64>this.magazine;
    let count = peek32(magazine);
    if (count === this.room) count = this.giveObjects(magazine, (count + 1) / 2);
    poke32(magazine, count + 1);
    const entry = magazine + <u64>(count + 1) * ENTRY;
    poke64(entry + OBJECT, object);
    poke64(entry + PLACE, place);
  }

  /** Fills the own magazine by half, from the slabs that there are; only for the first object a new one is made. */
  private fill(): bool {
    lockStore(OWN_STORE);
    const magazine = OWN_STORE + <u64>this.magazine;
    const most = (this.room + 1) / 2;
    let count = peek32(magazine);
    this.lock.acquire();
    while (count < most && (this.first !== 0 || (count === 0 && this.grow()))) {
      const slab = this.first;
      const object = this.take(slab);
      const place = placeOf(slab, this.indexOf(slab, object));
      exchangeAdd64(place >> 6, (<u64>1) << (place & 63));
      count++;
      poke64(magazine + <u64>count * ENTRY + OBJECT, object);
      poke64(magazine + <u64>count * ENTRY + PLACE, place);
    }
    this.lock.release();
    poke32(magazine, count);
    unlockStore(OWN_STORE);
    return count !== 0;
  }

  /** Gives objects of a magazine back to their slabs, those that it has had longest: how many it has left. */
  private giveObjects(magazine: u64, given: u32): u32 {
    const left = peek32(magazine) - given;
    this.lock.acquire();
    for (let i: u32 = 1; i <= given; i++)
      this.giveOne(peek64(magazine + <u64>i * ENTRY), peek64(magazine + <u64>i * ENTRY + PLACE));
    this.lock.release();
    copyMemory(magazine + ENTRY, magazine + <u64>(given + 1) * ENTRY, <u64>left * ENTRY);
    poke32(magazine, left);
    return left;
  }

  /** Gives a kept object back to its slab. */
  private giveOne(object: u64, place: u64): void {
    letGo(place);
    const slab = alignDown(object, this.slabBytes());
    this.giveBack(slab, this.indexOf(slab, object));
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

  /** Makes an object that somebody has a kept one: its place, or 0 when there is none at this address. Of two, one succeeds. */
  private claim(object: u64): u64 {
    const slab = alignDown(object, this.slabBytes());
    if (!changetype<BuddyPool>(this.pool).isTaken(physOfDirect(slab), this.order)) return 0;
    if (peek64(slab + OWNER) !== this.ownerWord()) return 0;
    // Of an address in the header the index wraps around, and is no object's.
    const index = this.indexOf(slab, object);
    if (index >= <u64>this.perSlab || slab + OBJECTS + index * this.objectBytes !== object) return 0;
    const place = placeOf(slab, index);
    const word = place >> 6;
    const bit = (<u64>1) << (index & 63);
    if ((peek64(word - KEPT + TAKEN) & bit) === 0) return 0;
    let seen = peek64(word);
    while ((seen & bit) === 0) {
      const before = compareExchange64(word, seen, seen | bit);
      if (before === seen) return place;
      seen = before;
    }
    return 0;
  }

  /** An object's number in its slab. By a multiplication, which is exact for what begins where an object does. */
  private indexOf(slab: u64, object: u64): u64 {
    return ((object - slab - OBJECTS) * this.reciprocal) >> 32;
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

/** Where a slab says of an object whether it is kept. */
function placeOf(slab: u64, index: u64): u64 {
  return ((slab + KEPT) << 6) + ((index >> 6) << 9) + (index & 63);
}

/** An object is not kept any more. Others change other bits of its word at the same time. */
function letGo(place: u64): void {
  exchangeAdd64(place >> 6, 0 - ((<u64>1) << (place & 63)));
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
