// The call that ends nearly every exit: "advance and run current"
//
// Each vendor's entry of system calls asks isFastCall(), and whether nothing but RIP is to change, then skips the
// instruction in its own way. Apart from the other calls because a function with so little to do needs no registers saved.

import { CONTEXT_VMEXIT, PP_BLOCK_CONTEXT } from "../../../abi/generated/bare/pp-block";
import { SYSCALL_SIGNATURE, SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT } from "../../../abi/generated/bare/syscalls";
import { currentExtension, NO_HANDLE } from "../extension";
import { block64 } from "../pp";
import { countCall } from "../statistics";
import { reenterKernel } from "../work";

/** RAX of the call: the signature above, flags zero. */
const FAST_CALL: u64 = ((<u64>SYSCALL_SIGNATURE) << 48) | SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT;

/** Enters the kernel: whether the call is that one, and all is well; false leaves everything to enterSyscall(). */
export function isFastCall(handle: u64, rax: u64): bool {
  reenterKernel();
  return rax == FAST_CALL && canRunCurrent(handle);
}

/** It is served. */
export function countFastCall(): void {
  countCall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT);
}

/** Whether there is nothing to do but to skip an instruction: a VS is active, and its first exit is behind it. */
function canRunCurrent(handle: u64): bool {
  // The field behind the context is the work that waits: there must be none
  return handle == currentExtension().runHandle && handle != NO_HANDLE && block64(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT;
}
