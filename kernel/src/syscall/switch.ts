// The calls by which one VM takes turns with another: they run a VS that is not the active one
//
// What is asked for is nearly always right, and looking whether it is costs little then. Whatever is not goes the general way,
// which says what is wrong.

import {
  PP_BLOCK_REG0,
  PP_BLOCK_REG1,
  PP_BLOCK_REG2,
  PP_BLOCK_REG3,
  PP_BLOCK_STATUS,
} from "../../../abi/generated/bare/pp-block";
import { SYSCALL_SIGNATURE, SYSCALL_VS_ADVANCE_IP_AND_RUN, SYSCALL_VS_RUN } from "../../../abi/generated/bare/syscalls";
import { activate } from "../activate";
import { currentExtension, NO_HANDLE } from "../extension";
import { runActive, runAdvanced } from "../life-cycle";
import { lockObjects, unlockObjects } from "../objects";
import { block32, block64, ppid } from "../pp";
import { countCall } from "../statistics";
import { Vs, vsAt, vss } from "../vs";
import { serveSyscall } from "./dispatch";

const SIGNATURE: u64 = (<u64>SYSCALL_SIGNATURE) << 48;
const RUN: u64 = SIGNATURE | SYSCALL_VS_RUN;
const ADVANCE_AND_RUN: u64 = SIGNATURE | SYSCALL_VS_ADVANCE_IP_AND_RUN;

/** Whether RAX names one of the two. */
export function isSwitch(rax: u64): bool {
  return ((rax - RUN) & ~(ADVANCE_AND_RUN - RUN)) == 0;
}

/**
 * Serves it: 6.5 and 6.7. What else it was called with, the entry has noted: nothing is kept over the lock. Exported from the
 * module, so that no compiler puts it into the way of other calls.
 */
export function enterSwitch(reg0: u64): u32 {
  const extension = currentExtension();
  if (reg0 != extension.switchHandle || reg0 == NO_HANDLE) return serveGenerally();
  lockObjects();
  const id = block32(PP_BLOCK_REG3) & 0xffff;
  const vs = vsAt(id);
  if (id >= vss.end || !isMeant(vs)) {
    unlockObjects();
    return serveGenerally();
  }
  activate(vs);
  unlockObjects();
  // The entry has seen that it is one of the two
  if (block32(PP_BLOCK_STATUS) == SYSCALL_VS_RUN) {
    countCall(SYSCALL_VS_RUN);
    return runActive();
  }
  countCall(SYSCALL_VS_ADVANCE_IP_AND_RUN);
  return runAdvanced(vs);
}

/** Whether the registers name a VS, its VP and its VM, and nothing speaks against its running here. Whoever owns a VS owns those. */
function isMeant(vs: Vs): bool {
  const extension = currentExtension();
  if (vs.owner != extension.address() || vs.ppid != ppid()) return false;
  if (((block32(PP_BLOCK_REG3) ^ vs.tag) & extension.idMask) != 0) return false;
  const names = <u64>block32(PP_BLOCK_REG1) | (block64(PP_BLOCK_REG2) << 32);
  if (((names ^ vs.tags) & extension.idMasks) != 0) return false;
  const on = vs.vp.activeOn;
  return on == 0 || on == ppid() + 1;
}

/** The call that the entry has noted. */
function serveGenerally(): u32 {
  return serveSyscall(
    block64(PP_BLOCK_REG0),
    block64(PP_BLOCK_REG1),
    block64(PP_BLOCK_REG2),
    block64(PP_BLOCK_REG3),
    block64(PP_BLOCK_STATUS),
  );
}
