// What a machine's user has asked MicroV's VM to do otherwise: KVM_ENABLE_CAP, and a filter of MSRs

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { ENODEV, ENOMEM } from "./errors";
import { callMv } from "./hypercall";
import { FILTER_BYTES, isEmptyFilter, readFilter, refusesOwnMsrs } from "./msr-filter";
import {
  MACHINE_BLOCK,
  MACHINE_MSR_FILTER,
  MACHINE_MSR_REASONS,
  MACHINE_QUIRKS,
  MACHINE_VM,
  setWord,
  word,
} from "./objects";
import { allocate, free } from "./platform";

/** Why an access to an MSR may exit to the user. */
export const MSR_REASONS: u64 =
  kvm.KVM_MSR_EXIT_REASON_INVAL | kvm.KVM_MSR_EXIT_REASON_UNKNOWN | kvm.KVM_MSR_EXIT_REASON_FILTER;

/** Quirks of KVM's that there are, and that can be disabled. */
export const QUIRKS: u64 =
  kvm.KVM_X86_QUIRK_LAPIC_MMIO_HOLE |
  kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT |
  kvm.KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS |
  kvm.KVM_X86_QUIRK_FIX_HYPERCALL_INSN;

/** KVM_X86_SET_MSR_FILTER: the user's filter replaces the one before; without any range there is none. */
export function setMsrFilter(machine: u64, argument: u64): i64 {
  const filter = allocate(FILTER_BYTES);
  if (filter == 0) return ENOMEM;
  const error = readFilter(filter, argument);
  const result = error == 0 ? useFilter(machine, isEmptyFilter(filter) ? 0 : filter) : error;
  if (word(machine, MACHINE_MSR_FILTER) != filter) free(filter);
  return result;
}

function useFilter(machine: u64, filter: u64): i64 {
  const before = word(machine, MACHINE_MSR_FILTER);
  setWord(machine, MACHINE_MSR_FILTER, filter);
  if (!configure(machine)) {
    setWord(machine, MACHINE_MSR_FILTER, before);
    return ENODEV;
  }
  free(before);
  return 0;
}

/** Tells MicroV; false when it refuses, and all is as before. */
export function configure(machine: u64): bool {
  const reasons = word(machine, MACHINE_MSR_REASONS);
  const quirks = word(machine, MACHINE_QUIRKS);
  let options: u64 = word(machine, MACHINE_MSR_FILTER) != 0 ? mv.MV_OPTION_MSR_ASKED : 0;
  if (refusesOwnMsrs(machine)) options |= mv.MV_OPTION_MSR_CLOSED;
  if ((reasons & kvm.KVM_MSR_EXIT_REASON_UNKNOWN) != 0) options |= mv.MV_OPTION_MSR_UNKNOWN;
  if ((reasons & kvm.KVM_MSR_EXIT_REASON_INVAL) != 0) options |= mv.MV_OPTION_MSR_REFUSED;
  if ((quirks & kvm.KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS) != 0) options |= mv.MV_OPTION_MWAIT_BY_CPUID;
  if ((quirks & kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT) != 0) options |= mv.MV_OPTION_MWAIT_BY_MSR;
  if ((quirks & kvm.KVM_X86_QUIRK_FIX_HYPERCALL_INSN) == 0) options |= mv.MV_OPTION_UNDEFINED_ASKED;
  const block = machine + MACHINE_BLOCK;
  return callMv(block, mv.MV_VM_CONFIGURE, word(machine, MACHINE_VM), options, 0, 0) == mv.MV_STATUS_SUCCESS;
}
