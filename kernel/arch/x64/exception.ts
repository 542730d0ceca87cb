// Exceptions in host mode: an extension's go to its fail callback, the kernel's own are repaired or end in a panic

import { BOOT_EXT_FAULT, BOOT_EXT_RETURNED, BOOT_KERNEL_FAULT } from "../../../abi/generated/bare/boot";
import {
  ACTION_IRET,
  FAULT_FRAME_BYTES,
  FAULT_FRAME_CS,
  FAULT_FRAME_ERROR_CODE,
  FAULT_FRAME_RIP,
  FAULT_FRAME_RSP,
  FAULT_FRAME_VECTOR,
  PP_BLOCK_FAULT_FRAME,
} from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { abandonLocks } from "../../../bsl/src/lock";
import { copyMemory, peek64, poke64 } from "../../../bsl/src/memory";
import { showDirect } from "../../src/direct-map";
import { failStackTop, stackTop } from "../../src/extension";
import { fail, fatal } from "../../src/life-cycle";
import { ppid } from "../../src/pp";
import { isFlushPending } from "../../src/requests";
import { leaveKernel, reenterKernel } from "../../src/work";
import { exceptionFixup, readCr2 } from "./cpu";
import { takeFpu } from "./fpu";
import { showToRing3 } from "./isolation";
import { enterNmi } from "./nmi-entry";
import { panic, printFrame } from "./panic";
import { secureCall } from "./speculation";
import { noteFault, openPorts } from "./vendor";

const VECTOR_DEBUG: u64 = 1;
const VECTOR_NMI: u64 = 2;
const VECTOR_DEVICE_NOT_AVAILABLE: u64 = 7;
const VECTOR_GENERAL_PROTECTION: u64 = 13;
const VECTOR_PAGE_FAULT: u64 = 14;
const PRIVILEGE: u64 = 3;

/** An exception happened; `frame` is the address of its FaultFrame. Result: ACTION_*. */
export function enterException(frame: u64): u32 {
  const isExtensions = (peek64(frame + FAULT_FRAME_CS) & PRIVILEGE) != 0;
  if (isExtensions) secureCall();
  const vector = peek64(frame + FAULT_FRAME_VECTOR);
  // It may interrupt the kernel anywhere: nothing else is touched
  if (vector == VECTOR_NMI) return enterNmi(frame);
  if (vector == VECTOR_PAGE_FAULT || vector == VECTOR_DEBUG) noteFault();
  if (isExtensions) {
    reenterKernel();
    return extensionFault(frame);
  }
  const fixup = exceptionFixup(peek64(frame + FAULT_FRAME_RIP));
  if (fixup != 0) {
    poke64(frame + FAULT_FRAME_RIP, fixup);
    return ACTION_IRET;
  }
  // It may have come behind leaveKernel(): nobody must wait for a flush of this ring 3
  reenterKernel();
  // It may have come under any lock
  abandonLocks();
  panic(frame);
  return fatal(BOOT_KERNEL_FAULT, vector);
}

/** The extension faulted: its registers are kept for `again`, and its fail callback decides. */
function extensionFault(frame: u64): u32 {
  const vector = peek64(frame + FAULT_FRAME_VECTOR);
  const address = vector == VECTOR_PAGE_FAULT ? readCr2() : 0;
  // No fault to anybody else: what the fail callback may be about stays. A translation that is to be flushed may have led to
  // a table that has been replaced; afterwards the fault is a real one, or there is none
  if (vector == VECTOR_PAGE_FAULT && (isFlushPending() || showDirect(address) || showToRing3(address))) {
    return leaveKernel(false, ACTION_IRET);
  }
  if (vector == VECTOR_DEVICE_NOT_AVAILABLE && takeFpu()) {
    return leaveKernel(false, ACTION_IRET);
  }
  if (vector == VECTOR_GENERAL_PROTECTION && peek64(frame + FAULT_FRAME_ERROR_CODE) == 0 && openPorts()) {
    return leaveKernel(false, ACTION_IRET);
  }
  copyMemory(PP_AREA_BASE + PP_BLOCK + PP_BLOCK_FAULT_FRAME, frame, FAULT_FRAME_BYTES);
  printFrame("bareflank: the extension faulted", frame, address);
  const code = (peek64(frame + FAULT_FRAME_ERROR_CODE) << 32) | vector;
  return fail(returned(frame, address) ? BOOT_EXT_RETURNED : BOOT_EXT_FAULT, vector, code, address);
}

/** Whether a callback returned: its RET popped an address from above the top of its stack, where no page is. */
function returned(frame: u64, address: u64): bool {
  if (peek64(frame + FAULT_FRAME_VECTOR) != VECTOR_PAGE_FAULT || address != peek64(frame + FAULT_FRAME_RSP))
    return false;
  return address == stackTop(ppid()) || address == failStackTop(ppid());
}
