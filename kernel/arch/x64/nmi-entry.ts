// An NMI in host mode: some are asked for (src/announced.ts), all others are the operating system's
//
// It may come between any two instructions of the kernel on Intel, and at those that entry.S lists on AMD. What this
// touches while the kernel runs: the words that announce a kick, the count of NMIs, what intel/nmi.ts writes, and the counter that watches.

import {
  ACTION_IRET,
  FAULT_FRAME_BYTES,
  FAULT_FRAME_CS,
  FAULT_FRAME_R11,
  FAULT_FRAME_RCX,
  FAULT_FRAME_RFLAGS,
  FAULT_FRAME_RIP,
  FAULT_FRAME_RSP,
  FAULT_FRAME_SS,
  PP_BLOCK_FAULT_FRAME,
} from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { copyMemory, peek64, poke64 } from "../../../bsl/src/memory";
import { takeKick } from "../../src/announced";
import { failOverdue } from "../../src/life-cycle";
import { isAlone } from "../../src/pp";
import { goOnWatching, isOverdue, isWatching } from "../../src/watchdog";
import { reenterKernel } from "../../src/work";
import { frameIret, openSysret, takeNextNmi } from "./cpu";
import { USER_CODE_SELECTOR, USER_STACK_SELECTOR } from "./descriptors";
import { countNmi } from "./nmi";
import { printFrame } from "./panic";
import { armNmi, hasRunOut, isIntel } from "./vendor";

const PRIVILEGE: u64 = 3;
/** What IRET takes from the stack: RIP, CS, RFLAGS, RSP and SS. */
const IRET_BYTES: u64 = 40;
/** What SYSRET does not take from R11: RF and VM (APM volume 3, SYSRET). */
const SYSRET_RFLAGS: u64 = 0xffff_ffff_fffc_ffff;

/** An NMI arrived in host mode. Result: ACTION_*. */
export function enterNmi(frame: u64): u32 {
  const isKick = takeKick();
  const isCounter = isWatching() && isAlone() && hasRunOut();
  if (!isKick && !isCounter) countNmi();
  // The kernel may have looked at its work already, and be about to enter a VM
  else if (isKick) armNmi();
  endLeaving(frame);
  if ((peek64(frame + FAULT_FRAME_CS) & PRIVILEGE) == 0 || !isOverdue()) {
    if (isCounter) goOnWatching();
    return ACTION_IRET;
  }
  reenterKernel();
  if (!isIntel()) takeNextNmi();
  copyMemory(PP_AREA_BASE + PP_BLOCK + PP_BLOCK_FAULT_FRAME, frame, FAULT_FRAME_BYTES);
  printFrame("bareflank: the extension is overdue", frame, 0);
  return failOverdue(peek64(frame + FAULT_FRAME_RIP));
}

/** In front of the last instruction of the kernel, an NMI makes its frame what it would be behind that. */
function endLeaving(frame: u64): void {
  const rip = peek64(frame + FAULT_FRAME_RIP);
  if (rip == frameIret()) {
    copyMemory(frame + FAULT_FRAME_RIP, peek64(frame + FAULT_FRAME_RSP), IRET_BYTES);
  } else if (rip == openSysret()) {
    poke64(frame + FAULT_FRAME_RIP, peek64(frame + FAULT_FRAME_RCX));
    poke64(frame + FAULT_FRAME_CS, USER_CODE_SELECTOR);
    poke64(frame + FAULT_FRAME_RFLAGS, peek64(frame + FAULT_FRAME_R11) & SYSRET_RFLAGS);
    poke64(frame + FAULT_FRAME_SS, USER_STACK_SELECTOR);
  }
}
