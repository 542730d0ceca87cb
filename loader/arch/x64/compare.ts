// Compares the operating system's registers before and after it was in a VM
//
// Two snapshots are taken before `after`: one before start, which every register that stays the same for as long as the
// operating system runs is compared with; and one inside the VM just before stop, for those that belong to whatever
// runs at that moment (CR3, the FS base, breakpoints). Nothing else runs between that snapshot and `after`.

import {
  SAVED_STATE_CR0,
  SAVED_STATE_CR2,
  SAVED_STATE_CR4,
  SAVED_STATE_DR0,
  SAVED_STATE_EFER,
  SAVED_STATE_ES_SELECTOR,
  SAVED_STATE_HANDOFF_NMIS,
  SAVED_STATE_KERNEL_GS_BASE,
  SAVED_STATE_SYSENTER_CS,
  SAVED_STATE_TR_SELECTOR,
  SAVED_STATE_XCR0,
} from "../../../abi/generated/bare/boot";
import { peek64 } from "../../../bsl/src/memory";
import { CR4_TSD } from "./msr";

/** Offset of the first 64 bits that differ where they must not, or 0. */
export function findMismatch(before: u64, inside: u64, after: u64): u32 {
  let found: u32 = 0;
  // Momentary: CR0, CR2, CR3, CR4, CR8, XCR0 and the debug registers lie side by side, and so do the segments.
  if (found === 0) found = compare(inside, after, SAVED_STATE_CR0, SAVED_STATE_EFER);
  if (found === 0) found = compare(inside, after, SAVED_STATE_KERNEL_GS_BASE, SAVED_STATE_SYSENTER_CS);
  if (found === 0) found = compare(inside, after, SAVED_STATE_ES_SELECTOR, SAVED_STATE_HANDOFF_NMIS);
  // Lasting.
  if (found === 0) found = compare(before, after, SAVED_STATE_EFER, SAVED_STATE_KERNEL_GS_BASE);
  if (found === 0) found = compare(before, after, SAVED_STATE_SYSENTER_CS, SAVED_STATE_ES_SELECTOR);
  if (found === 0) found = compare(before, after, SAVED_STATE_TR_SELECTOR, SAVED_STATE_HANDOFF_NMIS);
  if (found === 0) found = compare(before, after, SAVED_STATE_CR0, SAVED_STATE_CR2);
  if (found === 0) found = compare(before, after, SAVED_STATE_XCR0, SAVED_STATE_DR0);
  if (found === 0 && ((peek64(before + SAVED_STATE_CR4) ^ peek64(after + SAVED_STATE_CR4)) & ~CR4_TSD) !== 0) {
    found = SAVED_STATE_CR4;
  }
  return found;
}

/** Offset of the first 64 bits in [from, to) that differ, or 0. */
function compare(a: u64, b: u64, from: u32, to: u32): u32 {
  for (let offset = from; offset < to; offset += 8) {
    if (peek64(a + offset) !== peek64(b + offset)) return offset;
  }
  return 0;
}
