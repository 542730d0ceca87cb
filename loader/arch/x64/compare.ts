// Compares the operating system's registers on both sides of each hand-off
//
// Of what it has in its registers, an operating system may change everything while it runs, and may do so from one
// interrupt to the next. So registers are compared where nothing of it runs in between: before the start and as the first
// thing in the VM, in the VM just before the stop and behind it.
//
//     register                                  may change in between       compared
//     CR0, CR2, CR3, CR4, CR8, XCR0             nobody's                    across start, across stop
//     DR0 to DR3, DR6, DR7                      nobody's                    across start, across stop
//     STAR, LSTAR, CSTAR, SFMASK, KERNEL_GS,    nobody's                    across start, across stop
//     SYSENTER_*, PAT, DEBUGCTL
//     GDTR, IDTR; selectors and descriptors     nobody's                    across start, across stop
//     of ES to TR; FS base, GS base
//     EFER                                      its bit SVME: ours          the other bits, like those above
//     EFER.SVME, CR4.VMXE, VM_HSAVE_PA          ours; a VM sees others      before the start and behind the stop
//
// What none of this sees, because no instruction reads it, are the hidden parts of segment registers; the tests ask the
// emulator for them.

import {
  SAVED_STATE_CR0,
  SAVED_STATE_CR4,
  SAVED_STATE_EFER,
  SAVED_STATE_HANDOFF_NMIS,
  SAVED_STATE_HSAVE_PA,
} from "../../../abi/generated/bare/boot";
import { peek64 } from "../../../bsl/src/memory";
import { CR4_VMXE, EFER_SVME } from "./msr";

/**
 * Offset in SavedState of the first 64 bits that differ where they must not, or 0. The snapshots are from before the start,
 * from directly behind it in the VM, from the VM directly before the stop, and from behind that.
 */
export function findMismatch(before: u64, arrived: u64, leaving: u64, after: u64): u32 {
  let found = compare(before, arrived, false);
  if (found === 0) found = compare(leaving, after, false);
  return found === 0 ? compare(before, after, true) : found;
}

/** The same where nobody has seen the start: across the stop alone. */
export function findChange(leaving: u64, after: u64): u32 {
  return compare(leaving, after, false);
}

/** Compares what is the hypervisor's own, or everything else. */
function compare(a: u64, b: u64, own: bool): u32 {
  for (let offset: u32 = SAVED_STATE_CR0; offset < SAVED_STATE_HANDOFF_NMIS; offset += 8) {
    const bits = own ? ownBits(offset) : ~ownBits(offset);
    if (((peek64(a + offset) ^ peek64(b + offset)) & bits) !== 0) return offset;
  }
  return 0;
}

/** Bits that the hypervisor needs for itself, and of which a VM sees others. */
function ownBits(offset: u32): u64 {
  if (offset === SAVED_STATE_EFER) return EFER_SVME;
  if (offset === SAVED_STATE_CR4) return CR4_VMXE;
  return offset === SAVED_STATE_HSAVE_PA ? ~(<u64>0) : 0;
}
