// Memory types of nested page tables when the machine's have changed
//
//     WRMSR of an MTRR ──exit──> written; the types that count are others now ──step──> all done: behind the instruction
//                        ↑                                                      │
//                        └──── the VM executes it again, and takes interrupts ──┴── a rest is left
//
// All tables are gone through, each from its first page on, and pages that are of the machine's type (ENTRY_MACHINE) get what
// memory has now: larger ones are split where that differs within, and what agrees is one page again. Which processor's WRMSR
// does a step does not matter; none of them ends before the last step, and a change on the way begins anew. Each step is what a
// call on nested page tables may do, and holds the lock of objects for as long.

import { hasOneType, memoryType, TYPE_MACHINE, TYPE_UNCACHEABLE, takeMemoryTypes } from "#arch/memory-type";
import {
  ENTRIES,
  ENTRY_COUNTED,
  ENTRY_MACHINE,
  ENTRY_SIZED,
  fresh,
  hostOf,
  isTable,
  largestLevel,
  NESTED_GUEST_BYTES,
  pageBytes,
  pageEntry,
  rightsOf,
  tableOf,
  typeOf,
  withNotes,
  withType,
} from "#arch/nested-format";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { peek64 } from "../../../bsl/src/memory";
import { flushNested } from "../attach";
import { lockObjects, unlockObjects } from "../objects";
import { hasBudget, openBudget, spend, takeStale } from "./budget";
import { openLimbo } from "./limbo";
import { Nested, nestedAt, nesteds } from "./nested";
import { findEntry, levelOfFound, lookAt, reachEntry, rewriteEntry, setEntry } from "./tables";

/** Where the next step begins: tables, and a guest physical address; behind the last tables when there is none. */
let nextTables: u32 = 0xffff_ffff;
let nextGuest: u64 = 0;

/** An MTRR was written on this processor: does a step of what follows from that; false when there are more to do. */
export function followTypes(): bool {
  lockObjects();
  if (takeMemoryTypes()) {
    nextTables = 0;
    nextGuest = 0;
  }
  openBudget();
  while (nextTables < nesteds.end && hasBudget()) {
    spend(1);
    if (nesteds.has(nextTables) && nestedAt(nextTables).followsTypes != 0) nextGuest = retype(nestedAt(nextTables));
    else nextGuest = NESTED_GUEST_BYTES;
    if (nextGuest < NESTED_GUEST_BYTES) break;
    nextTables++;
    nextGuest = 0;
  }
  const isDone = nextTables >= nesteds.end;
  unlockObjects();
  return isDone;
}

/** Goes on in some tables: where the next step begins. */
function retype(tables: Nested): u64 {
  openLimbo(tables);
  let guest = nextGuest;
  while (guest < NESTED_GUEST_BYTES && hasBudget()) {
    const at = findEntry(tables, guest);
    const level = levelOfFound();
    if ((peek64(at) & ENTRY_MACHINE) == 0) spend(1);
    else if (!retypePage(tables, guest, at, level)) continue;
    guest = (guest & ~(pageBytes(level) - 1)) + pageBytes(level);
    mergeBefore(tables, guest);
  }
  // A page that was split, too, is another one to processors
  if (takeStale()) flushNested(tables);
  return guest;
}

/** Gives a page its type; false when it is now several, each to be looked at. */
function retypePage(tables: Nested, guest: u64, at: u64, level: u32): bool {
  const entry = peek64(at);
  const host = hostOf(entry, level);
  const isUniform = hasOneType(host, pageBytes(level));
  if (!isUniform && reachEntry(tables, guest, level - 1) != 0) return false;
  // No memory to tell its parts apart: what is never wrong is to have none of it in caches
  rewriteEntry(at, withType(entry, isUniform ? memoryType(host, TYPE_MACHINE) : TYPE_UNCACHEABLE, level));
  return true;
}

/** Makes one page of each table that ends at an address and shows nothing but the parts of one. */
function mergeBefore(tables: Nested, end: u64): void {
  for (let level: u32 = 2; level <= largestLevel() && (end & (pageBytes(level) - 1)) == 0; level++) {
    const at = lookAt(tables, end - pageBytes(level), level);
    if (at == 0 || !isTable(peek64(at))) continue;
    const page = wholeOf(tableOf(peek64(at)), level);
    if (page == 0 || !setEntry(tables, at, level, page)) return;
  }
}

/** The entry of a level that shows what a table below it does; 0 when that takes the table. */
function wholeOf(table: u64, level: u32): u64 {
  const entries = DIRECT_BASE + table;
  const first = peek64(entries);
  const host = hostOf(first, level - 1);
  if ((first & (ENTRY_MACHINE | ENTRY_SIZED | ENTRY_COUNTED)) != ENTRY_MACHINE) return 0;
  if ((host & (pageBytes(level) - 1)) != 0) return 0;
  let notes = first;
  // From the end: what differs at all most often differs there
  for (let i = ENTRIES - 1; i != 0; i--) {
    const entry = peek64(entries + i * 8);
    if (fresh(entry) != fresh(first) + i * pageBytes(level - 1)) return 0;
    notes = withNotes(notes, entry);
    spend(1);
  }
  const whole = pageEntry(host, rightsOf(first), typeOf(first, level - 1), level, ENTRY_MACHINE);
  return withNotes(fresh(whole), notes);
}
