// KVM_CAP_SYNC_REGS: registers that KVM_RUN takes from KvmRun, and leaves there, so that the user needs no calls for them

import * as kvm from "../../../abi/generated/bare/kvm";
import { copyMemory, peek64, poke64 } from "../../../bsl/src/memory";
import { EINVAL } from "./errors";
import { getEvents, setEvents } from "./events";
import { VCPU_ARGUMENT, word } from "./objects";
import { getRegs, getSregs, setRegs, setSregs } from "./registers";

export const SYNCED_PARTS: u64 = kvm.KVM_SYNC_X86_REGS | kvm.KVM_SYNC_X86_SREGS | kvm.KVM_SYNC_X86_EVENTS;

/** Whether the user wants any of it. */
export function isSynced(run: u64): bool {
  return (peek64(run + kvm.KVM_RUN_KVM_VALID_REGS) | peek64(run + kvm.KVM_RUN_KVM_DIRTY_REGS)) != 0;
}

/** Whether there are such parts. */
export function takesParts(run: u64): bool {
  return ((peek64(run + kvm.KVM_RUN_KVM_VALID_REGS) | peek64(run + kvm.KVM_RUN_KVM_DIRTY_REGS)) & ~SYNCED_PARTS) == 0;
}

/** Gives the guest what the user has written: 0, or an error. What it was given is dirty no longer. */
export function takeRegisters(vcpu: u64, run: u64): i64 {
  const dirty = peek64(run + kvm.KVM_RUN_KVM_DIRTY_REGS);
  // The user may write there meanwhile: what is checked is a copy
  const copy = word(vcpu, VCPU_ARGUMENT);
  if ((dirty & kvm.KVM_SYNC_X86_REGS) != 0) {
    copyMemory(copy, run + kvm.KVM_RUN_REGS, kvm.KVM_REGS_BYTES);
    if (setRegs(vcpu, copy) != 0) return EINVAL;
    clean(run, kvm.KVM_SYNC_X86_REGS);
  }
  if ((dirty & kvm.KVM_SYNC_X86_SREGS) != 0) {
    copyMemory(copy, run + kvm.KVM_RUN_SREGS, kvm.KVM_SREGS_BYTES);
    if (setSregs(vcpu, copy, true) != 0) return EINVAL;
    clean(run, kvm.KVM_SYNC_X86_SREGS);
  }
  if ((dirty & kvm.KVM_SYNC_X86_EVENTS) != 0) {
    copyMemory(copy, run + kvm.KVM_RUN_EVENTS, kvm.KVM_VCPU_EVENTS_BYTES);
    if (setEvents(vcpu, copy) != 0) return EINVAL;
    clean(run, kvm.KVM_SYNC_X86_EVENTS);
  }
  return 0;
}

/** Leaves there what the user wants to read. */
export function tellRegisters(vcpu: u64, run: u64): void {
  const valid = peek64(run + kvm.KVM_RUN_KVM_VALID_REGS);
  if ((valid & kvm.KVM_SYNC_X86_REGS) != 0) getRegs(vcpu, run + kvm.KVM_RUN_REGS);
  if ((valid & kvm.KVM_SYNC_X86_SREGS) != 0) getSregs(vcpu, run + kvm.KVM_RUN_SREGS);
  if ((valid & kvm.KVM_SYNC_X86_EVENTS) != 0) getEvents(vcpu, run + kvm.KVM_RUN_EVENTS);
}

function clean(run: u64, part: u64): void {
  const place = run + kvm.KVM_RUN_KVM_DIRTY_REGS;
  poke64(place, peek64(place) & ~part);
}
