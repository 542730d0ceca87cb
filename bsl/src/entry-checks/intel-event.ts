// The event that a VM entry injects (SDM volume 3, 27.2.1.3)

import {
  INTEL_RULE_ERROR_CODE,
  INTEL_RULE_EVENT_ERROR_CODE,
  INTEL_RULE_EVENT_RESERVED,
  INTEL_RULE_EVENT_TYPE,
  INTEL_RULE_EVENT_VECTOR,
  INTEL_RULE_INSTRUCTION_LENGTH,
} from "../../../abi/generated/bare/entry-rules";
import {
  INTEL_REG_CR0,
  INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE,
  INTEL_REG_VMENTRY_INSTRUCTION_LENGTH,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../abi/generated/bare/registers-intel";
import { isSet } from "../bits";
import { broken, UNBROKEN } from "./broken";
import {
  CR0_PE,
  EVENT_ERROR_CODE,
  EVENT_VALID,
  eventType,
  MSR_BASIC,
  MSR_MISC,
  MSR_PRIMARY,
  PRIMARY_MONITOR_TRAP,
  SECONDARY_UNRESTRICTED,
  TYPE_EXCEPTION,
  TYPE_NMI,
  TYPE_OTHER,
  TYPE_RESERVED,
  TYPE_SOFTWARE_EXCEPTION,
  TYPE_SOFTWARE_INTERRUPT,
  VECTOR_NMI,
} from "./intel-bits";
import { secondaryControls } from "./intel-controls";
import { EntryReader } from "./reader";

/** IA32_VMX_BASIC: any exception may have an error code or none (A.1). */
const BASIC_ANY_ERROR_CODE: u32 = 56;
/** IA32_VMX_MISC: software interrupts of length 0 can be injected (A.6). */
const MISC_LENGTH_0: u32 = 30;
const INFORMATION_RESERVED: u64 = 0x7fff_f000;
const LAST_EXCEPTION: u64 = 31;
const LONGEST_INSTRUCTION: u64 = 15;
/** Exceptions with an error code: 8, 10 to 14, 17 (6.15); as the manual demands it of an entry, without 21. */
const WITH_ERROR_CODE: u64 = 0x2_7d00;

const INFORMATION: u32 = INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD;

/** The event to inject, if there is one. */
export function explainEvent<R extends EntryReader>(vs: R): u32 {
  const event = vs.register(INFORMATION);
  if (!isSet(event, EVENT_VALID)) return UNBROKEN;
  const type = eventType(event);
  const canTrap = isSet(vs.msr(MSR_PRIMARY) >> 32, PRIMARY_MONITOR_TRAP);
  if (type === TYPE_RESERVED || (type === TYPE_OTHER && !canTrap)) return broken(INTEL_RULE_EVENT_TYPE, INFORMATION);
  const vector = event & 0xff;
  if (
    (type === TYPE_NMI && vector !== VECTOR_NMI) ||
    (type === TYPE_EXCEPTION && vector > LAST_EXCEPTION) ||
    (type === TYPE_OTHER && vector !== 0)
  ) {
    return broken(INTEL_RULE_EVENT_VECTOR, INFORMATION);
  }
  const hasErrorCode = isSet(event, EVENT_ERROR_CODE);
  if (!isErrorCodeRight<R>(vs, hasErrorCode, type, vector)) return broken(INTEL_RULE_EVENT_ERROR_CODE, INFORMATION);
  if ((event & INFORMATION_RESERVED) !== 0) return broken(INTEL_RULE_EVENT_RESERVED, INFORMATION);
  if (hasErrorCode && vs.register(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE) >> 16 !== 0) {
    return broken(INTEL_RULE_ERROR_CODE, INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE);
  }
  if (type >= TYPE_SOFTWARE_INTERRUPT && type <= TYPE_SOFTWARE_EXCEPTION) {
    const length = vs.register(INTEL_REG_VMENTRY_INSTRUCTION_LENGTH);
    if (length > LONGEST_INSTRUCTION || (length === 0 && !isSet(vs.msr(MSR_MISC), MISC_LENGTH_0))) {
      return broken(INTEL_RULE_INSTRUCTION_LENGTH, INTEL_REG_VMENTRY_INSTRUCTION_LENGTH);
    }
  }
  return UNBROKEN;
}

function isErrorCodeRight<R extends EntryReader>(vs: R, hasErrorCode: bool, type: u64, vector: u64): bool {
  const isReal = isSet(secondaryControls<R>(vs), SECONDARY_UNRESTRICTED) && !isSet(vs.register(INTEL_REG_CR0), CR0_PE);
  if (type !== TYPE_EXCEPTION || isReal) return !hasErrorCode;
  if (isSet(vs.msr(MSR_BASIC), BASIC_ANY_ERROR_CODE)) return true;
  return hasErrorCode === (((WITH_ERROR_CODE >> vector) & 1) !== 0);
}
