// The arena: physically contiguous chunks of memory that belong to the hypervisor while it runs
//
//     chunk 0:  [ page tables, kernel segments, processors' areas | the kernel's pool .............. ]
//     chunk 1:  [ the kernel's pool ............................................................... ]
//                 ^ carved here, from the front of the first chunk that has room
//
// Everything that the loader needs inside is carved before any processor is touched; what is left is the kernel's.

import { fillMemory } from "../../bsl/src/memory";
import { ARENA_STEP_BYTES, MAX_CHUNKS } from "./limits";
import { givePages, PAGE_BYTES, takePages } from "./pages";
import { physicalAddress } from "./platform";

/** Linux's page allocator gives at most this much in one piece (order 10). */
const LARGEST_CHUNK_BYTES: u64 = 0x40_0000;

/** One chunk. */
@unmanaged
export class Chunk {
  /** In the operating system's address space. */
  address: u64 = 0;
  physical: u64 = 0;
  bytes: u64 = 0;
  /** Carved from its start. */
  used: u64 = 0;
}

const chunks: usize = memory.data(MAX_CHUNKS * offsetof<Chunk>(), 8);
let count: u32 = 0;

/** Chunks that the arena has. */
export function chunkCount(): u32 {
  return count;
}

/** Chunk `index`. */
export function chunkAt(index: u32): Chunk {
  return changetype<Chunk>(chunks + <usize>index * offsetof<Chunk>());
}

/** Bytes that the arena holds. */
export function arenaBytes(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < count; i++) bytes += chunkAt(i).bytes;
  return bytes;
}

/**
 * Takes at least `bytes` bytes, in as few chunks as the operating system's fragmentation allows. False, and nothing
 * taken, when that is impossible.
 */
export function reserveArena(bytes: u64): bool {
  let limit = LARGEST_CHUNK_BYTES;
  let left: u64 = (bytes + ARENA_STEP_BYTES - 1) & ~(ARENA_STEP_BYTES - 1);
  while (left !== 0) {
    let size = limit;
    while (size > left) size /= 2;
    const address = count < MAX_CHUNKS ? takePages(size / PAGE_BYTES, true) : 0;
    if (address !== 0) {
      const chunk = chunkAt(count++);
      chunk.address = address;
      chunk.physical = physicalAddress(address);
      chunk.bytes = size;
      chunk.used = 0;
      left -= size;
    } else {
      limit = size / 2;
      if (limit < ARENA_STEP_BYTES || count === MAX_CHUNKS) {
        releaseArena();
        return false;
      }
    }
  }
  return true;
}

/** Gives everything back to the operating system, and nothing of what was in it. */
export function releaseArena(): void {
  while (count !== 0) {
    const chunk = chunkAt(--count);
    fillMemory(chunk.address, 0, chunk.bytes);
    givePages(chunk.address, chunk.bytes / PAGE_BYTES, true);
  }
}

/** One zeroed page, in the operating system's address space; 0 when the arena is full. */
export function carvePage(): u64 {
  for (let i: u32 = 0; i < count; i++) {
    const chunk = chunkAt(i);
    if (chunk.used < chunk.bytes) {
      const page = chunk.address + chunk.used;
      chunk.used += PAGE_BYTES;
      return page;
    }
  }
  return 0;
}

/** Physical address of a byte of the arena. */
export function arenaPhysical(address: u64): u64 {
  for (let i: u32 = 0; i < count; i++) {
    const chunk = chunkAt(i);
    if (address - chunk.address < chunk.bytes) return chunk.physical + (address - chunk.address);
  }
  return 0;
}

/** Where a physical address of the arena lies in the operating system's address space. */
export function arenaAddress(physical: u64): u64 {
  for (let i: u32 = 0; i < count; i++) {
    const chunk = chunkAt(i);
    if (physical - chunk.physical < chunk.bytes) return chunk.address + (physical - chunk.physical);
  }
  return 0;
}
