// Walking nested page tables and changing single entries
//
// All that changes them runs under the lock of objects, with a budget: a call touches so many entries and tells how far
// it came, so that no call keeps its processor for long.

import {
  ENTRIES,
  ENTRY_COUNTED,
  fresh,
  hostOf,
  isPage,
  isTable,
  NESTED_LEVELS,
  pageBytes,
  partOf,
  tableEntry,
  tableOf,
  withNotes,
} from "#arch/nested-format";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { compareExchange64 } from "../../../bsl/src/atomic";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { allocatePage } from "../memory/pages";
import { markStale, spend } from "./budget";
import { bury } from "./limbo";
import { Nested } from "./nested";
import { dropShare } from "./own-pages";

/** Level of what findEntry() found. */
let foundLevel: u32 = 0;

function entryAddress(table: u64, guest: u64, level: u32): u64 {
  return DIRECT_BASE + table + ((guest >> (12 + 9 * (<u64>level - 1))) & (ENTRIES - 1)) * 8;
}

/** Address of the entry where the walk for a guest physical address ends: that of a page, or an empty one. */
export function findEntry(nested: Nested, guest: u64): u64 {
  let table = nested.root;
  let level = NESTED_LEVELS;
  while (true) {
    const at = entryAddress(table, guest, level);
    const entry = peek64(at);
    if (!isTable(entry)) {
      foundLevel = level;
      return at;
    }
    table = tableOf(entry);
    level--;
  }
}

/** Level of the entry that findEntry() found. */
export function levelOfFound(): u32 {
  return foundLevel;
}

/**
 * Address of the entry of a level for a guest physical address; tables are made and large pages split on the way. 0 when
 * memory runs out.
 */
export function reachEntry(nested: Nested, guest: u64, wanted: u32): u64 {
  let table = nested.root;
  for (let level = NESTED_LEVELS; level > wanted; level--) {
    const at = entryAddress(table, guest, level);
    const entry = peek64(at);
    if (isTable(entry)) {
      table = tableOf(entry);
      continue;
    }
    table = splitInto(entry, level);
    if (table == 0) return 0;
    putTable(at, entry, table);
  }
  return entryAddress(table, guest, wanted);
}

/** Puts a table in the place of an entry, whose parts it has. */
function putTable(at: u64, entry: u64, table: u64): void {
  let before = entry;
  while (true) {
    const found = compareExchange64(at, before, tableEntry(table));
    if (found == before) break;
    // A processor has noted something of the large page meanwhile: then of all of its parts
    for (let i: u64 = 0; i < ENTRIES; i++) {
      const part = DIRECT_BASE + table + i * 8;
      poke64(part, withNotes(peek64(part), found));
    }
    before = found;
  }
  if (isPage(entry)) markStale();
}

/** A new table that maps what an entry of a level maps, which may be nothing; 0 when memory runs out. */
function splitInto(entry: u64, level: u32): u64 {
  const table = allocatePage();
  spend(<i32>ENTRIES);
  if (table == 0 || !isPage(entry)) return table;
  for (let i: u64 = 0; i < ENTRIES; i++) poke64(DIRECT_BASE + table + i * 8, partOf(entry, level, i));
  return table;
}

/**
 * Writes an entry of a level: 0, or a page. What was there is given back, at once or when every processor has flushed;
 * false, and nothing has changed, when memory runs out for the note of it.
 */
export function setEntry(nested: Nested, at: u64, level: u32, value: u64): bool {
  const old = peek64(at);
  spend(1);
  if (fresh(old) == fresh(value)) {
    // The same entry shows the page, not another one
    if ((value & ENTRY_COUNTED) != 0) dropShare(hostOf(value, 1));
    return true;
  }
  if (isTable(old)) {
    if (!bury(nested, tableOf(old), level - 1, at, value)) return false;
  } else if ((old & ENTRY_COUNTED) != 0) {
    if (!bury(nested, hostOf(old, 1), 0, at, value)) return false;
  } else {
    poke64(at, value);
  }
  if (old != 0) markStale();
  return true;
}

/** Writes an entry for a page with other rights, or another memory type; the page stays. */
export function rewriteEntry(at: u64, value: u64): void {
  spend(1);
  let before = peek64(at);
  if (fresh(before) == fresh(value)) return;
  while (true) {
    // What a processor notes meanwhile stays
    const found = compareExchange64(at, before, withNotes(value, before));
    if (found == before) break;
    before = found;
  }
  markStale();
}

/** Address of the entry of a level for a guest physical address, if there are tables down to it; else 0. */
export function lookAt(nested: Nested, guest: u64, wanted: u32): u64 {
  let table = nested.root;
  for (let level = NESTED_LEVELS; level > wanted; level--) {
    const entry = peek64(entryAddress(table, guest, level));
    if (!isTable(entry)) return 0;
    table = tableOf(entry);
  }
  return entryAddress(table, guest, wanted);
}

/** The highest level of which a page begins at an address and is not larger than what is left. */
export function levelFor(address: u64, bytes: u64, largest: u32): u32 {
  let level = largest;
  while (level > 1 && ((address & (pageBytes(level) - 1)) != 0 || bytes < pageBytes(level))) level--;
  return level;
}
