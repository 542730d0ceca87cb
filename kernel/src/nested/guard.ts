// What the operating system sees of memory when its extension hides the hypervisor: all as it is, but the hypervisor's own
//
// One set of tables for all processors, which the kernel keeps. They begin with as much of memory as a few pages can show;
// the rest comes when it is first touched, a GiB at a time. Where there is no memory for that, the operating system tries
// again, and takes interrupts in between.

import { ENTRY_BLANK, hostPhysicalBytes, isPage, largestLevel, NESTED_LEVELS } from "#arch/nested-format";
import { NESTED_MACHINE, NESTED_OWN_BLANK, NESTED_RIGHTS } from "../../../abi/generated/bare/objects";
import { INVALID_ID } from "../../../abi/generated/bare/syscalls";
import { peek64 } from "../../../bsl/src/memory";
import { useNested } from "../attach";
import { lockObjects, unlockObjects } from "../objects";
import { KERNEL } from "../pool";
import { Vs } from "../vs";
import { openBudget } from "./budget";
import { identityRange } from "./edit";
import { openLimbo } from "./limbo";
import { Nested, nestedAt, nesteds } from "./nested";
import { releaseTable } from "./release";
import { findEntry } from "./tables";

const GIBIBYTE: u64 = 1 << 30;
/** Shown from the beginning: what one table has entries for, or, in smaller pages, what four have. */
const FIRST_BYTES: u64 = 512 * GIBIBYTE;
const FIRST_BYTES_SMALL: u64 = 4 * GIBIBYTE;
const FLAGS: u32 = NESTED_RIGHTS | NESTED_MACHINE | NESTED_OWN_BLANK;

/** Index of the tables plus one; 0 before they are made. */
let guard: u32 = 0;

/** Gives a VS of the operating system the tables, instead of those that it had; false when memory runs out. */
export function guardVs(vs: Vs): bool {
  if (guard == 0 && !make()) return false;
  useNested(vs, nestedAt(guard - 1));
  return true;
}

/** Whether a VS has them. */
export function isGuarded(vs: Vs): bool {
  return vs.nested != 0 && vs.nested == guard;
}

/** A guarded VS touched what its tables do not allow: whether it may try again. */
export function showMore(address: u64): bool {
  if (address >= hostPhysicalBytes()) return false;
  lockObjects();
  const tables = nestedAt(guard - 1);
  const entry = peek64(findEntry(tables, address));
  if (!isPage(entry)) show(tables, address & ~(GIBIBYTE - 1), GIBIBYTE);
  unlockObjects();
  // Of other pages no right is missing: another processor has just been here
  return (entry & ENTRY_BLANK) == 0;
}

function make(): bool {
  const id = nesteds.allocate(KERNEL, false, true);
  if (id == INVALID_ID) return false;
  const tables = nestedAt(id);
  const bytes = min(largestLevel() == 3 ? FIRST_BYTES : FIRST_BYTES_SMALL, hostPhysicalBytes());
  if (tables.init(true, false) && show(tables, 0, bytes)) {
    guard = id + 1;
    return true;
  }
  if (tables.root != 0) while (!releaseTable(tables.root, NESTED_LEVELS)) openBudget();
  nesteds.release(id);
  return false;
}

/** Shows a range, in as many steps as it takes; false when memory runs out. */
function show(tables: Nested, base: u64, bytes: u64): bool {
  openLimbo(tables);
  for (let done: u64 = 0; done < bytes; ) {
    openBudget();
    const step = identityRange(tables, base + done, bytes - done, FLAGS);
    if (step == 0) return false;
    done += step;
  }
  return true;
}
