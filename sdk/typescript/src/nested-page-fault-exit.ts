// Accesses that the nested page tables do not allow (APM volume 2, 15.25.6)
//
// EXITINFO1: a page fault's error code, and bit 32: on the final address, bit 33: on the guest's own page tables.

import { Exit } from "./exit";

/** The VM accesses a guest physical address without the right to. Next is Run; without a handler the VM is ended. */
@unmanaged
export class NestedPageFaultExit extends Exit {
  /** The guest physical address. */
  get address(): u64 {
    return this.information2;
  }
  /** Whether the page is there, and only the right is missing. */
  get isPresent(): bool {
    return (this.information1 & 1) != 0;
  }
  get isWrite(): bool {
    return (this.information1 & 2) != 0;
  }
  get isExecute(): bool {
    return (this.information1 & 16) != 0;
  }
  /** Whether the processor wanted to read or mark the guest's own page tables. */
  get isTableWalk(): bool {
    return ((this.information1 >> 33) & 1) != 0;
  }
}
