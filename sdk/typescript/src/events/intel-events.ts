// Events on Intel that AMD's processors see to themselves: NMIs, and what an exit interrupted
//
// Interruptibility (SDM volume 3, 25.4.2): bit 0 blocking by STI, 1 by MOV SS, 3 by NMI. Every NMI exits, and NMIs are
// virtual (25.5.1): the VM gets each from here, as soon as it is not in a handler of one.

import {
  INTEL_EXIT_ENTRY_FAILURE,
  INTEL_EXIT_EPT_VIOLATION,
  INTEL_EXIT_EXCEPTION_OR_NMI,
} from "../../../../abi/generated/bare/callbacks";
import {
  EVENT_TYPE,
  EVENT_TYPE_NMI,
  EVENT_TYPE_SOFTWARE,
  EVENT_VALID,
  EVENT_VECTOR,
  EVENT_WITH_CODE,
} from "../../../../abi/generated/bare/events";
import {
  INTEL_REG_EXIT_REASON,
  INTEL_REG_IDT_VECTORING_ERROR_CODE,
  INTEL_REG_INTERRUPTIBILITY_STATE,
  INTEL_REG_RFLAGS,
  INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE,
  INTEL_REG_VMENTRY_INSTRUCTION_LENGTH,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
  INTEL_REG_VMEXIT_INSTRUCTION_LENGTH,
  INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION,
} from "../../../../abi/generated/bare/registers-intel";
import { information1, interruptedEvent } from "../exits/told";
import { trapNmiWindow } from "../vendor/intel-vs";
import { NativeVs } from "../vs/native-vs";
import { hasEvent, injectNmi } from "./event";
import { Vector } from "./vectors";

/** What VM-entry takes of the information of an exit. */
const ENTRY_BITS: u64 = EVENT_VALID | EVENT_WITH_CODE | EVENT_TYPE | EVENT_VECTOR;
/** Of exit information and of the qualification of EPT violations: IRET had ended the blocking of NMIs. */
const NMI_UNBLOCKED: u64 = 1 << 12;

/** Of the exit reason (25.9.1). */
const BASIC_REASON: u64 = 0xffff;

const RFLAGS_IF: u64 = 1 << 9;
const BY_STI: u64 = 1;
const BY_MOV_SS: u64 = 2;
const BY_NMI: u64 = 8;

/** Whether an exit of reason EXCEPTION_OR_NMI is for an NMI. */
export function isNmi(vs: NativeVs): bool {
  return (vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION) & EVENT_TYPE) == EVENT_TYPE_NMI;
}

/** An NMI has come: the VM gets it now or, when it cannot take one, as soon as it can. */
export function deliverNmi(vs: NativeVs): void {
  redeliverIntel(vs);
  const blocked = (vs.read(INTEL_REG_INTERRUPTIBILITY_STATE) & (BY_STI | BY_MOV_SS | BY_NMI)) != 0;
  if (blocked || hasEvent(vs)) trapNmiWindow(vs, true);
  else injectNmi(vs);
}

/** The VM can take the NMI that waits for it. */
export function deliverWaitingNmi(vs: NativeVs): void {
  trapNmiWindow(vs, false);
  injectNmi(vs);
}

/** Delivers again what was being delivered when the VM exited, unless something else is to be delivered; whether there was something. */
export function redeliverIntel(vs: NativeVs): bool {
  const reason = vs.read(INTEL_REG_EXIT_REASON);
  // An entry that failed delivered nothing, and left what the exit before it had interrupted (27.8)
  if ((reason & INTEL_EXIT_ENTRY_FAILURE) != 0) return false;
  const event = interruptedEvent();
  if ((event & EVENT_VALID) == 0) {
    restoreNmiBlocking(vs, reason & BASIC_REASON);
    return false;
  }
  if (hasEvent(vs)) return true;
  if ((event & EVENT_TYPE) == EVENT_TYPE_NMI) setBlocking(vs, BY_NMI, false);
  if ((event & EVENT_TYPE) >= EVENT_TYPE_SOFTWARE) {
    vs.write(INTEL_REG_VMENTRY_INSTRUCTION_LENGTH, vs.read(INTEL_REG_VMEXIT_INSTRUCTION_LENGTH));
  }
  if ((event & EVENT_WITH_CODE) != 0) {
    vs.write(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, vs.read(INTEL_REG_IDT_VECTORING_ERROR_CODE));
  }
  vs.write(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, event & ENTRY_BITS);
  return true;
}

/** Whether the VM takes no interrupt before the next instruction, behind STI or a move to SS. */
export function isInShadow(vs: NativeVs): bool {
  return (vs.read(INTEL_REG_INTERRUPTIBILITY_STATE) & (BY_STI | BY_MOV_SS)) != 0;
}

/** Blocking by STI wants RFLAGS.IF set (27.3.1.5), and both at a time are refused. */
export function setShadow(vs: NativeVs, wanted: bool): void {
  if (!wanted) setBlocking(vs, BY_STI | BY_MOV_SS, false);
  else if (!isInShadow(vs)) setBlocking(vs, (vs.read(INTEL_REG_RFLAGS) & RFLAGS_IF) != 0 ? BY_STI : BY_MOV_SS, true);
}

/** An IRET that faulted blocks NMIs again (28.2.3). */
function restoreNmiBlocking(vs: NativeVs, reason: u64): void {
  let information: u64 = 0;
  if (reason == INTEL_EXIT_EPT_VIOLATION) {
    information = information1();
  } else if (reason == INTEL_EXIT_EXCEPTION_OR_NMI) {
    information = vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION);
    if ((information & EVENT_VECTOR) == Vector.DoubleFault) return;
  }
  if ((information & NMI_UNBLOCKED) != 0) setBlocking(vs, BY_NMI, true);
}

function setBlocking(vs: NativeVs, bits: u64, wanted: bool): void {
  const before = vs.read(INTEL_REG_INTERRUPTIBILITY_STATE);
  vs.write(INTEL_REG_INTERRUPTIBILITY_STATE, wanted ? before | bits : before & ~bits);
}
