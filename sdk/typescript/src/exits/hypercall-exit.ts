// VMMCALL (APM volume 3), VMCALL (SDM volume 3, chapter 31)

import { guest } from "../guest/guest";
import { Exit } from "./exit";
import { privilege } from "./told";

/** The VM calls the hypervisor. Next is AdvanceAndRun; without a handler the instruction raises #UD. */
@unmanaged
export class HypercallExit extends Exit {
  /** RAX: which call. */
  get number(): u64 {
    return guest.rax;
  }
  /** RAX: its result. */
  set result(value: u64) {
    guest.rax = value;
  }
  /** Whether the operating system's kernel calls, and not one of its programs. */
  get isPrivileged(): bool {
    return privilege() == 0;
  }
}
