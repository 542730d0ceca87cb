// KVM_CREATE_IRQCHIP and KVM_CAP_SPLIT_IRQCHIP: a machine gets MicroV's interrupt controllers; and what its user does to their lines

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke32 } from "../../../bsl/src/memory";
import { EEXIST, EFAULT, EINVAL, ENOMEM, ENXIO } from "./errors";
import { callMv } from "./hypercall";
import { hasIrqchip, IRQCHIP_FULL, IRQCHIP_SPLIT, raiseLine, sendMsi } from "./interrupts";
import { MACHINE_ARGUMENT, MACHINE_BLOCK, MACHINE_IRQCHIP, MACHINE_VCPUS, MACHINE_VM, setWord, word } from "./objects";
import { copyFromUser, copyToUser, tscKhz } from "./platform";
import { forgetRoutes, MOST_ROUTES, setDefaultRoutes } from "./routes";

/** KVM_CREATE_IRQCHIP. */
export function createIrqchip(machine: u64): i64 {
  if (hasIrqchip(machine)) return EEXIST;
  if (word(machine, MACHINE_VCPUS) != 0) return EINVAL;
  // MicroV does not take controllers away again: there is memory for the routes before they are made
  const error = setDefaultRoutes(machine);
  if (error != 0) return error;
  const result = create(machine, IRQCHIP_FULL, mv.MV_IRQCHIP_FULL);
  if (result != 0) forgetRoutes(machine);
  return result;
}

/** KVM_CAP_SPLIT_IRQCHIP: routes that the user keeps for `pins` of its own I/O APICs. */
export function splitIrqchip(machine: u64, pins: u64): i64 {
  if (pins > MOST_ROUTES) return EINVAL;
  if (hasIrqchip(machine) || word(machine, MACHINE_VCPUS) != 0) return EEXIST;
  return create(machine, IRQCHIP_SPLIT, mv.MV_IRQCHIP_SPLIT);
}

/** KVM_IRQ_LINE, and KVM_IRQ_LINE_STATUS, which tells what became of it. */
export function changeLine(machine: u64, argument: u64, wantsStatus: bool): i64 {
  const level = machine + MACHINE_ARGUMENT;
  if (copyFromUser(level, argument, kvm.KVM_IRQ_LEVEL_BYTES) == 0) return EFAULT;
  if (!hasIrqchip(machine)) return ENXIO;
  const isAsserted: u32 = peek32(level + kvm.KVM_IRQ_LEVEL_LEVEL) != 0 ? 1 : 0;
  const status = raiseLine(machine, peek32(level + kvm.KVM_IRQ_LEVEL_IRQ), mv.MV_SOURCE_USER, isAsserted);
  if (!wantsStatus) return 0;
  poke32(level + kvm.KVM_IRQ_LEVEL_IRQ, <u32>status);
  return copyToUser(argument, level, kvm.KVM_IRQ_LEVEL_BYTES) != 0 ? 0 : EFAULT;
}

/** KVM_SIGNAL_MSI: how many local APICs have taken it, or an error. */
export function signalMsi(machine: u64, argument: u64): i64 {
  const msi = machine + MACHINE_ARGUMENT;
  if (copyFromUser(msi, argument, kvm.KVM_MSI_BYTES) == 0) return EFAULT;
  if (!hasIrqchip(machine) || peek32(msi + kvm.KVM_MSI_FLAGS) != 0) return EINVAL;
  return sendMsi(machine, peek64(msi + kvm.KVM_MSI_ADDRESS_LO), peek32(msi + kvm.KVM_MSI_DATA));
}

function create(machine: u64, irqchip: u64, kind: u32): i64 {
  const block = machine + MACHINE_BLOCK;
  const status = callMv(block, mv.MV_VM_IRQCHIP_CREATE, word(machine, MACHINE_VM), kind, tscKhz(), 0);
  if (status != mv.MV_STATUS_SUCCESS) return ENOMEM;
  setWord(machine, MACHINE_IRQCHIP, irqchip);
  return 0;
}
