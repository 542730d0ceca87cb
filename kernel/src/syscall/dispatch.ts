// System calls: from the number in RAX to the function that serves it

import { STATUS_FAILURE_UNSUPPORTED } from "../../../abi/generated/bare/status";
import {
  SYSCALL_CALLBACK_REGISTER_BOOTSTRAP,
  SYSCALL_CALLBACK_REGISTER_FAIL,
  SYSCALL_CALLBACK_REGISTER_VMEXIT,
  SYSCALL_CONTROL_AGAIN,
  SYSCALL_CONTROL_EXIT,
  SYSCALL_CONTROL_WAIT,
  SYSCALL_DEBUG_DUMP_EXT,
  SYSCALL_DEBUG_DUMP_HUGE_POOL,
  SYSCALL_DEBUG_DUMP_PAGE_POOL,
  SYSCALL_DEBUG_DUMP_VM,
  SYSCALL_DEBUG_DUMP_VMEXIT_LOG,
  SYSCALL_DEBUG_DUMP_VP,
  SYSCALL_DEBUG_DUMP_VS,
  SYSCALL_DEBUG_OUT,
  SYSCALL_DEBUG_WRITE_C,
  SYSCALL_DEBUG_WRITE_STR,
  SYSCALL_HANDLE_CLOSE,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_INTRINSIC_RDMSR,
  SYSCALL_INTRINSIC_WRMSR,
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
  SYSCALL_SIGNATURE,
  SYSCALL_VM_CREATE,
  SYSCALL_VM_DESTROY,
  SYSCALL_VM_MAP_DIRECT,
  SYSCALL_VM_TLB_FLUSH,
  SYSCALL_VM_UNMAP_DIRECT,
  SYSCALL_VM_UNMAP_DIRECT_BROADCAST,
  SYSCALL_VP_CREATE,
  SYSCALL_VP_DESTROY,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE,
  SYSCALL_VS_CLEAR,
  SYSCALL_VS_CREATE,
  SYSCALL_VS_DESTROY,
  SYSCALL_VS_INIT_AS_ROOT,
  SYSCALL_VS_MIGRATE,
  SYSCALL_VS_PROMOTE,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
  SYSCALL_VS_SET_ACTIVE,
  SYSCALL_VS_TLB_FLUSH,
  SYSCALL_VS_WRITE,
} from "../../../abi/generated/bare/syscalls";
import { again, exit, wait } from "../life-cycle";
import { lockObjects, unlockObjects } from "../objects";
import { mayCall } from "../policy";
import { countCall } from "../statistics";
import { registerBootstrap, registerFail, registerVmexit } from "./callback";
import { debugOut, writeCharacter, writeString } from "./debug";
import { denyUnchecked } from "./deny";
import { dumpExt, dumpHugePool, dumpPagePool, dumpVm, dumpVmexitLog, dumpVp, dumpVs } from "./dump";
import { finish } from "./finish";
import { closeHandle, openHandle } from "./handle";
import { rdmsr, wrmsr } from "./intrinsic";
import { allocHuge, allocPage, freeHuge, freePage } from "./mem";
import { extend } from "./version2";
import { vmCreate, vmDestroy, vmMapDirect, vmTlbFlush, vmUnmapDirect, vmUnmapDirectBroadcast } from "./vm";
import { vpCreate, vpDestroy } from "./vp";
import {
  vsAdvanceIpAndRun,
  vsAdvanceIpAndRunCurrent,
  vsAdvanceIpAndSetActive,
  vsClear,
  vsCreate,
  vsDestroy,
  vsInitAsRoot,
  vsMigrate,
  vsPromote,
  vsRead,
  vsRun,
  vsRunCurrent,
  vsSetActive,
  vsTlbFlush,
  vsWrite,
} from "./vs";

/** The group that only prints, and the last one of calls that change objects. */
const DEBUG_GROUP: u32 = 2;
const VS_GROUP: u32 = 6;
/** The last group of Bareflank 3.0's interface. */
const LAST_GROUP: u32 = 8;

