// NMIs that arrive in host mode, and are the operating system's: each becomes an exit for an NMI window of the VS that runs next, which its extension
// answers by injecting one
//
//     host mode     NMI: pending + 1, NMI-window exiting on in the current VMCS
//     entry         the guest can take an NMI: exit at once; else as soon as it can
//     exit 8        pending - 1; NMI-window exiting stays on while more are pending
//
// One that was announced (src/kick.ts) means work, which is looked at before each entry. Only where it comes behind that look it
// has the VM exit for the same window; and in the VM, it exits by itself.
//
// The handler may come between any two instructions of the kernel, up to VMRESUME: so it arms the VMCS itself, and
// whoever writes that field looks afterwards whether an NMI has come. What the extension wants of the field is kept
// apart, in the VS: an exit that it asked for itself stands for no pending NMI.
//
// Manual: SDM volume 3, 26.2 (NMI-window exiting), 27.7.5 and 28.1 (virtual NMIs).

import { SAVED_STATE_HANDOFF_NMIS } from "../../../../abi/generated/bare/boot";
import { PP_BLOCK_VMCS, PP_BLOCK_WORK, WORK_FLUSH_GUESTS, WORK_KICK } from "../../../../abi/generated/bare/pp-block";
import { PP_BLOCK, PP_STATE } from "../../../../abi/generated/bare/windows";
import { takeKick } from "../../../src/announced";
import { block64, loadedVs } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { ppAdd32, ppLoad32 } from "../pparea";
import { confined } from "./confinement";
import { PROCESSOR_NMI_WINDOW } from "./controls";
import { VMCS_EXIT_INTERRUPTION, VMCS_PROCESSOR_CONTROLS } from "./vmcs";
import { vmread, vmwrite } from "./vmx";

/** The interruption type of an NMI (25.9.2). */
const NMI_TYPE: u64 = 2;

/** Where the loader's code counts too while it has the processor, and looks when it gets it back. */
const PENDING: u32 = PP_STATE + SAVED_STATE_HANDOFF_NMIS;

/** An NMI that arrived in host mode was counted, or was announced; or what that wanted is done. */
export function armNmi(): void {
  const vs = loadedVs();
  if (block64(PP_BLOCK_VMCS) != 0 && vs !== null) writeProcessorControls(vs);
}

/** The active VS exited because it can take an NMI: whether its extension is to hear of it. */
export function takeNmi(vs: Vs): bool {
  const isAsked = (vs.processorControls & PROCESSOR_NMI_WINDOW) != 0;
  const isOurs = !isAsked && ppLoad32(PENDING) != 0;
  if (isOurs) ppAdd32(PENDING, <u32>-1);
  writeProcessorControls(vs);
  return isAsked || isOurs;
}

/** The active VS exited for an NMI or an exception: whether that was an NMI for the kernel. */
export function takeAnnouncedNmi(): bool {
  return ((vmread(VMCS_EXIT_INTERRUPTION) >> 8) & 7) == NMI_TYPE && takeKick();
}

/** What the VS is to exit for as soon as it can take an NMI: one of the operating system's, or work that was announced by one. */
function wantsWindow(): u32 {
  return ppLoad32(PENDING) | (ppLoad32(PP_BLOCK + PP_BLOCK_WORK) & (WORK_KICK | WORK_FLUSH_GUESTS));
}

/** Writes the current VMCS's field: what the extension wants of it, and an exit for a pending NMI. */
export function writeProcessorControls(vs: Vs): void {
  const controls = confined(vs, VMCS_PROCESSOR_CONTROLS, vs.processorControls);
  let seen: u32 = 0;
  do {
    seen = wantsWindow();
    vmwrite(VMCS_PROCESSOR_CONTROLS, controls | (seen != 0 ? PROCESSOR_NMI_WINDOW : 0));
  } while (wantsWindow() != seen);
}
