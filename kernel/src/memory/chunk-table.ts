// The chunks of physical memory that belong to the hypervisor, in ascending order
//
//     base                                                                                          end
//      ├── used by the loader ──┼── pages of the pool ───────────────────────────┼── page states ────┤
//                            1 byte per page of the chunk, in whole pages at its end ──┘
//
// All else about a chunk follows from where it begins and ends, but for how much of it is in use. An entry is three words:
//
//      63                                                    12           0
//     ┌───────────────────────────────────────────────────────┬────────────┐
//     │ base                                                  │     0      │
//     ├───────────────────────────────────────────────────────┼──────────┬─┤
//     │ end                                                   │     0    │P│  P: has pages of the pool, and so page states
//     ├───────────────────────────────────────────────────────┴──────────┴─┤
//     │ out                                                                │  pages of the pool that are in no list of free
//     └────────────────────────────────────────────────────────────────────┘  blocks; 0: the chunk is wholly free

import { DIRECT_BYTES } from "../../../abi/generated/bare/windows";
import { isAligned } from "../../../bsl/src/bits";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { PAGE_BYTES } from "./direct";

/** Most chunks; 4 GiB if each has 4 MiB, as Linux's largest allocations do. */
export const MAX_CHUNKS: u32 = 1024;
/** No chunk. */
export const NO_CHUNK: u32 = 0xffff_ffff;
/** Bytes that a table takes. */
export const CHUNK_TABLE_BYTES: u32 = 8 + MAX_CHUNKS * 24;

const HAS_PAGES: u64 = 1;
/** Words of an entry, and where they are. */
const ENTRY: u32 = 3;
const BASE: u32 = 0;
const END: u32 = 1;
const OUT: u32 = 2;

/** A sorted table of chunks in linear memory, empty when zeroed. Its owner's lock protects it. */
@unmanaged
export class ChunkTable {
  private count: u32 = 0;
  private reserved: u32 = 0;

  /** Enters a chunk; its index, or NO_CHUNK when it is no whole pages, overlaps another one or the table is full. */
  insert(base: u64, bytes: u64, hasPages: bool): u32 {
    if (!isAligned(base | bytes, PAGE_BYTES) || base === 0 || bytes === 0) return NO_CHUNK;
    if (base >= DIRECT_BYTES || bytes > DIRECT_BYTES - base || this.count === MAX_CHUNKS) return NO_CHUNK;
    const index = this.countUpTo(base);
    if (index > 0 && this.end(index - 1) > base) return NO_CHUNK;
    if (index < this.count && this.base(index) < base + bytes) return NO_CHUNK;
    this.words.move(ENTRY * (index + 1), ENTRY * index, ENTRY * (this.count - index));
    this.words.set(ENTRY * index + BASE, base);
    this.words.set(ENTRY * index + END, (base + bytes) | (hasPages ? HAS_PAGES : 0));
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
    const index = this.countUpTo(phys);
    return index > 0 && phys < this.end(index - 1) ? index - 1 : NO_CHUNK;
  }

  /** Index of the first chunk that ends behind a physical address, or NO_CHUNK. */
  next(phys: u64): u32 {
    const index = this.countUpTo(phys);
    if (index > 0 && phys < this.end(index - 1)) return index - 1;
    return index < this.count ? index : NO_CHUNK;
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
    return this.words.at(ENTRY * index + END) & ~HAS_PAGES;
  }

  /** Whether chunk `index` has pages of the pool. */
  hasPages(index: u32): bool {
    return (this.words.at(ENTRY * index + END) & HAS_PAGES) !== 0;
  }

  /** Chunk `index` is owned from now on, and has no pages of the pool. */
  dropPages(index: u32): void {
    this.words.set(ENTRY * index + END, this.end(index));
  }

  /** Pages of chunk `index` that are in none of the pool's lists of free blocks. */
  out(index: u32): u64 {
    return this.words.at(ENTRY * index + OUT);
  }

  /** Counts pages that leave those lists, or come back. */
  countOut(index: u32, pages: i64): void {
    this.words.set(ENTRY * index + OUT, this.out(index) + <u64>pages);
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
    return changetype<FixedArray<u64>>(changetype<usize>(this) + 8);
  }
}
