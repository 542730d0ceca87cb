// The KVM API on MicroV's hypercalls (Linux's Documentation/virt/kvm/api.rst): what an ioctl means, and what is to happen
//
//     capabilities.ts  what KVM_CHECK_EXTENSION answers
//     machine.ts       a virtual machine's ioctls
//     slots.ts         its memory
//     vcpu.ts          a vCPU's ioctls; registers.ts, events.ts, msrs.ts, cpuid.ts what they move
//     run.ts           KVM_RUN; synced-registers.ts, what it takes from the user and leaves there
//     clock.ts tsc.ts  a machine's time
//     watches.ts       writes that the user does not see at once; ioeventfd.ts, coalesced.ts, coalesced-ring.ts
//     irqfd.ts         eventfds that raise interrupts
//     pit.ts           the interval timer
//     devices.ts       what of all this a guest finds at its ports and in its memory
//     emulate.ts       instructions that touch devices; guest-memory.ts, what they find in memory
//     objects.ts       where a machine and a vCPU keep what they know
//     platform.ts      what Linux does for all this
//
// The functions here are what the glue calls: for each machine one at a time, for each vCPU one at a time, but any number at
// once. So no variable of the module's is ever written: what is known lies in native memory.

import * as kvm from "../../../abi/generated/bare/kvm";
import { capability } from "./capabilities";
import { listCpuids } from "./cpuid";
import { EINVAL, ENOTTY } from "./errors";
import { listFeatureMsrs, readFeatureMsrs } from "./feature-msrs";
import { exchangeGuestMemory, readGuestMemory, writeGuestMemory } from "./guest-memory";
import { raiseIrqfd } from "./irqfd";
import { closeMachine, createMachine, machineIoctl } from "./machine";
import { tellMce } from "./machine-check";
import { listMsrs } from "./msrs";
import { tickPit } from "./pit";
import { timeLeft } from "./rest";
import { runVcpu } from "./run";
import { closeVcpu, ioctlOfVcpu } from "./vcpu";

/** An ioctl of /dev/kvm: its result, or a negative error. */
export function systemIoctl(command: u32, argument: u64): i64 {
  switch (command) {
    case kvm.KVM_GET_API_VERSION:
      return argument == 0 ? kvm.KVM_API_VERSION : EINVAL;
    case kvm.KVM_CREATE_VM:
      return argument == 0 ? createMachine() : EINVAL;
    case kvm.KVM_CHECK_EXTENSION:
      return capability(argument);
    case kvm.KVM_GET_VCPU_MMAP_SIZE:
      return argument == 0 ? 3 * kvm.KVM_PAGE_BYTES : EINVAL;
    case kvm.KVM_X86_GET_MCE_CAP_SUPPORTED:
      return tellMce(argument);
    case kvm.KVM_GET_MSR_INDEX_LIST:
      return listMsrs(argument);
    case kvm.KVM_GET_MSR_FEATURE_INDEX_LIST:
      return listFeatureMsrs(argument);
    case kvm.KVM_GET_MSRS:
      return readFeatureMsrs(argument);
    case kvm.KVM_GET_SUPPORTED_CPUID:
      return listCpuids(argument);
    default:
      return ENOTTY;
  }
}

/** The same of a machine, whose lock is held. */
export function vmIoctl(machine: u64, command: u32, argument: u64): i64 {
  return machineIoctl(machine, command, argument);
}

/** The same of a vCPU, which nobody else uses meanwhile. */
export function vcpuIoctl(vcpu: u64, command: u32, argument: u64): i64 {
  return ioctlOfVcpu(vcpu, command, argument);
}

/** KVM_RUN. */
export function vcpuRun(vcpu: u64): i64 {
  return runVcpu(vcpu);
}

/** Nobody has the file of a machine, or of one of its vCPUs, any more. */
export function destroyMachine(machine: u64): void {
  closeMachine(machine);
}

/** Nobody has a vCPU's file any more. Its machine's lock is held. */
export function destroyVcpu(vcpu: u64): void {
  closeVcpu(vcpu);
}

/** A vCPU's timer has come to its time: 0: it is due; nanoseconds until it is to ask again. In no process's time, and with interrupts disabled. */
export function vcpuTimer(vcpu: u64): u64 {
  return timeLeft(vcpu);
}

/** A timer is due; its machine is there. In no process's time, and with interrupts disabled. */
export function pitTimer(pit: u64): void {
  tickPit(pit);
}

/** An irqfd's eventfd is signalled; its machine is there. In any process's time or none's, and with interrupts disabled. */
export function irqfdRaised(irqfd: u64): void {
  raiseIrqfd(irqfd);
}

/** What the emulator wants of guest memory; the glue leads its imports here. */
export function readGuest(owner: u64, physical: u64, to: u64, bytes: u32): u32 {
  return readGuestMemory(owner, physical, to, bytes);
}
export function writeGuest(owner: u64, physical: u64, from: u64, bytes: u32): u32 {
  return writeGuestMemory(owner, physical, from, bytes);
}
export function exchangeGuest(owner: u64, physical: u64, bytes: u32, expected: u64, value: u64): u32 {
  return exchangeGuestMemory(owner, physical, bytes, expected, value);
}
