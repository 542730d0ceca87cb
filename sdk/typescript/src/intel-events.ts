// Events on Intel that AMD's processors see to themselves: NMIs, and what an exit interrupted
//
// Interruptibility (SDM volume 3, 25.4.2): bit 0 blocking by STI, 1 by MOV SS, 3 by NMI. Every NMI exits, and NMIs are
// virtual (25.5.1): the VM gets each from here, as soon as it is not in a handler of one.

import { INTEL_EXIT_EXCEPTION_OR_NMI } from "../../../abi/generated/bare/callbacks";
import {
  INTEL_REG_EXIT_QUALIFICATION,
  INTEL_REG_IDT_VECTORING_ERROR_CODE,
  INTEL_REG_IDT_VECTORING_INFORMATION_FIELD,
  INTEL_REG_INTERRUPTIBILITY_STATE,
  INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE,
  INTEL_REG_VMENTRY_INSTRUCTION_LENGTH,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
  INTEL_REG_VMEXIT_INSTRUCTION_LENGTH,
  INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION,
} from "../../../abi/generated/bare/registers-intel";
import { hasEvent, injectNmi } from "./events";
import { exitReason } from "./exit";
import { EXIT_NESTED_PAGE_FAULT } from "./exits";
import { Vector } from "./vectors";
import { Vs } from "./vs";

const VALID: u64 = 1 << 31;
const WITH_CODE: u64 = 1 << 11;
const TYPE: u64 = 7 << 8;
const TYPE_NMI: u64 = 2 << 8;
/** The first of those that an instruction raises: INT n, ICEBP, INT3 and INTO. Their length is wanted. */
const TYPE_SOFTWARE: u64 = 4 << 8;
const VECTOR: u64 = 0xff;
/** What VM-entry takes of the information of an exit. */
const ENTRY_BITS: u64 = VALID | WITH_CODE | TYPE | VECTOR;
/** Of exit information and of the qualification of EPT violations: IRET had ended the blocking of NMIs. */
const NMI_UNBLOCKED: u64 = 1 << 12;

const BY_STI: u64 = 1;
const BY_MOV_SS: u64 = 2;
const BY_NMI: u64 = 8;

/** Whether an exit of reason EXCEPTION_OR_NMI is for an NMI. */
export function isNmi(vs: Vs): bool {
  return (vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION) & TYPE) == TYPE_NMI;
}

/** An NMI has come: the VM gets it now or, when it cannot take one, as soon as it can. */
export function deliverNmi(vs: Vs): void {
  redeliverIntel(vs);
  const blocked = (vs.read(INTEL_REG_INTERRUPTIBILITY_STATE) & (BY_STI | BY_MOV_SS | BY_NMI)) != 0;
  if (blocked || hasEvent(vs)) vs.intel.trapNmiWindow(true);
  else injectNmi(vs);
}

/** The VM can take the NMI that waits for it. */
export function deliverWaitingNmi(vs: Vs): void {
  vs.intel.trapNmiWindow(false);
  injectNmi(vs);
}

/** Delivers again what was being delivered when the VM exited, unless something else is to be delivered. */
export function redeliverIntel(vs: Vs): void {
  const event = vs.read(INTEL_REG_IDT_VECTORING_INFORMATION_FIELD);
  if ((event & VALID) == 0) {
    restoreNmiBlocking(vs);
    return;
  }
  if (hasEvent(vs)) return;
  if ((event & TYPE) == TYPE_NMI) setBlocking(vs, BY_NMI, false);
  if ((event & TYPE) >= TYPE_SOFTWARE) {
    vs.write(INTEL_REG_VMENTRY_INSTRUCTION_LENGTH, vs.read(INTEL_REG_VMEXIT_INSTRUCTION_LENGTH));
  }
  if ((event & WITH_CODE) != 0) {
    vs.write(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, vs.read(INTEL_REG_IDT_VECTORING_ERROR_CODE));
  }
  vs.write(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, event & ENTRY_BITS);
}

/** Whether the VM takes no interrupt before the next instruction, behind STI or a move to SS. */
export function isInShadow(vs: Vs): bool {
  return (vs.read(INTEL_REG_INTERRUPTIBILITY_STATE) & (BY_STI | BY_MOV_SS)) != 0;
}

/** Blocking by STI wants RFLAGS.IF set (27.3.1.5): without it there is nothing to hold off. */
export function setShadow(vs: Vs, wanted: bool): void {
  setBlocking(vs, wanted ? BY_STI : BY_STI | BY_MOV_SS, wanted);
}

/** An IRET that faulted blocks NMIs again (28.2.3). */
function restoreNmiBlocking(vs: Vs): void {
  const reason = exitReason();
  let information: u64 = 0;
  if (reason == EXIT_NESTED_PAGE_FAULT) {
    information = vs.read(INTEL_REG_EXIT_QUALIFICATION);
  } else if (reason == INTEL_EXIT_EXCEPTION_OR_NMI) {
    information = vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION);
    if ((information & VECTOR) == Vector.DoubleFault) return;
  }
  if ((information & NMI_UNBLOCKED) != 0) setBlocking(vs, BY_NMI, true);
}

function setBlocking(vs: Vs, bits: u64, wanted: bool): void {
  const before = vs.read(INTEL_REG_INTERRUPTIBILITY_STATE);
  vs.write(INTEL_REG_INTERRUPTIBILITY_STATE, wanted ? before | bits : before & ~bits);
}
