// Chunks that come and go, in nested page tables: the operating system does not see what is the hypervisor's now, and sees
// again what is not
//
// Only tables for the operating system are changed, which show memory where it is; what they show of a chunk's first page
// tells how they have it. Tables of other VMs may show the operating system's memory anywhere: a chunk of which they do is
// not taken. However much they have, nobody waits for the lock for longer than a call takes.

import {
  ENTRIES,
  ENTRY_BLANK,
  ENTRY_COUNTED,
  hostOf,
  isPage,
  isTable,
  NESTED_GUEST_BYTES,
  pageBytes,
} from "#arch/nested-format";
import { NESTED_MACHINE, NESTED_OWN_BLANK, NESTED_RIGHTS } from "../../../abi/generated/bare/objects";
import { peek64 } from "../../../bsl/src/memory";
import { flushNested } from "../attach";
import { pages } from "../memory/pages";
import { lockObjects, unlockObjects } from "../objects";
import { hasBudget, openBudget, spend } from "./budget";
import { identityRange } from "./edit";
import { openLimbo } from "./limbo";
import { Nested, nestedAt, nesteds } from "./nested";
import { findEntry, levelOfFound } from "./tables";

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
  for (let id: u32 = 0; id < nesteds.end; id++) {
    let guest: u64 = 0;
    // As much at a time as a call may do: nobody waits for the lock for longer
    while (guest < NESTED_GUEST_BYTES) {
      lockObjects();
      // Most VMs have nothing but what their extension was given
      const mayShow = nesteds.has(id) && nestedAt(id).forRoot == 0 && nestedAt(id).showsForeign != 0;
      openBudget();
      guest = mayShow ? passOver(nestedAt(id), guest, base, base + bytes) : NESTED_GUEST_BYTES;
      unlockObjects();
      if (guest == SHOWN) return true;
    }
  }
  return false;
}

/** What passOver() returns in place of a guest physical address: the range is shown. */
const SHOWN: u64 = 0xffff_ffff_ffff_ffff;

/** Looks from a guest physical address on for a page of a range of host memory: where to go on, or SHOWN. */
function passOver(tables: Nested, from: u64, base: u64, end: u64): u64 {
  let guest = from;
  while (guest < NESTED_GUEST_BYTES && hasBudget()) {
    let at = findEntry(tables, guest);
    const level = levelOfFound();
    // The rest of the table, up to where one of its entries leads to another
    do {
      const entry = peek64(at);
      if (isTable(entry)) break;
      if (isPage(entry) && (entry & ENTRY_COUNTED) == 0) {
        const host = hostOf(entry, level);
        if (host < end && host + pageBytes(level) > base) return SHOWN;
      }
      spend(1);
      guest = (guest & ~(pageBytes(level) - 1)) + pageBytes(level);
      at += 8;
    } while ((at & (ENTRIES * 8 - 1)) != 0);
  }
  return guest;
}

function entryAt(tables: Nested, address: u64): u64 {
  return peek64(findEntry(tables, address));
}

/** Shows a range as it is now, in as many steps as it takes. */
function renew(tables: Nested, base: u64, bytes: u64): bool {
  openLimbo(tables);
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
