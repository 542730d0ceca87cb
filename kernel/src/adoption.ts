// A driver that did not start the hypervisor: what it gets to know, and how the way out comes to end in its code
//
// UEFI's application has started the processor, and the way out would end in pages that no process of the operating system maps.
// The driver makes a transition table of its own; what host mode executes, and SavedState, stay where they are.

import { translate } from "#arch/page-table";
import { ppLoad32, ppLoad64 } from "#arch/pparea";
import { isReachableAddress, redirectWayOut } from "#arch/way-out";
import {
  BOOT_ARGS_EXCHANGE_PHYS,
  BOOT_ARGS_PP_COUNT,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_ARGS_RING_PHYS,
  BOOT_ARGS_ROOT_PHYS,
  BOOT_MAGIC,
  BOOT_VERSION,
  SAVED_STATE_PHYSICAL,
} from "../../abi/generated/bare/boot";
import { ADOPT_ADDRESS, ADOPT_DONE, ADOPT_TABLE } from "../../abi/generated/bare/exchange";
import { PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { HANDOFF_BASE, PP_ARGS, PP_STATE } from "../../abi/generated/bare/windows";
import { R8, R9, RBX, RCX, RDI, RDX, RSI } from "./general-registers";
import { answerAnew, isForeignPage } from "./memory/growth";
import { ppid } from "./pp";
import { Vs } from "./vs";

/** DOOR_DESCRIBE: where what it shares with the kernel lies, and what its way out has to lead through. */
export function describe(vs: Vs): u32 {
  vs.writeGeneral(RBX, BOOT_MAGIC);
  vs.writeGeneral(RCX, ppLoad64(PP_ARGS + BOOT_ARGS_RING_PHYS));
  vs.writeGeneral(RDX, ppLoad64(PP_ARGS + BOOT_ARGS_REPORT_PHYS) & ~(<u64>PAGE_SIZE - 1));
  vs.writeGeneral(RSI, ppLoad64(PP_ARGS + BOOT_ARGS_EXCHANGE_PHYS));
  vs.writeGeneral(RDI, ppLoad64(PP_STATE + SAVED_STATE_PHYSICAL));
  vs.writeGeneral(R8, translate(ppLoad64(PP_ARGS + BOOT_ARGS_ROOT_PHYS), HANDOFF_BASE));
  const count: u64 = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  vs.writeGeneral(R9, ppid() | (count << 16) | (BOOT_VERSION << 32));
  return ADOPT_DONE;
}

/**
 * DOOR_ADOPT. The table is looked at by the processor on its way out only, when this one is the operating system's: what that writes
 * there meanwhile harms nobody else. From now on the driver answers when the kernel asks for memory.
 */
export function adopt(vs: Vs): u32 {
  const table = vs.readGeneral(RCX);
  const state = vs.readGeneral(RDX);
  const promote = vs.readGeneral(RSI);
  const nmi = vs.readGeneral(RDI);
  if (!isForeignPage(table)) return ADOPT_TABLE;
  const isAligned = (state & (<u64>PAGE_SIZE - 1)) == 0;
  if (!isAligned || !isReachableAddress(state) || !isReachableAddress(promote) || !isReachableAddress(nmi)) {
    return ADOPT_ADDRESS;
  }
  redirectWayOut(table, state, promote, nmi, <u32>vs.readGeneral(R8));
  answerAnew();
  return ADOPT_DONE;
}
