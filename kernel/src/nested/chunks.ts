// Chunks that come and go, in nested page tables: the operating system does not see what is the hypervisor's now, and sees
// again what is not
//
// Only tables for the operating system are changed, which show memory where it is; what they show of a chunk's first page
// tells how they have it. Tables of other VMs may show the operating system's memory anywhere: a chunk of which they do is
// not taken. However many tables there are, nobody waits for the lock for longer than one of them takes.

import { forgetMemoryTypes } from "#arch/memory-type";
import {
  ENTRIES,
  ENTRY_BLANK,
  ENTRY_COUNTED,
  hostOf,
  isPage,
  isTable,
  NESTED_LEVELS,
  pageBytes,
  tableOf,
} from "#arch/nested-format";
import { NESTED_MACHINE, NESTED_OWN_BLANK, NESTED_RIGHTS } from "../../../abi/generated/bare/objects";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { peek64 } from "../../../bsl/src/memory";
import { flushNested } from "../attach";
import { pages } from "../memory/pages";
import { lockObjects, unlockObjects } from "../objects";
import { openBudget } from "./budget";
import { identityRange } from "./edit";
import { openLimbo } from "./limbo";
import { Nested, nestedAt, nesteds } from "./nested";
import { findEntry } from "./tables";

const GIBIBYTE: u64 = 1 << 30;
const FLAGS: u32 = NESTED_RIGHTS | NESTED_MACHINE | NESTED_OWN_BLANK;

/** A chunk is the hypervisor's now: the operating system does not see it any more. False when memory runs out. */
export function hideChunk(base: u64, bytes: u64): bool {
  let done: bool = true;
  for (let id: u32 = 0; id < nesteds.end; id++) {
    lockObjects();
    if (isRootTables(id) && isPage(entryAt(nestedAt(id), base))) done = renew(nestedAt(id), base, bytes) && done;
    unlockObjects();
  }
  return done;
}

/** A chunk is not the hypervisor's any more: the operating system sees it again. False when memory runs out. */
export function showChunk(base: u64, bytes: u64): bool {
  let done: bool = true;
  for (let id: u32 = 0; id < nesteds.end; id++) {
    lockObjects();
    if (isRootTables(id) && (entryAt(nestedAt(id), base) & ENTRY_BLANK) != 0) {
      done = renew(nestedAt(id), base, bytes) && done;
      // A GiB of which nothing else is hidden is one page again, and its table goes back
      const from = base & ~(GIBIBYTE - 1);
      if (pages.nextPrivate(from) >= from + GIBIBYTE) renew(nestedAt(id), from, GIBIBYTE);
    }
    unlockObjects();
  }
  return done;
}

function isRootTables(id: u32): bool {
  return nesteds.has(id) && nestedAt(id).forRoot != 0;
}

/** Whether a VM beside the operating system's sees some of a range of host memory. */
export function isGuestMemory(base: u64, bytes: u64): bool {
  let found: bool = false;
  for (let id: u32 = 0; id < nesteds.end && !found; id++) {
    lockObjects();
    // Most VMs have nothing but what their extension was given
    const mayShow = nesteds.has(id) && nestedAt(id).forRoot == 0 && nestedAt(id).showsForeign != 0;
    if (mayShow) found = shows(nestedAt(id).root, NESTED_LEVELS, base, base + bytes);
    unlockObjects();
  }
  return found;
}

function shows(table: u64, level: u32, base: u64, end: u64): bool {
  for (let i: u64 = 0; i < ENTRIES; i++) {
    const entry = peek64(DIRECT_BASE + table + i * 8);
    if (entry == 0) continue;
    if (isTable(entry)) {
      if (shows(tableOf(entry), level - 1, base, end)) return true;
    } else if (isPage(entry) && (entry & ENTRY_COUNTED) == 0) {
      const host = hostOf(entry, level);
      if (host < end && host + pageBytes(level) > base) return true;
    }
  }
  return false;
}

function entryAt(tables: Nested, address: u64): u64 {
  return peek64(findEntry(tables, address));
}

/** Shows a range as it is now, in as many steps as it takes. */
function renew(tables: Nested, base: u64, bytes: u64): bool {
  openLimbo(tables);
  forgetMemoryTypes();
  let done: u64 = 0;
  while (done < bytes) {
    openBudget();
    const step = identityRange(tables, base + done, bytes - done, FLAGS);
    if (step == 0) break;
    done += step;
  }
  flushNested(tables);
  return done == bytes;
}
