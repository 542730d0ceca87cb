// The kernel's pages: one pool for all processors, from the chunks that the loader gives

import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { fillMemory } from "../../../bsl/src/memory";
import { BUDDY_POOL_BYTES, BuddyPool } from "./buddy";

/** All memory of the hypervisor that is not the loader's own. */
export const pages: BuddyPool = changetype<BuddyPool>(memory.data(BUDDY_POOL_BYTES, 8));

/** A zeroed page (physical address); 0 when none is left. */
export function allocatePage(): u64 {
  const page = pages.allocPages(0);
  if (page != 0) fillMemory(DIRECT_BASE + page, 0, PAGE_SIZE);
  return page;
}

/** Gives a page back; false when it is not an allocated page of the pool. */
export function freePage(page: u64): bool {
  return pages.freePages(page, 0);
}
