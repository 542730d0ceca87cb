// Which physical pages are the hypervisor's own: those of the microkernel, of its tables and of every extension
//
// Nested page tables that show everything else have holes there.

import { PAGE_BYTES } from "../memory/pages";
import { NestedTables, Own, Right } from "./nested-tables";

/**
 * Calls `found` with the physical address of each page of the hypervisor's between two addresses, in their order. False
 * when memory runs out.
 */
export function findHypervisorMemory(from: u64, to: u64, found: (page: u64) => void): bool {
  const tables = NestedTables.empty();
  if (tables === null) return false;
  const isComplete = tables.showIdentity(from, to - from, Right.Read, Own.Absent);
  for (let page = from; page < to && isComplete; ) {
    const bytes = tables.pageBytes(page);
    if (bytes == 0) found(page);
    page += bytes == 0 ? PAGE_BYTES : bytes - (page & (bytes - 1));
  }
  tables.free();
  return isComplete;
}
