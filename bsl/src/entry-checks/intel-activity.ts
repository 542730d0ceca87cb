// Activity, interruptibility, pending debug exceptions and the link pointer (SDM volume 3, 27.3.1.5)

import {
  INTEL_RULE_ACTIVITY,
  INTEL_RULE_ACTIVITY_BLOCKING,
  INTEL_RULE_ACTIVITY_EVENT,
  INTEL_RULE_ACTIVITY_HLT,
  INTEL_RULE_BLOCKING_BOTH,
  INTEL_RULE_BLOCKING_ENCLAVE,
  INTEL_RULE_BLOCKING_INTERRUPT,
  INTEL_RULE_BLOCKING_NMI,
  INTEL_RULE_BLOCKING_RESERVED,
  INTEL_RULE_BLOCKING_SMI,
  INTEL_RULE_BLOCKING_STI,
  INTEL_RULE_DEBUG_RESERVED,
  INTEL_RULE_DEBUG_RTM,
  INTEL_RULE_DEBUG_STEP,
  INTEL_RULE_LINK_POINTER,
} from "../../../abi/generated/bare/entry-rules";
import {
  INTEL_REG_ACTIVITY_STATE,
  INTEL_REG_DEBUGCTL,
  INTEL_REG_INTERRUPTIBILITY_STATE,
  INTEL_REG_PENDING_DEBUG_EXCEPTIONS,
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_RFLAGS,
  INTEL_REG_SS_ATTRIB,
  INTEL_REG_VMCS_LINK_POINTER,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { broken, UNBROKEN } from "./broken";
import {
  EVENT_VALID,
  eventType,
  MSR_MISC,
  PIN_VIRTUAL_NMIS,
  RFLAGS_IF,
  RFLAGS_TF,
  TYPE_EXCEPTION,
  TYPE_EXTERNAL,
  TYPE_NMI,
  TYPE_OTHER,
  VECTOR_DEBUG,
  VECTOR_MACHINE_CHECK,
} from "./intel-bits";
import { EntryReader, isTooWide, physicalWidth } from "./reader";

/** Activity states (25.4.2); IA32_VMX_MISC bits 8:6 say which of the last three there are (A.6). */
const ACTIVE: u64 = 0;
const HLT: u64 = 1;
const SHUTDOWN: u64 = 2;
const WAIT_FOR_SIPI: u64 = 3;
const MISC_ACTIVITY: u64 = 5;

/** Interruptibility state (25.4.2). */
const BLOCKING_STI: u32 = 0;
const BLOCKING_MOV_SS: u32 = 1;
const BLOCKING_SMI: u32 = 2;
const BLOCKING_NMI: u32 = 3;
const BLOCKING_ENCLAVE: u32 = 4;
const BLOCKING_STI_MOV_SS: u64 = 3;

/** Pending debug exceptions (25.4.2): B3 to B0, bus lock, enabled breakpoint, BS, RTM. */
const PENDING_BITS: u64 = 0x1_580f;
const PENDING_ENABLED: u64 = 0x1000;
const PENDING_STEP: u32 = 14;
const PENDING_RTM: u32 = 16;
const DEBUGCTL_BTF: u32 = 1;

const NO_VMCS: u64 = 0xffff_ffff_ffff_ffff;

/** Everything that is no register. */
export function explainActivity<R extends EntryReader>(vs: R): u32 {
  let found = explainActivityState<R>(vs);
  if (found === UNBROKEN) found = explainBlocking<R>(vs);
  if (found === UNBROKEN) found = explainBlockedEvent<R>(vs);
  if (found === UNBROKEN) found = explainPendingDebug<R>(vs);
  return found === UNBROKEN ? explainLink<R>(vs) : found;
}

/** The event to inject, or 0. */
function validEvent<R extends EntryReader>(vs: R): u64 {
  const event = vs.register(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD);
  return isSet(event, EVENT_VALID) ? event : 0;
}

function explainActivityState<R extends EntryReader>(vs: R): u32 {
  const activity = vs.register(INTEL_REG_ACTIVITY_STATE);
  if (activity === ACTIVE) return UNBROKEN;
  if (activity > WAIT_FOR_SIPI || !isSet(vs.msr(MSR_MISC), <u32>(activity + MISC_ACTIVITY))) {
    return broken(INTEL_RULE_ACTIVITY, INTEL_REG_ACTIVITY_STATE);
  }
  if (activity === HLT && ((vs.register(INTEL_REG_SS_ATTRIB) >> 5) & 3) !== 0) {
    return broken(INTEL_RULE_ACTIVITY_HLT, INTEL_REG_ACTIVITY_STATE);
  }
  if ((vs.register(INTEL_REG_INTERRUPTIBILITY_STATE) & BLOCKING_STI_MOV_SS) !== 0) {
    return broken(INTEL_RULE_ACTIVITY_BLOCKING, INTEL_REG_ACTIVITY_STATE);
  }
  const event = validEvent<R>(vs);
  return event === 0 || wakes(activity, eventType(event), event & 0xff)
    ? UNBROKEN
    : broken(INTEL_RULE_ACTIVITY_EVENT, INTEL_REG_ACTIVITY_STATE);
}

/** Whether an event may be injected in an activity state other than active. */
function wakes(activity: u64, type: u64, vector: u64): bool {
  const isMachineCheck = type === TYPE_EXCEPTION && vector === VECTOR_MACHINE_CHECK;
  if (activity === SHUTDOWN) return type === TYPE_NMI || isMachineCheck;
  if (activity === WAIT_FOR_SIPI) return false;
  const isDebug = type === TYPE_EXCEPTION && vector === VECTOR_DEBUG;
  return type === TYPE_EXTERNAL || type === TYPE_NMI || type === TYPE_OTHER || isDebug || isMachineCheck;
}

function explainBlocking<R extends EntryReader>(vs: R): u32 {
  const blocking = vs.register(INTEL_REG_INTERRUPTIBILITY_STATE);
  if (blocking >> 5 !== 0) return broken(INTEL_RULE_BLOCKING_RESERVED, INTEL_REG_INTERRUPTIBILITY_STATE);
  if ((blocking & BLOCKING_STI_MOV_SS) === BLOCKING_STI_MOV_SS) {
    return broken(INTEL_RULE_BLOCKING_BOTH, INTEL_REG_INTERRUPTIBILITY_STATE);
  }
  if (isSet(blocking, BLOCKING_STI) && !isSet(vs.register(INTEL_REG_RFLAGS), RFLAGS_IF)) {
    return broken(INTEL_RULE_BLOCKING_STI, INTEL_REG_INTERRUPTIBILITY_STATE);
  }
  if (isSet(blocking, BLOCKING_SMI)) return broken(INTEL_RULE_BLOCKING_SMI, INTEL_REG_INTERRUPTIBILITY_STATE);
  return isSet(blocking, BLOCKING_ENCLAVE) && isSet(blocking, BLOCKING_MOV_SS)
    ? broken(INTEL_RULE_BLOCKING_ENCLAVE, INTEL_REG_INTERRUPTIBILITY_STATE)
    : UNBROKEN;
}

function explainBlockedEvent<R extends EntryReader>(vs: R): u32 {
  const event = validEvent<R>(vs);
  if (event === 0) return UNBROKEN;
  const blocking = vs.register(INTEL_REG_INTERRUPTIBILITY_STATE);
  const type = eventType(event);
  if (type === TYPE_EXTERNAL && (blocking & BLOCKING_STI_MOV_SS) !== 0) {
    return broken(INTEL_RULE_BLOCKING_INTERRUPT, INTEL_REG_INTERRUPTIBILITY_STATE);
  }
  if (type !== TYPE_NMI) return UNBROKEN;
  const isVirtual = isSet(vs.register(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS), PIN_VIRTUAL_NMIS);
  // Some processors take one behind STI; others refuse it.
  return (blocking & BLOCKING_STI_MOV_SS) !== 0 || (isVirtual && isSet(blocking, BLOCKING_NMI))
    ? broken(INTEL_RULE_BLOCKING_NMI, INTEL_REG_INTERRUPTIBILITY_STATE)
    : UNBROKEN;
}

function explainPendingDebug<R extends EntryReader>(vs: R): u32 {
  const pending = vs.register(INTEL_REG_PENDING_DEBUG_EXCEPTIONS);
  if ((pending & ~PENDING_BITS) !== 0) return broken(INTEL_RULE_DEBUG_RESERVED, INTEL_REG_PENDING_DEBUG_EXCEPTIONS);
  const isBlocked = (vs.register(INTEL_REG_INTERRUPTIBILITY_STATE) & BLOCKING_STI_MOV_SS) !== 0;
  if (isBlocked || vs.register(INTEL_REG_ACTIVITY_STATE) === HLT) {
    const isBranchStep = isSet(vs.register(INTEL_REG_DEBUGCTL), DEBUGCTL_BTF);
    const steps = isSet(vs.register(INTEL_REG_RFLAGS), RFLAGS_TF) && !isBranchStep;
    if (isSet(pending, PENDING_STEP) !== steps) {
      return broken(INTEL_RULE_DEBUG_STEP, INTEL_REG_PENDING_DEBUG_EXCEPTIONS);
    }
  }
  const others = pending & PENDING_BITS & ~((<u64>1) << PENDING_RTM);
  return isSet(pending, PENDING_RTM) && others !== PENDING_ENABLED
    ? broken(INTEL_RULE_DEBUG_RTM, INTEL_REG_PENDING_DEBUG_EXCEPTIONS)
    : UNBROKEN;
}

function explainLink<R extends EntryReader>(vs: R): u32 {
  const link = vs.register(INTEL_REG_VMCS_LINK_POINTER);
  const isPage = (link & 0xfff) === 0 && !isTooWide(link, physicalWidth<R>(vs));
  return link === NO_VMCS || isPage ? UNBROKEN : broken(INTEL_RULE_LINK_POINTER, INTEL_REG_VMCS_LINK_POINTER);
}
