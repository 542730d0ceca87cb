// The chunks of physical memory that belong to the hypervisor, in ascending order
//
//     base                                                                                          end
//      ├── used by the loader ──┼── pages of the pool ───────────────────────────┼── page states ────┤
//                            1 byte per page of the chunk, in whole pages at its end ──┘
//
// An entry is four words. What is looked up for each page that comes and goes is ready to use:
//
//      63                                                                 0
//     ┌────────────────────────────────────────────────────────────────────┐
//     │ base                                                               │
//     ├────────────────────────────────────────────────────────────────────┤
//     │ end                                                                │
//     ├────────────────────────────────────────────────────────────────────┤
//     │ states: plus a page's number: native address of its state          │  0: has no pages of the pool; 1: it is
//     ├────────────────────────────────────────────────────────────────────┤  shared with the operating system
//     │ out                                                                │  pages of the pool that are in no list of free
//     └────────────────────────────────────────────────────────────────────┘  blocks; 0: the chunk is wholly free
//
// Where a page was found last is remembered by its address, 4 MiB as one: as many chunks have that size, finding a page's chunk
// again is one look.

import { DIRECT_BYTES } from "../../../abi/generated/bare/windows";
import { isAligned } from "../../../bsl/src/bits";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { directAddress, PAGE_BYTES, PAGE_SHIFT } from "./direct";

/** Most chunks; 4 GiB if each has 4 MiB, as Linux's largest allocations do. */
export const MAX_CHUNKS: u32 = 1024;
/** A chunk with so few pages out may be wholly free but for those that processors keep at hand. */
const NEARLY: u64 = 64;
/** No chunk. */
export const NO_CHUNK: u32 = 0xffff_ffff;

/** Words of an entry, and which they are. */
const ENTRY: u32 = 4;
const BASE: u32 = 0;
const END: u32 = 1;
const STATES: u32 = 2;
const OUT: u32 = 3;
/** In the place of "states". */
const SHARED: u64 = 1;

/** Chunks that are remembered by addresses, and log2 of the bytes that count as one. */
const MEMORIES: u32 = 1024;
const MEMORY_SHIFT: u64 = 22;

/** Offsets of what lies behind the table's fields, and bytes that it takes. */
const WORDS: usize = 8;
const MEMORY: usize = WORDS + 8 * <usize>(ENTRY * MAX_CHUNKS);
export const CHUNK_TABLE_BYTES: u32 = <u32>MEMORY + 2 * MEMORIES;

/** A sorted table of chunks in linear memory, empty when zeroed. Its owner's locks protect it. */
@unmanaged
export class ChunkTable {
  private count: u32 = 0;
  /** 1 when a chunk has become free, or nearly, that nobody has asked about. */
  private freed: u32 = 0;

  /** Enters a chunk; its index, or NO_CHUNK when it is no whole pages, overlaps another one or the table is full. */
  insert(base: u64, bytes: u64, hasPages: bool): u32 {
    if (!isAligned(base | bytes, PAGE_BYTES) || base === 0 || bytes === 0) return NO_CHUNK;
    if (base >= DIRECT_BYTES || bytes > DIRECT_BYTES - base || this.count === MAX_CHUNKS) return NO_CHUNK;
    const index = this.countUpTo(base);
    if (index > 0 && this.end(index - 1) > base) return NO_CHUNK;
    if (index < this.count && this.base(index) < base + bytes) return NO_CHUNK;
    this.words.move(ENTRY * (index + 1), ENTRY * index, ENTRY * (this.count - index));
    this.words.set(ENTRY * index + BASE, base);
    this.words.set(ENTRY * index + END, base + bytes);
    const states = directAddress(statesBehind(base, base + bytes)) - (base >> PAGE_SHIFT);
    this.words.set(ENTRY * index + STATES, hasPages ? states : 0);
    this.words.set(ENTRY * index + OUT, 0);
    this.count++;
    return index;
  }

