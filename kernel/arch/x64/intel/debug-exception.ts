// A #DB that exited instead of being delivered, and is raised again

import { debugControlDelivered, dr6Delivered, dr7Delivered } from "../../../../bsl/src/x64/debug-exception";
import { Vs } from "../../../src/vs";
import { DEBUG_STEP, RFLAGS_TF } from "../completion";
import { VS_DR6 } from "../register-file";
import { readOwn, writeOwn } from "./own-registers";
import {
  VMCS_DEBUGCTL,
  VMCS_DR7,
  VMCS_INTERRUPTIBILITY,
  VMCS_PENDING_DEBUG,
  VMCS_QUALIFICATION,
  VMCS_RFLAGS,
} from "./vmcs";
import { vmread, vmwrite } from "./vmx";

/** Blocking by STI and by MOV SS. */
const SHADOW: u64 = 3;

/** Writes what its handler is to find. INT1 has been executed: behind it there is no shadow. */
export function deliverDebug(vs: Vs, isInstruction: bool): void {
  writeOwn(vs, VS_DR6, dr6Delivered(readOwn(vs, VS_DR6), vmread(VMCS_QUALIFICATION)));
  vmwrite(VMCS_DR7, dr7Delivered(vmread(VMCS_DR7)));
  vmwrite(VMCS_DEBUGCTL, debugControlDelivered(vmread(VMCS_DEBUGCTL)));
  const blocking = vmread(VMCS_INTERRUPTIBILITY);
  if ((blocking & SHADOW) == 0) return;
  if (isInstruction) vmwrite(VMCS_INTERRUPTIBILITY, blocking & ~SHADOW);
  else expectStep();
}

/** In a shadow an entry wants the step pending that RFLAGS.TF asks for (27.3.1.5), and this exit has not saved it. */
function expectStep(): void {
  if ((vmread(VMCS_RFLAGS) & RFLAGS_TF) == 0) return;
  vmwrite(VMCS_PENDING_DEBUG, vmread(VMCS_PENDING_DEBUG) | DEBUG_STEP);
}
