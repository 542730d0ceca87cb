// Skipping the instruction that a VS exited for, on Intel; completion.ts above says what belongs to it
//
// The processor saves RFLAGS.RF as it was before the instruction (SDM volume 3, 28.3.3), and no trap is pending: an
// instruction that exits has not been executed (28.1).

import { DEBUG_STEP, DEBUGCTL_BTF, RFLAGS_DEBUG, RFLAGS_RF, RFLAGS_TF } from "../completion";
import {
  VMCS_DEBUGCTL,
  VMCS_EXIT_INSTRUCTION_LENGTH,
  VMCS_INTERRUPTIBILITY,
  VMCS_PENDING_DEBUG,
  VMCS_RFLAGS,
  VMCS_RIP,
} from "./vmcs";
import { vmread, vmwrite } from "./vmx";

/** Blocking by STI and by MOV SS, which end with the instruction behind. */
const INTERRUPT_SHADOW: u64 = 3;

/** Whether skipping has to do with nothing but RIP and shadow of the active VS. */
export function isPlainSkip(): bool {
  return (vmread(VMCS_RFLAGS) & RFLAGS_DEBUG) == 0;
}

/** Moves the active VS behind the instruction that it exited for, and out of an interrupt shadow that ends there. */
export function skipPlain(): void {
  vmwrite(VMCS_RIP, vmread(VMCS_RIP) + vmread(VMCS_EXIT_INSTRUCTION_LENGTH));
  const blocking = vmread(VMCS_INTERRUPTIBILITY);
  if ((blocking & INTERRUPT_SHADOW) != 0) vmwrite(VMCS_INTERRUPTIBILITY, blocking & ~INTERRUPT_SHADOW);
}

/** The same with RFLAGS.RF; whether the trap of a single step follows. */
export function skipInstruction(): bool {
  skipPlain();
  const flags = vmread(VMCS_RFLAGS);
  if ((flags & RFLAGS_RF) != 0) vmwrite(VMCS_RFLAGS, flags & ~RFLAGS_RF);
  return (flags & RFLAGS_TF) != 0 && (vmread(VMCS_DEBUGCTL) & DEBUGCTL_BTF) == 0;
}

/** Raises the trap of a single step: the processor delivers it, or makes an exit of it, at the entry (27.7.3). */
export function raiseStep(): u64 {
  vmwrite(VMCS_PENDING_DEBUG, vmread(VMCS_PENDING_DEBUG) | DEBUG_STEP);
  return 0;
}