  /** Forgets chunk `index`; those behind it move up. */
  remove(index: u32): void {
    this.count--;
    this.words.move(ENTRY * index, ENTRY * (index + 1), ENTRY * (this.count - index));
  }

  /** Index of the chunk that a physical address lies in, or NO_CHUNK. */
  find(phys: u64): u32 {
    const place = <u32>(phys >> MEMORY_SHIFT) % MEMORIES;
    const last: u32 = this.memories.at(place);
    if (last < this.count && phys >= this.base(last) && phys < this.end(last)) return last;
    const index = this.countUpTo(phys) - 1;
    if (index === NO_CHUNK || phys >= this.end(index)) return NO_CHUNK;
    // Several processors may write here at once: whatever they leave, it is looked at before it is believed
    this.memories.set(place, <u16>index);
    return index;
  }

  /** Index of the first chunk that ends behind a physical address, or NO_CHUNK. */
  next(phys: u64): u32 {
    const index = this.countUpTo(phys);
    if (index > 0 && phys < this.end(index - 1)) return index - 1;
    return index < this.count ? index : NO_CHUNK;
  }

  /** The same without chunks that are shared. */
  nextPrivate(phys: u64): u32 {
    let index = this.next(phys);
    while (index !== NO_CHUNK && this.words.at(ENTRY * index + STATES) === SHARED) {
      index = index + 1 < this.count ? index + 1 : NO_CHUNK;
    }
    return index;
  }

  /** Chunks that there are. */
  size(): u32 {
    return this.count;
  }

  /** First physical address of chunk `index`. */
  base(index: u32): u64 {
    return this.words.at(ENTRY * index + BASE);
  }

  /** Physical address behind chunk `index`. */
  end(index: u32): u64 {
    return this.words.at(ENTRY * index + END);
  }

  /** Whether chunk `index` has pages of the pool. */
  hasPages(index: u32): bool {
    return this.words.at(ENTRY * index + STATES) > SHARED;
  }

  /** Chunk `index`, which has no pages of the pool, is the operating system's, too. */
  markShared(index: u32): void {
    this.words.set(ENTRY * index + STATES, SHARED);
  }

  /** Physical address behind the pages of chunk `index`, where their states are. */
  pagesEnd(index: u32): u64 {
    return statesBehind(this.base(index), this.end(index));
  }

  /** Native address of the state of a page of chunk `index`, which has pages. */
  stateAddress(index: u32, phys: u64): u64 {
    return this.words.at(ENTRY * index + STATES) + (phys >> PAGE_SHIFT);
  }

  /** Chunk `index` is owned from now on, and has no pages of the pool. */
  dropPages(index: u32): void {
    this.words.set(ENTRY * index + STATES, 0);
  }

  /** Pages of chunk `index` that are in none of the pool's lists of free blocks. */
  out(index: u32): u64 {
    return this.words.at(ENTRY * index + OUT);
  }

  /** Counts pages that leave those lists, or come back. */
  countOut(index: u32, pages: i64): void {
    const out = this.out(index) + <u64>pages;
    this.words.set(ENTRY * index + OUT, out);
    if (pages < 0 && out <= NEARLY) this.freed = 1;
  }

  /** Whether a chunk has become free, but for what processors may keep at hand, since this was last asked. */
  takeFreed(): bool {
    const isNew = this.freed !== 0;
    this.freed = 0;
    return isNew;
  }

  /** How many chunks begin at or below a physical address. */
  private countUpTo(phys: u64): u32 {
    let low: u32 = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.base(middle) <= phys) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private get words(): FixedArray<u64> {
    return changetype<FixedArray<u64>>(changetype<usize>(this) + WORDS);
  }

  private get memories(): FixedArray<u16> {
    return changetype<FixedArray<u16>>(changetype<usize>(this) + MEMORY);
  }
}

/** Physical address of the states of a chunk: whole pages at its end. */
export function statesBehind(base: u64, end: u64): u64 {
  return end - ((((end - base) >> PAGE_SHIFT) + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
}
