// Accesses that the nested page tables do not allow
//
// AMD (APM volume 2, 15.25.6): EXITINFO1 is a page fault's error code, with bit 33: on the guest's own page tables.
// Intel (SDM volume 3, table 28-7): the qualification has the access in bits 2:0, the rights that are there in 5:3, bit 7:
// there is a linear address, bit 8: the access is to what it translates to.

import { SINGLETON } from "../calls/handle";
import { isIntel } from "../vendor/vendor";
import { Exit } from "./exit";
import { information1, information2 } from "./told";

const AMD_PRESENT: u64 = 1;
const AMD_TABLE_WALK: u64 = 1 << 33;
const AMD_EXECUTE: u64 = 1 << 4;
const INTEL_EXECUTE: u64 = 1 << 2;
const INTEL_RIGHTS: u64 = 7 << 3;
const INTEL_LINEAR: u64 = 1 << 7;
const INTEL_FINAL: u64 = 1 << 8;
/** On both. */
const WRITE: u64 = 1 << 1;

/** The VM accesses a guest physical address without the right to. Next is Run; without a handler the VM is ended. */
@unmanaged
export class NestedPageFaultExit extends Exit {
  /** The guest physical address. */
  get address(): u64 {
    return information2();
  }
  /** Whether the page is there, and only the right is missing. */
  get isPresent(): bool {
    return (this.access & (isIntel() ? INTEL_RIGHTS : AMD_PRESENT)) != 0;
  }
  get isWrite(): bool {
    return (this.access & WRITE) != 0;
  }
  get isExecute(): bool {
    return (this.access & (isIntel() ? INTEL_EXECUTE : AMD_EXECUTE)) != 0;
  }
  /** Whether the processor wanted to read or mark the guest's own page tables. */
  get isTableWalk(): bool {
    if (isIntel()) return (this.access & (INTEL_LINEAR | INTEL_FINAL)) == INTEL_LINEAR;
    return (this.access & AMD_TABLE_WALK) != 0;
  }

  private get access(): u64 {
    return information1();
  }
}

/** The one that this processor is at, for an extension with its own vmexit. */
export const nestedPageFault: NestedPageFaultExit = changetype<NestedPageFaultExit>(SINGLETON);
