// What the delivery of #DB does beside: an exit in its place leaves it out, and so does raising it again (SDM volume 3, 28.1 and
// 27.6.1)

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

/** DR6, and at the same places the exit's qualification (table 28-1): B0 to B3; with BD and BS. */
const HITS: u64 = 0xf;
const CAUSES: u64 = 0x600f;
/** Likewise, but clear in DR6 when they are meant: a bus lock; RTM, which each other #DB sets (18.2.3). */
const BUS_LOCK: u64 = 1 << 11;
const RTM: u64 = 1 << 16;
const DR7_GD: u64 = 1 << 13;
/** LBR and BTF (18.4.1, 18.4.3). */
const DEBUGCTL_CLEARED: u64 = 3;
/** Blocking by STI and by MOV SS. */
const SHADOW: u64 = 3;

/** Writes what its handler is to find. INT1 has been executed: behind it there is no shadow. */
export function deliverDebug(vs: Vs, isInstruction: bool): void {
  const qualification = vmread(VMCS_QUALIFICATION);
  const before = (readOwn(vs, VS_DR6) & ~HITS) | RTM;
  writeOwn(vs, VS_DR6, (before | (qualification & CAUSES)) & ~(qualification & (BUS_LOCK | RTM)));
  vmwrite(VMCS_DR7, vmread(VMCS_DR7) & ~DR7_GD);
  vmwrite(VMCS_DEBUGCTL, vmread(VMCS_DEBUGCTL) & ~DEBUGCTL_CLEARED);
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
