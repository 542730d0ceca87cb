// Nested page tables in which nothing is: what a closed guest has until its extension attaches others
//
// Without any, guest physical addresses are the machine's. On both vendors an entry that is 0 is not present.

import { allocatePage } from "../../src/memory/pages";

let root: u64 = 0;

/** Makes them; false when memory runs out. */
export function initEmptyTables(): bool {
  root = allocatePage();
  return root != 0;
}

/** Physical address of the top-level table. */
export function emptyTables(): u64 {
  return root;
}