/** Serves any system call. Exported, so that no compiler puts it into that of the entry (enter.ts). Result: ACTION_*. */
export function serveSyscall(reg0: u64, reg1: u64, reg2: u64, reg3: u64, rax: u64): u32 {
  if (rax >> 48 != SYSCALL_SIGNATURE) return unsupported();
  const call = <u32>rax;
  if (call >> 16 <= LAST_GROUP && !mayCall(call)) return finish(denyUnchecked(call, reg0));
  // Calls that may end a callback give an action, the others a status
  switch (call) {
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

/** Calls that an exit's path does not make: each has a status, or is unknown. */
function dispatchRare(call: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64): u32 {
  const group = call >> 16;
  if (group > LAST_GROUP) return extend(call, reg0);
  let status = STATUS_FAILURE_UNSUPPORTED;
  if (group == DEBUG_GROUP) status = print(call, reg0, reg1);
  else if (call == SYSCALL_VS_WRITE) status = vsWrite(reg0, reg1, reg2, reg3);
  else if (call == SYSCALL_VS_READ) status = vsRead(reg0, reg1, reg2);
  else if (group <= VS_GROUP) status = manageLocked(call, reg0, reg1, reg2, reg3);
  else status = useMachine(call, reg0, reg1, reg2);
  if (status != STATUS_FAILURE_UNSUPPORTED) countCall(call);
  return finish(status);
}

/** Group 2. */
function print(call: u32, reg0: u64, reg1: u64): u64 {
  switch (call) {
    case SYSCALL_DEBUG_OUT:
      return debugOut(reg0, reg1);
    case SYSCALL_DEBUG_DUMP_VM:
      return dumpVm(reg0);
    case SYSCALL_DEBUG_DUMP_VP:
      return dumpVp(reg0);
    case SYSCALL_DEBUG_DUMP_VS:
      return dumpVs(reg0);
    case SYSCALL_DEBUG_DUMP_VMEXIT_LOG:
      return dumpVmexitLog(reg0);
    case SYSCALL_DEBUG_WRITE_C:
      return writeCharacter(reg0);
    case SYSCALL_DEBUG_WRITE_STR:
      return writeString(reg0, reg1);
    case SYSCALL_DEBUG_DUMP_EXT:
      return dumpExt(reg0);
    case SYSCALL_DEBUG_DUMP_PAGE_POOL:
      return dumpPagePool();
    case SYSCALL_DEBUG_DUMP_HUGE_POOL:
      return dumpHugePool();
    default:
      return STATUS_FAILURE_UNSUPPORTED;
  }
}

function manageLocked(call: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  lockObjects();
  const status = manage(call, reg0, reg1, reg2, reg3);
  unlockObjects();
  return status;
}

/** Groups 1 and 3 to 6, but for the registers of a VS and what may end a callback. */
function manage(call: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64): u64 {
  switch (call) {
    case SYSCALL_HANDLE_OPEN:
      return openHandle(reg0);
    case SYSCALL_HANDLE_CLOSE:
      return closeHandle(reg0);
    case SYSCALL_CALLBACK_REGISTER_BOOTSTRAP:
      return registerBootstrap(reg0, reg1);
    case SYSCALL_CALLBACK_REGISTER_VMEXIT:
      return registerVmexit(reg0, reg1);
    case SYSCALL_CALLBACK_REGISTER_FAIL:
      return registerFail(reg0, reg1);
    case SYSCALL_VM_CREATE:
      return vmCreate(reg0);
    case SYSCALL_VM_DESTROY:
      return vmDestroy(reg0, reg1);
    case SYSCALL_VM_MAP_DIRECT:
      return vmMapDirect(reg0, reg1, reg2);
    case SYSCALL_VM_UNMAP_DIRECT:
      return vmUnmapDirect(reg0, reg1, reg2);
    case SYSCALL_VM_UNMAP_DIRECT_BROADCAST:
      return vmUnmapDirectBroadcast(reg0, reg1, reg2);
    case SYSCALL_VM_TLB_FLUSH:
      return vmTlbFlush(reg0, reg1);
    case SYSCALL_VP_CREATE:
      return vpCreate(reg0, reg1);
    case SYSCALL_VP_DESTROY:
      return vpDestroy(reg0, reg1);
    case SYSCALL_VS_CREATE:
      return vsCreate(reg0, reg1, reg2);
    case SYSCALL_VS_DESTROY:
      return vsDestroy(reg0, reg1);
    case SYSCALL_VS_INIT_AS_ROOT:
      return vsInitAsRoot(reg0, reg1);
    case SYSCALL_VS_CLEAR:
      return vsClear(reg0, reg1);
    case SYSCALL_VS_MIGRATE:
      return vsMigrate(reg0, reg1, reg2);
    case SYSCALL_VS_SET_ACTIVE:
      return vsSetActive(reg0, reg1, reg2, reg3);
    case SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE:
      return vsAdvanceIpAndSetActive(reg0, reg1, reg2, reg3);
    case SYSCALL_VS_TLB_FLUSH:
      return vsTlbFlush(reg0, reg1, reg2);
    default:
      return STATUS_FAILURE_UNSUPPORTED;
  }
}

/** Groups 7 and 8. */
function useMachine(call: u32, reg0: u64, reg1: u64, reg2: u64): u64 {
  switch (call) {
    case SYSCALL_INTRINSIC_RDMSR:
      return rdmsr(reg0, reg1);
    case SYSCALL_INTRINSIC_WRMSR:
      return wrmsr(reg0, reg1, reg2);
    case SYSCALL_MEM_ALLOC_PAGE:
      return allocPage(reg0);
    case SYSCALL_MEM_FREE_PAGE:
      return freePage(reg0, reg1);
    case SYSCALL_MEM_ALLOC_HUGE:
      return allocHuge(reg0, reg1);
    case SYSCALL_MEM_FREE_HUGE:
      return freeHuge(reg0, reg1);
    default:
      return STATUS_FAILURE_UNSUPPORTED;
  }
}

function unsupported(): u32 {
  return finish(STATUS_FAILURE_UNSUPPORTED);
}
