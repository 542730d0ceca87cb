// The entry of system calls: those that handlers make most have ways of their own

import { STATUS_FAILURE_INVALID_HANDLE, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { SYSCALL_SIGNATURE, SYSCALL_VS_READ } from "../../../abi/generated/bare/syscalls";
import { countCall } from "../statistics";
import { serveSyscall } from "./dispatch";
import { finish } from "./finish";
import { isHandle } from "./handle";
import { enterSwitch, isSwitch } from "./switch";
import { readActive } from "./vs";

const READ_CALL: u64 = ((<u64>SYSCALL_SIGNATURE) << 48) | SYSCALL_VS_READ;

/** Serves any system call with REG0 to REG3 and RAX. Result: ACTION_*. */
export function enterSyscall(reg0: u64, reg1: u64, reg2: u64, reg3: u64, rax: u64): u32 {
  // One subtraction for both looks
  const behind = rax - READ_CALL;
  if (behind == 0) return enterRead(reg0, reg1, reg2, reg3, rax);
  return isSwitch(behind + READ_CALL) ? enterSwitch(reg0) : serveSyscall(reg0, reg1, reg2, reg3, rax);
}

/** Exported, so that no compiler puts it into the one above. */
export function enterRead(reg0: u64, reg1: u64, reg2: u64, reg3: u64, rax: u64): u32 {
  if (readActive(reg0, reg1, reg2)) {
    countCall(SYSCALL_VS_READ);
    return finish(STATUS_SUCCESS);
  }
  return isHandle(reg0) ? serveSyscall(reg0, reg1, reg2, reg3, rax) : finish(STATUS_FAILURE_INVALID_HANDLE);
}
