// The microkernel's pages: its one pool, and the calls that everything else makes

import { fillMemory } from "../../../bsl/src/memory";
import { BUDDY_POOL_BYTES, BuddyPool } from "./buddy";
import { directAddress, PAGE_BYTES } from "./direct";

/** All physical memory that belongs to the hypervisor, as far as the loader does not use it itself. */
export const pagePool: BuddyPool = changetype<BuddyPool>(memory.data(BUDDY_POOL_BYTES, 8));

/** Takes a page of zeros: its physical address, or 0 when none is left. */
export function allocatePage(): u64 {
  return allocatePages(0);
}

/** Takes 2^order contiguous pages of zeros, aligned to their size: their physical address, or 0. */
export function allocatePages(order: u32): u64 {
  const phys = pagePool.allocPages(order);
  if (phys !== 0) fillMemory(directAddress(phys), 0, PAGE_BYTES << order);
  return phys;
}

/** Gives back what allocatePage() returned; false when that is no page which is taken. */
export function freePage(phys: u64): bool {
  return pagePool.freePages(phys, 0);
}

/** Gives back what allocatePages(order) returned; false when that is no such block which is taken. */
export function freePages(phys: u64, order: u32): bool {
  return pagePool.freePages(phys, order);
}
