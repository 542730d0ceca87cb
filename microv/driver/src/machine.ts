// A virtual machine: a VM of MicroV's, its memory slots, and its vCPUs

import { MV_STATUS_SUCCESS, MV_VM_CREATE, MV_VM_DESTROY } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { capability } from "./capabilities";
import { beginClock, getClock, setClock } from "./clock";
import { EFAULT, EINVAL, ENODEV, ENOMEM, ENOTTY } from "./errors";
import { callMv, firstOf, isDone, NOT_TAKEN } from "./hypercall";
import {
  MACHINE_ARGUMENT,
  MACHINE_BLOCK,
  MACHINE_BYTES,
  MACHINE_PAGES,
  MACHINE_SLOTS,
  MACHINE_VM,
  setWord,
  word,
} from "./objects";
import { allocate, copyFromUser, copyToUser, free, openMachine } from "./platform";
import { hideSlots, PIECE_PAGES, releaseSlots, SLOTS_BYTES, setSlot } from "./slots";
import { createVcpu } from "./vcpu";

/** Three pages at KVM_SET_TSS_ADDR lie below 4 GiB. */
const LAST_TSS: u64 = 0xffff_d000;

/** KVM_CREATE_VM: its file, or a negative error. */
export function createMachine(): i64 {
  const machine = allocate(MACHINE_BYTES);
  if (machine == 0) return ENOMEM;
  setWord(machine, MACHINE_SLOTS, allocate(SLOTS_BYTES));
  setWord(machine, MACHINE_PAGES, allocate(PIECE_PAGES * 8));
  const result = word(machine, MACHINE_SLOTS) == 0 || word(machine, MACHINE_PAGES) == 0 ? ENOMEM : open(machine);
  if (result < 0) freeMachine(machine);
  return result;
}

function open(machine: u64): i64 {
  const block = machine + MACHINE_BLOCK;
  const status = callMv(block, MV_VM_CREATE, 0, 0, 0, 0);
  if (status != MV_STATUS_SUCCESS) return status == NOT_TAKEN ? ENODEV : ENOMEM;
  setWord(machine, MACHINE_VM, firstOf(block));
  beginClock(machine, machine + MACHINE_ARGUMENT);
  const file = openMachine(machine);
  if (file < 0) isDone(block, MV_VM_DESTROY, word(machine, MACHINE_VM));
  return file;
}

/** Gives back all that it has; its vCPUs are gone. */
export function closeMachine(machine: u64): void {
  hideSlots(machine);
  isDone(machine + MACHINE_BLOCK, MV_VM_DESTROY, word(machine, MACHINE_VM));
  releaseSlots(machine);
  freeMachine(machine);
}

export function machineIoctl(machine: u64, command: u32, argument: u64): i64 {
  switch (command) {
    case kvm.KVM_CHECK_EXTENSION:
      return capability(argument);
    case kvm.KVM_CREATE_VCPU:
      return createVcpu(machine, argument);
    case kvm.KVM_SET_USER_MEMORY_REGION: {
      const region = machine + MACHINE_ARGUMENT;
      if (copyFromUser(region, argument, kvm.KVM_USERSPACE_MEMORY_REGION_BYTES) == 0) return EFAULT;
      return setSlot(machine, region);
    }
    case kvm.KVM_GET_CLOCK: {
      const clock = machine + MACHINE_ARGUMENT;
      getClock(machine, clock);
      return copyToUser(argument, clock, kvm.KVM_CLOCK_DATA_BYTES) != 0 ? 0 : EFAULT;
    }
    case kvm.KVM_SET_CLOCK: {
      const clock = machine + MACHINE_ARGUMENT;
      if (copyFromUser(clock, argument, kvm.KVM_CLOCK_DATA_BYTES) == 0) return EFAULT;
      return setClock(machine, clock);
    }
    // For processors that cannot run real mode; these can
    case kvm.KVM_SET_TSS_ADDR:
      return argument <= LAST_TSS ? 0 : EINVAL;
    case kvm.KVM_SET_IDENTITY_MAP_ADDR:
      return copyFromUser(machine + MACHINE_ARGUMENT, argument, 8) != 0 ? 0 : EFAULT;
    default:
      return ENOTTY;
  }
}

function freeMachine(machine: u64): void {
  free(word(machine, MACHINE_SLOTS));
  free(word(machine, MACHINE_PAGES));
  free(machine);
}
