// Ioctls of a machine about what a guest finds without its user (devices.ts), and about what raises its interrupts

import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32 } from "../../../bsl/src/memory";
import { registerZone, unregisterZone } from "./coalesced";
import { EFAULT, ENOTTY } from "./errors";
import { setIoeventfd } from "./ioeventfd";
import { closeIrqfds, setIrqfd } from "./irqfd";
import { MACHINE_ARGUMENT } from "./objects";
import { closePit, createPit, getPit, setPit, setReinjection } from "./pit";
import { copyFromUser } from "./platform";
import { closeWatches } from "./watches";

export function deviceIoctl(machine: u64, command: u32, argument: u64): i64 {
  switch (command) {
    case kvm.KVM_REGISTER_COALESCED_MMIO:
    case kvm.KVM_UNREGISTER_COALESCED_MMIO:
    case kvm.KVM_IOEVENTFD:
    case kvm.KVM_IRQFD:
    case kvm.KVM_CREATE_PIT2:
      return set(machine, command, argument);
    case kvm.KVM_CREATE_PIT:
      return createPit(machine, kvm.KVM_PIT_SPEAKER_DUMMY);
    case kvm.KVM_GET_PIT:
      return getPit(machine, argument, kvm.KVM_PIT_STATE_BYTES);
    case kvm.KVM_GET_PIT2:
      return getPit(machine, argument, kvm.KVM_PIT_STATE2_BYTES);
    case kvm.KVM_SET_PIT:
      return setPit(machine, argument, kvm.KVM_PIT_STATE_BYTES);
    case kvm.KVM_SET_PIT2:
      return setPit(machine, argument, kvm.KVM_PIT_STATE2_BYTES);
    case kvm.KVM_REINJECT_CONTROL:
      return setReinjection(machine, argument);
    default:
      return ENOTTY;
  }
}

/** The machine ends, and its VM is there still: nothing comes to that any more. */
export function stopDevices(machine: u64): void {
  closePit(machine);
  closeIrqfds(machine);
}

/** Its VM is gone, too. */
export function closeDevices(machine: u64): void {
  closeWatches(machine);
}

/** Those whose argument is a block, which its number has the size of (Linux's _IOC); behind it is room for what is put together. */
function set(machine: u64, command: u32, argument: u64): i64 {
  const block = machine + MACHINE_ARGUMENT;
  const bytes: u64 = (command >> 16) & 0x3fff;
  if (copyFromUser(block, argument, bytes) == 0) return EFAULT;
  switch (command) {
    case kvm.KVM_REGISTER_COALESCED_MMIO:
      return registerZone(machine, block, block + bytes);
    case kvm.KVM_UNREGISTER_COALESCED_MMIO:
      return unregisterZone(machine, block);
    case kvm.KVM_IOEVENTFD:
      return setIoeventfd(machine, block, block + bytes);
    case kvm.KVM_IRQFD:
      return setIrqfd(machine, block);
    default:
      return createPit(machine, peek32(block));
  }
}
