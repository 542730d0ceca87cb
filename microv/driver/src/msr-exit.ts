// KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR: accesses to MSRs that the user wants to hear of (KVM_CAP_X86_USER_SPACE_MSR)

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek8, peek32, peek64, poke8, poke32, poke64 } from "../../../bsl/src/memory";
import { noteAnswer } from "./answered";
import { GO_ON, leave, PENDING_MSR } from "./exit";
import { isMsrAllowed } from "./msr-filter";
import { MACHINE_GLUE, MACHINE_MSR_REASONS, setWord, VCPU_MACHINE, VCPU_PAGE, VCPU_PENDING, word } from "./objects";
import { lockMachine, unlockMachine } from "./platform";

/** MV_EXIT_MSR_ACCESS: the guest is at the instruction. */
export function leaveForMsr(vcpu: u64, run: u64, page: u64): i64 {
  const flags = peek32(page + mv.MV_PAGE_MSR_FLAGS);
  const isWrite = (flags & mv.MV_MSR_WRITE) != 0;
  if ((flags & mv.MV_MSR_ASKED) != 0) return filter(vcpu, run, page, isWrite);
  const isUnknown = (flags & mv.MV_MSR_UNKNOWN) != 0;
  return ask(vcpu, run, page, isWrite, isUnknown ? kvm.KVM_MSR_EXIT_REASON_UNKNOWN : kvm.KVM_MSR_EXIT_REASON_INVAL);
}

function filter(vcpu: u64, run: u64, page: u64, isWrite: bool): i64 {
  const machine = word(vcpu, VCPU_MACHINE);
  lockMachine(word(machine, MACHINE_GLUE));
  const isAllowed = isMsrAllowed(machine, peek32(page + mv.MV_PAGE_MSR), isWrite);
  const reasons = word(machine, MACHINE_MSR_REASONS);
  unlockMachine(word(machine, MACHINE_GLUE));
  if (!isAllowed && (reasons & kvm.KVM_MSR_EXIT_REASON_FILTER) != 0)
    return ask(vcpu, run, page, isWrite, kvm.KVM_MSR_EXIT_REASON_FILTER);
  noteAnswer(vcpu, isAllowed ? mv.MV_RUN_MSR_ALLOWED : mv.MV_RUN_MSR_FAULT);
  return GO_ON;
}

function ask(vcpu: u64, run: u64, page: u64, isWrite: bool, reason: u32): i64 {
  poke8(run + kvm.KVM_RUN_MSR_ERROR, 0);
  poke32(run + kvm.KVM_RUN_MSR_REASON, reason);
  poke32(run + kvm.KVM_RUN_MSR_INDEX, peek32(page + mv.MV_PAGE_MSR));
  poke64(run + kvm.KVM_RUN_MSR_DATA, isWrite ? peek64(page + mv.MV_PAGE_DATA) : 0);
  setWord(vcpu, VCPU_PENDING, PENDING_MSR);
  return leave(run, isWrite ? kvm.KVM_EXIT_X86_WRMSR : kvm.KVM_EXIT_X86_RDMSR);
}

/** The user has decided. */
export function finishMsr(vcpu: u64, run: u64): void {
  const page = word(vcpu, VCPU_PAGE);
  poke64(page + mv.MV_PAGE_DATA, peek64(run + kvm.KVM_RUN_MSR_DATA));
  noteAnswer(vcpu, peek8(run + kvm.KVM_RUN_MSR_ERROR) != 0 ? mv.MV_RUN_MSR_FAULT : mv.MV_RUN_MSR_DONE);
}
