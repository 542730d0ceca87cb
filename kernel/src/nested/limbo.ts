// What has been taken out of nested page tables, and may still be used by a processor that has not flushed
//
//     the limbo page     word 0: how many notes     words 1 to 511: notes
//
//     63                                                12 11        2   0
//    ┌────────────────────────────────────────────────────┬──────────┬────┐
//    │ physical address                                   │    0     │ L  │  L 0: a page of the extension's own
//    └────────────────────────────────────────────────────┴──────────┴────┘  L 1 to 3: a table of that level

import { MAX_PPS } from "../../../abi/generated/bare/syscalls";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { allocatePage, freePage } from "../memory/pages";
import { ppid } from "../pp";
import { hasGuestFlushPending } from "../requests";
import { Nested } from "./nested";
import { dropShare } from "./own-pages";
import { releaseTable } from "./release";

const NOTES: u64 = 511;
const PAGE_BITS: u64 = ~0xfff;

/** Whether another processor can be executing with the tables of the call that is being served. */
let isShared: bool = false;

/** Begins a call: gives back what no processor uses any more, as far as the budget goes. */
export function openLimbo(nested: Nested): void {
  isShared = unflushedProcessors(nested, false) != 0;
  if (nested.limbo != 0 && unflushedProcessors(nested, true) == 0) drain(nested);
}

/**
 * How many other processors have a VS with these tables active; with `pending`, only those that have not flushed since
 * they were asked to.
 */
export function unflushedProcessors(nested: Nested, pending: bool): u32 {
  let count: u32 = 0;
  for (let id = nested.runners.next(0); id < MAX_PPS; id = nested.runners.next(id + 1)) {
    if (id != ppid() && (!pending || hasGuestFlushPending(id))) count++;
  }
  return count;
}

/**
 * Writes `value` into the entry at `at`, which led to `what`: a table, or a page of the extension's own with level 0.
 * False, and nothing has changed, when there is no room for a note of it.
 */
export function bury(nested: Nested, what: u64, level: u32, at: u64, value: u64): bool {
  if (level == 0 && !isShared) {
    poke64(at, value);
    dropShare(what);
    return true;
  }
  if (!note(nested, what | level)) return false;
  poke64(at, value);
  if (!isShared) drain(nested);
  return true;
}

function note(nested: Nested, word: u64): bool {
  if (nested.limbo == 0) nested.limbo = allocatePage();
  if (nested.limbo == 0) return false;
  const page = DIRECT_BASE + nested.limbo;
  const count = peek64(page);
  if (count == NOTES) return false;
  poke64(page + (count + 1) * 8, word);
  poke64(page, count + 1);
  return true;
}

/** Gives back what is noted, newest first; true when nothing is left. */
export function drain(nested: Nested): bool {
  const page = DIRECT_BASE + nested.limbo;
  if (nested.limbo == 0) return true;
  for (let count = peek64(page); count != 0; count--) {
    const word = peek64(page + count * 8);
    const level = <u32>word & 7;
    if (level == 0) dropShare(word & PAGE_BITS);
    else if (!releaseTable(word & PAGE_BITS, level)) return false;
    poke64(page, count - 1);
  }
  freePage(nested.limbo);
  nested.limbo = 0;
  return true;
}
