// NMIs in host mode: sending them, waiting for them, and handing them to the operating system; nmi-entry.ts receives them

import { SAVED_STATE_HANDOFF_NMIS } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_CAREFUL, PP_BLOCK_NMIS_OPEN } from "../../../abi/generated/bare/pp-block";
import { PP_STATE } from "../../../abi/generated/bare/windows";
import { pause } from "../../../bsl/src/atomic";
import { isWatched, ppid, setBlock32 } from "../../src/pp";
import { prepareApic, sendNmi as send } from "./apic";
import { nmiWindow } from "./cpu";
import { ppAdd32, ppExchange32, ppLoad32 } from "./pparea";
import { isMitigated } from "./speculation";
import { armNmi, isIntel } from "./vendor";

/** The operating system's, while nobody has taken them; where the loader's code looks when it gets the processor back. */
const PENDING: u32 = PP_STATE + SAVED_STATE_HANDOFF_NMIS;

/** Takes the memory that this needs; false when it runs out. */
export function prepareNmis(root: u64): bool {
  if (!isIntel() && (isWatched() || isMitigated())) setBlock32(PP_BLOCK_CAREFUL, 1);
  if (!isIntel() && isWatched()) setBlock32(PP_BLOCK_NMIS_OPEN, 1);
  return prepareApic(root);
}

/** One for the operating system, when it runs here: the driver is to look at the page that it shares with the kernel. */
export function signalRoot(): void {
  if (isIntel() || isWatched()) countNmi();
  else send(ppid());
}

/** One is the operating system's. On Intel an exit for an NMI window hands it over, on AMD handBackNmis(). */
export function countNmi(): void {
  ppAdd32(PENDING, 1);
  armNmi();
}

/**
 * Before a VM is entered. AMD's processors hold an NMI that this one sends itself back until the VM runs, and then treat it as
 * any other (amd/nmi.ts): it waits for the end of the VM's own handler (APM volume 2, 15.17). Several are one to the processor.
 */
export function handBackNmis(): void {
  if (isIntel() || ppLoad32(PENDING) == 0 || !send(ppid())) return;
  ppExchange32(PENDING, 0);
}

/** Sends one to a processor; false when that cannot be done. */
export function sendNmi(id: u32): bool {
  return send(id);
}

/** Waits a moment in the kernel for one that was announced. */
export function awaitNmi(): void {
  if (isIntel()) pause();
  else nmiWindow();
}
