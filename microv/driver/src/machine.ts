// A virtual machine: a VM of MicroV's, its memory slots, and its vCPUs

import { MV_STATUS_SUCCESS, MV_VM_CREATE, MV_VM_DESTROY } from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64 } from "../../../bsl/src/memory";
import { capability, MOST_VCPUS } from "./capabilities";
import { beginClock, getClock, setClock } from "./clock";
import { getIrqchip, setIrqchip } from "./controller-state";
import { closeDevices, deviceIoctl, stopDevices } from "./device-ioctls";
import { EFAULT, EINVAL, ENODEV, ENOMEM } from "./errors";
import { callMv, firstOf, isDone, NOT_TAKEN } from "./hypercall";
import { changeLine, createIrqchip, signalMsi, splitIrqchip } from "./irqchip";
import {
  MACHINE_ARGUMENT,
  MACHINE_BLOCK,
  MACHINE_BYTES,
  MACHINE_MMU_PAGES,
  MACHINE_MSR_FILTER,
  MACHINE_MSR_REASONS,
  MACHINE_PAGES,
  MACHINE_QUIRKS,
  MACHINE_SLOTS,
  MACHINE_VCPU_IDS,
  MACHINE_VCPUS,
  MACHINE_VM,
  setWord,
  word,
} from "./objects";
import { allocate, copyFromUser, copyToUser, free, openMachine } from "./platform";
import { freeRoutes, setRoutes } from "./routes";
import { hideSlots, PIECE_PAGES, releaseSlots, SLOTS_BYTES, setSlot } from "./slots";
import { beginTsc } from "./tsc";
import { createVcpu } from "./vcpu";
import { configure, MSR_REASONS, QUIRKS, setMsrFilter } from "./vm-options";

/** Three pages at KVM_SET_TSS_ADDR lie below 4 GiB. */
const LAST_TSS: u64 = 0xffff_d000;

/** KVM's own limit, and what an ioctl can return. */
const LEAST_MMU_PAGES: u64 = 64;
const MOST_RESULT: u64 = 0x7fff_ffff;

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
  beginTsc(machine, machine + MACHINE_ARGUMENT);
  const file = configure(machine) ? openMachine(machine) : ENODEV;
  if (file < 0) isDone(block, MV_VM_DESTROY, word(machine, MACHINE_VM));
  return file;
}

/** Gives back all that it has; its vCPUs are gone. */
export function closeMachine(machine: u64): void {
  stopDevices(machine);
  hideSlots(machine);
  isDone(machine + MACHINE_BLOCK, MV_VM_DESTROY, word(machine, MACHINE_VM));
  releaseSlots(machine);
  closeDevices(machine);
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
    case kvm.KVM_CREATE_IRQCHIP:
      return createIrqchip(machine);
    case kvm.KVM_GET_IRQCHIP:
      return getIrqchip(machine, argument);
    case kvm.KVM_SET_IRQCHIP:
      return setIrqchip(machine, argument);
    case kvm.KVM_SET_GSI_ROUTING:
      return setRoutes(machine, argument);
    case kvm.KVM_IRQ_LINE:
    case kvm.KVM_IRQ_LINE_STATUS:
      return changeLine(machine, argument, command == kvm.KVM_IRQ_LINE_STATUS);
    case kvm.KVM_SIGNAL_MSI:
      return signalMsi(machine, argument);
    case kvm.KVM_X86_SET_MSR_FILTER:
      return setMsrFilter(machine, argument);
    case kvm.KVM_ENABLE_CAP: {
      const enabled = machine + MACHINE_ARGUMENT;
      if (copyFromUser(enabled, argument, kvm.KVM_ENABLE_CAP_BYTES) == 0) return EFAULT;
      return enableCapability(machine, enabled);
    }
    // There are no shadow pages: any number of them is enough
    case kvm.KVM_SET_NR_MMU_PAGES:
      if (argument < LEAST_MMU_PAGES) return EINVAL;
      setWord(machine, MACHINE_MMU_PAGES, argument);
      return 0;
    case kvm.KVM_GET_NR_MMU_PAGES:
      return <i64>(word(machine, MACHINE_MMU_PAGES) & MOST_RESULT);
    // For processors that cannot run real mode; these can
    case kvm.KVM_SET_TSS_ADDR:
      return argument <= LAST_TSS ? 0 : EINVAL;
    case kvm.KVM_SET_IDENTITY_MAP_ADDR:
      return copyFromUser(machine + MACHINE_ARGUMENT, argument, 8) != 0 ? 0 : EFAULT;
    default:
      return deviceIoctl(machine, command, argument);
  }
}

/** KVM_ENABLE_CAP. */
function enableCapability(machine: u64, enabled: u64): i64 {
  if (peek32(enabled + kvm.KVM_ENABLE_CAP_FLAGS) != 0) return EINVAL;
  const argument = peek64(enabled + kvm.KVM_ENABLE_CAP_ARGS);
  switch (peek32(enabled + kvm.KVM_ENABLE_CAP_CAP)) {
    case kvm.KVM_CAP_MAX_VCPU_ID:
      return limitVcpus(machine, argument);
    case kvm.KVM_CAP_SPLIT_IRQCHIP:
      return splitIrqchip(machine, argument);
    case kvm.KVM_CAP_X86_USER_SPACE_MSR:
      return change(machine, MACHINE_MSR_REASONS, argument, MSR_REASONS);
    case kvm.KVM_CAP_DISABLE_QUIRKS2:
      return change(machine, MACHINE_QUIRKS, argument, QUIRKS);
    default:
      return EINVAL;
  }
}

/** A word of bits, of which there are `known`, that MicroV hears of. */
function change(machine: u64, place: u64, bits: u64, known: u64): i64 {
  if ((bits & ~known) != 0) return EINVAL;
  const before = word(machine, place);
  setWord(machine, place, bits);
  if (configure(machine)) return 0;
  setWord(machine, place, before);
  return ENODEV;
}

/** How many numbers of vCPUs the user needs: said once, and before there are any beyond. */
function limitVcpus(machine: u64, count: u64): i64 {
  const before = word(machine, MACHINE_VCPU_IDS);
  if (before == count) return 0;
  if (before != 0 || count > MOST_VCPUS || word(machine, MACHINE_VCPUS) >> (count - 1) > 1) return EINVAL;
  setWord(machine, MACHINE_VCPU_IDS, count);
  return 0;
}

function freeMachine(machine: u64): void {
  freeRoutes(machine);
  free(word(machine, MACHINE_MSR_FILTER));
  free(word(machine, MACHINE_SLOTS));
  free(word(machine, MACHINE_PAGES));
  free(machine);
}
