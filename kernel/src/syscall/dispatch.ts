// System calls: from the number in RAX to the function that serves it

import { ACTION_RUN, ACTION_SERVE, PP_BLOCK_VMCB_VIRTUAL } from "../../../abi/generated/bare/pp-block";
import { STATUS_FAILURE_UNSUPPORTED } from "../../../abi/generated/bare/status";
import {
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_DEBUG_DUMP_PAGE_POOL,
  SYSCALL_DEBUG_OUT,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_DEBUG_WRITE_STR,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_SIGNATURE,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_WRITE,
} from "../../../abi/generated/bare/syscalls";
import { skipInstructionOf } from "../../arch/x64/give-back";
import { again, exit, wait } from "../life-cycle";
import { block64 } from "../pp";
import { countCall } from "../statistics";
import { registerBootstrap, registerFail, registerVmexit } from "./callback";
import { debugOut, dumpPagePool, writeCharacter, writeString } from "./debug";
import { finish } from "./finish";
import { closeHandle, openHandle } from "./handle";
import { vpCreate, vpDestroy } from "./vp";
import {
  canRunCurrent,
  vsAdvanceIpAndRun,
  vsAdvanceIpAndRunCurrent,
  vsCreate,
  vsDestroy,
  vsInitAsRoot,
  vsPromote,
  vsRead,
  vsRun,
  vsRunCurrent,
  vsSetActive,
  vsWrite,
} from "./vs";

/** RAX of the call that ends nearly every exit: the signature above, flags zero. */
const FAST_CALL: u64 = ((<u64>SYSCALL_SIGNATURE) << 48) | SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT;

/**
 * Serves the call that ends nearly every exit, if it is that one and all is well; else ACTION_SERVE. Apart from the
 * others because a function with so little to do needs no registers saved.
 */
export function enterFastSyscall(reg0: u64, rax: u64): u32 {
  if (rax != FAST_CALL || !canRunCurrent(reg0)) return ACTION_SERVE;
  countCall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT);
  skipInstructionOf(block64(PP_BLOCK_VMCB_VIRTUAL));
  return ACTION_RUN;
}

/** Serves any system call with REG0 to REG3 and RAX. Result: ACTION_*. */
export function enterSyscall(reg0: u64, reg1: u64, reg2: u64, reg3: u64, rax: u64): u32 {
  if (rax >> 48 != SYSCALL_SIGNATURE) return unsupported();
  const call = <u32>rax;
  // Calls that may end a callback give an action, the others a status
  switch (call) {
    case SYSCALL_VS_READ:
      countCall(call);
      return finish(vsRead(reg0, reg1, reg2));
    case SYSCALL_VS_WRITE:
      countCall(call);
      return finish(vsWrite(reg0, reg1, reg2, reg3));
    case SYSCALL_VS_RUN_CURRENT:
      countCall(call);
      return vsRunCurrent(reg0);
    case SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT:
      countCall(call);
      return vsAdvanceIpAndRunCurrent(reg0);
    case SYSCALL_VS_RUN:
      countCall(call);
      return vsRun(reg0, reg1, reg2, reg3);
    case SYSCALL_VS_ADVANCE_IP_AND_RUN:
      countCall(call);
      return vsAdvanceIpAndRun(reg0, reg1, reg2, reg3);
    case SYSCALL_VS_PROMOTE:
      countCall(call);
      return vsPromote(reg0, reg1);
    case SYSCALL_CONTROL_EXIT:
      countCall(call);
      return exit();
    case SYSCALL_CONTROL_WAIT:
      countCall(call);
      return wait();
    case SYSCALL_CONTROL_AGAIN:
      countCall(call);
      return again();
    default:
      return dispatchRare(call, reg0, reg1, reg2, reg3);
  }
}

/** Calls that an exit's path does not make. */
function dispatchRare(call: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64): u32 {
  switch (call) {
    case SYSCALL_HANDLE_OPEN:
      countCall(call);
      return finish(openHandle(reg0));
    case SYSCALL_HANDLE_CLOSE:
      countCall(call);
      return finish(closeHandle(reg0));
    case SYSCALL_DEBUG_OUT:
      countCall(call);
      return finish(debugOut(reg0, reg1));
    case SYSCALL_DEBUG_WRITE_C:
      countCall(call);
      return finish(writeCharacter(reg0));
    case SYSCALL_DEBUG_WRITE_STR:
      countCall(call);
      return finish(writeString(reg0, reg1));
    case SYSCALL_DEBUG_DUMP_PAGE_POOL:
      countCall(call);
      return finish(dumpPagePool());
    case SYSCALL_CALLBACK_REGISTER_BOOTSTRAP:
      countCall(call);
      return finish(registerBootstrap(reg0, reg1));
    case SYSCALL_CALLBACK_REGISTER_VMEXIT:
      countCall(call);
      return finish(registerVmexit(reg0, reg1));
    case SYSCALL_CALLBACK_REGISTER_FAIL:
      countCall(call);
      return finish(registerFail(reg0, reg1));
    case SYSCALL_VP_CREATE:
      countCall(call);
      return finish(vpCreate(reg0, reg1));
    case SYSCALL_VP_DESTROY:
      countCall(call);
      return finish(vpDestroy(reg0, reg1));
    case SYSCALL_VS_CREATE:
      countCall(call);
      return finish(vsCreate(reg0, reg1, reg2));
    case SYSCALL_VS_DESTROY:
      countCall(call);
      return finish(vsDestroy(reg0, reg1));
    case SYSCALL_VS_INIT_AS_ROOT:
      countCall(call);
      return finish(vsInitAsRoot(reg0, reg1));
    case SYSCALL_VS_SET_ACTIVE:
      countCall(call);
      return finish(vsSetActive(reg0, reg1, reg2, reg3));
    default:
      return unsupported();
  }
}

function unsupported(): u32 {
  return finish(STATUS_FAILURE_UNSUPPORTED);
}
