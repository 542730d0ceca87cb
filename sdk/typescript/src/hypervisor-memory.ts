// Which physical pages are the hypervisor's own: those of the microkernel, of its tables and of every extension
//
// The microkernel maps no such page for anybody, so it is asked for each: in a VM of its own, whose tables go with it.

import { STATUS_INVALID_INPUT_REG2, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { SYSCALL_VM_CREATE, SYSCALL_VM_DESTROY, SYSCALL_VM_MAP_DIRECT } from "../../../abi/generated/bare/syscalls";
import { PAGE_BYTES } from "./pages";
import { assertionFailed, callStatus, callValue } from "./syscall";

/** What is looked at with one VM, so that its tables stay small. */
const PART_BYTES: u64 = 64 << 20;
const ID_MASK: u64 = 0xffff_ffff;

/**
 * Calls `found` with the physical address of each page of the hypervisor's between two addresses, in their order. False
 * when memory runs out. A GiB takes about a hundred million instructions, with interrupts off.
 */
export function findHypervisorMemory(from: u64, to: u64, found: (page: u64) => void): bool {
  let isComplete = true;
  for (let part = from; part < to && isComplete; part += PART_BYTES) {
    const vmid = callValue(SYSCALL_VM_CREATE, 0, 0, 0) & ID_MASK;
    const end = part + PART_BYTES < to ? part + PART_BYTES : to;
    for (let page = part == 0 ? PAGE_BYTES : part; page < end && isComplete; page += PAGE_BYTES) {
      const status = callStatus(SYSCALL_VM_MAP_DIRECT, vmid, page, 0);
      if (status == STATUS_INVALID_INPUT_REG2) found(page);
      else isComplete = status == STATUS_SUCCESS;
    }
    if (callStatus(SYSCALL_VM_DESTROY, vmid, 0, 0) != STATUS_SUCCESS) assertionFailed();
  }
  return isComplete;
}
