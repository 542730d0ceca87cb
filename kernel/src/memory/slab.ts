// Objects of one size in pages of the buddy allocator
//
// A slab is a block of pages with a header and objects behind it. The header's bitmap tells which objects are taken, so
// nothing is written into free ones, and giving an object back twice is noticed:
//
//      0          8          16         24     28      32                    96                            block's end
//     ┌──────────┬──────────┬──────────┬──────┬───────┬─────────────────────┬──────────┬──────────┬───────────┐
//     │ owner    │ next     │ previous │ used │   0   │ taken: 512 bits     │ object 0 │ object 1 │ ...       │
//     └──────────┴──────────┴──────────┴──────┴───────┴─────────────────────┴──────────┴──────────┴───────────┘
//
// Blocks lie at multiples of their size, so an object's slab is found by its address. Slabs with a free object are in a
// list; full ones are in none. One slab without any object is kept, further ones go back to the pool at once.

import { alignDown, alignUp, lowestBit } from "../../../bsl/src/bits";
import { TicketLock } from "../../../bsl/src/lock";
import { fillMemory, peek32, peek64, poke32, poke64 } from "../../../bsl/src/memory";
import { BuddyPool, MAX_ORDER } from "./buddy";
import { directAddress, PAGE_BYTES, physOfDirect } from "./direct";

/** Offsets in a slab's header. */
const OWNER: u64 = 0;
const NEXT: u64 = 8;
const PREVIOUS: u64 = 16;
const USED: u64 = 24;
const TAKEN: u64 = 32;
const OBJECTS: u64 = 96;

const BITMAP_WORDS: u32 = 8;
const MAX_OBJECTS: u64 = 512;
/** Sizes are rounded up to this, which is also the alignment of objects. */
const GRANULE: u64 = 16;
/** A block is made large enough for so many objects, as long as it is not larger than 2^COMFORTABLE_ORDER pages. */
const COMFORTABLE_COUNT: u64 = 8;
const COMFORTABLE_ORDER: u32 = 3;
/** "SLABSLAB"; with the cache's own address, the owner's word. */
const SLAB_MAGIC: u64 = 0x4241_4c53_4241_4c53;

/** Bytes that a cache takes in linear memory, aligned to 8. */
export const SLAB_CACHE_BYTES: i32 = 56;

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
  private used: u32 = 0;

  /** Sets an empty cache up; false when no block is large enough for an object of this size. */
  init(pool: BuddyPool, objectBytes: u32): bool {
    if (objectBytes === 0) return false;
    this.pool = changetype<usize>(pool);
    this.objectBytes = alignUp(objectBytes, GRANULE);
    while (this.capacity() < COMFORTABLE_COUNT && this.order < COMFORTABLE_ORDER) this.order++;
    while (this.capacity() === 0 && this.order < MAX_ORDER) this.order++;
    this.perSlab = <u32>this.capacity();
    return this.perSlab !== 0;
  }

  /** Takes an object of zeros: its native address, aligned to 16, or 0 when the pool is empty. */
  allocate(): u64 {
    let object: u64 = 0;
    this.lock.acquire();
    if (this.first !== 0 || this.grow()) object = this.take(this.first);
    this.lock.release();
    if (object !== 0) fillMemory(object, 0, this.objectBytes);
    return object;
  }

  /**
   * Gives an object back.
   *
   * @returns false, and changes nothing, when this is no object of this cache that is taken.
   */
  release(object: u64): bool {
    const slab = alignDown(object, this.slabBytes());
    if (!changetype<BuddyPool>(this.pool).ownsPhys(physOfDirect(slab))) return false;
    this.lock.acquire();
    const isTaken = this.isTaken(slab, object);
    if (isTaken) this.giveBack(slab, this.indexOf(slab, object));
    this.lock.release();
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
    return this.used;
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

  /** Whether there is an object at exactly this address, and somebody has it. */
  private isTaken(slab: u64, object: u64): bool {
    if (peek64(slab + OWNER) !== this.ownerWord()) return false;
    // Of an address in the header the index wraps around, and is no object's.
    const index = this.indexOf(slab, object);
    if (index >= <u64>this.perSlab || slab + OBJECTS + index * this.objectBytes !== object) return false;
    return ((peek64(slab + TAKEN + (index >> 6) * 8) >> (index & 63)) & 1) !== 0;
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
