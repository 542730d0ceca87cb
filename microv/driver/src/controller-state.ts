// State of interrupt controllers and of what vCPUs wait for: KVM_GET_LAPIC, KVM_GET_IRQCHIP, KVM_GET_MP_STATE, and the same that set

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { copyMemory, fillMemory, peek32, peek64, poke32, poke64 } from "../../../bsl/src/memory";
import { EFAULT, EINVAL, ENODEV, ENXIO } from "./errors";
import { callMv, firstOf, isDone } from "./hypercall";
import { hasIrqchip, isFull, wakeVcpus } from "./interrupts";
import {
  MACHINE_ARGUMENT,
  MACHINE_BLOCK,
  MACHINE_VM,
  VCPU_BLOCK,
  VCPU_MACHINE,
  VCPU_PAGE,
  VCPU_VS,
  word,
} from "./objects";
import { copyFromUser, copyToUser } from "./platform";

/** KVM_GET_LAPIC: KvmLapicState. */
export function getLapic(vcpu: u64, to: u64): i64 {
  if (!hasApic(vcpu)) return EINVAL;
  if (!isDone(vcpu + VCPU_BLOCK, mv.MV_VS_APIC_GET, word(vcpu, VCPU_VS))) return ENODEV;
  copyMemory(to, word(vcpu, VCPU_PAGE) + mv.MV_PAGE_LIST, kvm.KVM_LAPIC_STATE_BYTES);
  return 0;
}

/** KVM_SET_LAPIC. */
export function setLapic(vcpu: u64, from: u64): i64 {
  if (!hasApic(vcpu)) return EINVAL;
  copyMemory(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_LIST, from, kvm.KVM_LAPIC_STATE_BYTES);
  return isDone(vcpu + VCPU_BLOCK, mv.MV_VS_APIC_SET, word(vcpu, VCPU_VS)) ? 0 : ENODEV;
}

/** KVM_GET_MP_STATE. Without controllers a vCPU runs when it is run. */
export function mpState(vcpu: u64): u32 {
  return hasApic(vcpu) ? peek32(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_MP_STATE) : kvm.KVM_MP_STATE_RUNNABLE;
}

/** KVM_SET_MP_STATE. */
export function setMpState(vcpu: u64, state: u32): i64 {
  if (!hasApic(vcpu)) return state == kvm.KVM_MP_STATE_RUNNABLE ? 0 : EINVAL;
  if (state > kvm.KVM_MP_STATE_HALTED) return EINVAL;
  poke32(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_MP_STATE, state);
  return 0;
}

/** KVM_GET_IRQCHIP: a KvmIrqchip of the user's. */
export function getIrqchip(machine: u64, argument: u64): i64 {
  const words = wordsOf(machine, argument);
  if (words < 0) return words;
  const chip = machine + MACHINE_ARGUMENT;
  const block = machine + MACHINE_BLOCK;
  const number = peek32(chip);
  for (let i: i64 = 0; i < words; i++) {
    const vm = word(machine, MACHINE_VM);
    if (callMv(block, mv.MV_VM_IRQCHIP_GET, vm, number, i, 0) != mv.MV_STATUS_SUCCESS) return ENODEV;
    poke64(chip + 8 * i, firstOf(block));
  }
  return copyToUser(argument + kvm.KVM_IRQCHIP_CHIP, chip, 8 * words) != 0 ? 0 : EFAULT;
}

/** KVM_SET_IRQCHIP. */
export function setIrqchip(machine: u64, argument: u64): i64 {
  const words = wordsOf(machine, argument);
  if (words < 0) return words;
  const chip = machine + MACHINE_ARGUMENT;
  const block = machine + MACHINE_BLOCK;
  const number = peek32(chip);
  if (copyFromUser(chip, argument + kvm.KVM_IRQCHIP_CHIP, 8 * words) == 0) return EFAULT;
  for (let i: i64 = 0; i < words; i++) {
    const vm = word(machine, MACHINE_VM);
    const value = peek64(chip + 8 * i);
    if (callMv(block, mv.MV_VM_IRQCHIP_SET, vm, number, i, value) != mv.MV_STATUS_SUCCESS) return ENODEV;
    wakeVcpus(machine, firstOf(block));
  }
  return 0;
}

/**
 * KVM_TPR_ACCESS_REPORTING: there is nothing to report, for a guest's accesses to its task priority never have to be told; and
 * KVM_SET_VAPIC_ADDR, by which such accesses would be patched.
 */
export function controlTpr(control: u64): i64 {
  if (peek32(control + kvm.KVM_TPR_ACCESS_CTL_FLAGS) != 0) return EINVAL;
  const isEnabled = peek32(control + kvm.KVM_TPR_ACCESS_CTL_ENABLED);
  fillMemory(control, 0, kvm.KVM_TPR_ACCESS_CTL_BYTES);
  poke32(control + kvm.KVM_TPR_ACCESS_CTL_ENABLED, isEnabled);
  return 0;
}
export function setVapicAddress(vcpu: u64): i64 {
  return hasApic(vcpu) ? 0 : EINVAL;
}

/** How many 64-bit words the controller of a KvmIrqchip has, whose number is in the machine's argument then; or an error. */
function wordsOf(machine: u64, argument: u64): i64 {
  const chip = machine + MACHINE_ARGUMENT;
  if (copyFromUser(chip, argument, kvm.KVM_IRQCHIP_CHIP) == 0) return EFAULT;
  if (!isFull(machine)) return ENXIO;
  switch (peek32(chip)) {
    case kvm.KVM_IRQCHIP_PIC_MASTER:
    case kvm.KVM_IRQCHIP_PIC_SLAVE:
      return kvm.KVM_PIC_STATE_BYTES / 8;
    case kvm.KVM_IRQCHIP_IOAPIC:
      return kvm.KVM_IOAPIC_STATE_BYTES / 8;
    default:
      return EINVAL;
  }
}

function hasApic(vcpu: u64): bool {
  return hasIrqchip(word(vcpu, VCPU_MACHINE));
}
