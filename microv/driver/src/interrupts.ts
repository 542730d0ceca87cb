// Interrupts of a machine's devices: lines and messages, by its routes, to MicroV's controllers; and vCPUs that are to be woken
//
//     KVM_IRQ_LINE, irqfd, interval timer ──▶ raiseLine: GSI ─routes.ts─▶ 8259 pair, I/O APIC, or a message
//     KVM_SIGNAL_MSI ──▶ sendMsi                                                 │
//     an exit of a vCPU, MV_EXIT_WAKE ──▶ wakeVcpus ◀─── whom to wake ───────────┘
//
// May be called from anywhere, also by interrupts of Linux's own: a lock of the glue's that keeps those away has all of it.

import * as mv from "../../../abi/generated/bare/hypercalls";
import { callMv, firstOf, secondOf } from "./hypercall";
import {
  MACHINE_GLUE,
  MACHINE_INTERRUPT_BLOCK,
  MACHINE_IRQCHIP,
  MACHINE_RUNNERS,
  MACHINE_VM,
  setWord,
  VCPU_GLUE,
  word,
} from "./objects";
import { lockInterrupts, unlockInterrupts, wakeVcpu } from "./platform";
import {
  isMessage,
  NO_ROUTE,
  ROUTE_ADDRESS,
  ROUTE_CHIP,
  ROUTE_DATA,
  ROUTE_PIN,
  routeAfter,
  routeField,
} from "./routes";

/** MACHINE_IRQCHIP: none, all of MicroV's, or its local APICs alone. */
export const IRQCHIP_NONE: u64 = 0;
export const IRQCHIP_FULL: u64 = 1;
export const IRQCHIP_SPLIT: u64 = 2;

export function hasIrqchip(machine: u64): bool {
  return word(machine, MACHINE_IRQCHIP) != IRQCHIP_NONE;
}
export function isFull(machine: u64): bool {
  return word(machine, MACHINE_IRQCHIP) == IRQCHIP_FULL;
}
export function isSplit(machine: u64): bool {
  return word(machine, MACHINE_IRQCHIP) == IRQCHIP_SPLIT;
}

/**
 * A source, MV_SOURCE_*, asserts a line or not any more: how many local APICs have taken it, 0: it waits already, a negative number: it is
 * masked, or leads nowhere.
 */
export function raiseLine(machine: u64, gsi: u32, source: u32, level: u32): i64 {
  lockInterrupts(word(machine, MACHINE_GLUE));
  let result: i64 = -1;
  for (let route = routeAfter(machine, NO_ROUTE, gsi); route != NO_ROUTE; route = routeAfter(machine, route, gsi)) {
    const taken = raiseBy(machine, route, source, level);
    if (taken >= 0) result = result < 0 ? taken : result + taken;
  }
  unlockInterrupts(word(machine, MACHINE_GLUE));
  return result;
}

/** Sends a message: how many local APICs have taken it; -1: none. */
export function sendMsi(machine: u64, address: u64, data: u64): i64 {
  lockInterrupts(word(machine, MACHINE_GLUE));
  const taken = message(machine, address, data);
  unlockInterrupts(word(machine, MACHINE_GLUE));
  return taken;
}

/** Has vCPUs look at what has come for them: a bit for each by its number. */
export function wakeVcpus(machine: u64, vcpus: u64): void {
  if (vcpus == 0) return;
  lockInterrupts(word(machine, MACHINE_GLUE));
  wake(machine, vcpus);
  unlockInterrupts(word(machine, MACHINE_GLUE));
}

/** A vCPU can be woken from now on, until forgetRunner(). */
export function noteRunner(machine: u64, number: u64, vcpu: u64): void {
  setRunner(machine, number, vcpu);
}
export function forgetRunner(machine: u64, number: u64): void {
  setRunner(machine, number, 0);
}

function setRunner(machine: u64, number: u64, vcpu: u64): void {
  lockInterrupts(word(machine, MACHINE_GLUE));
  setWord(machine, MACHINE_RUNNERS + number * 8, vcpu);
  unlockInterrupts(word(machine, MACHINE_GLUE));
}

function raiseBy(machine: u64, route: u64, source: u32, level: u32): i64 {
  if (isMessage(machine, route)) {
    return level == 0
      ? -1
      : message(machine, routeField(machine, route, ROUTE_ADDRESS), routeField(machine, route, ROUTE_DATA));
  }
  const block = machine + MACHINE_INTERRUPT_BLOCK;
  const pin = routeField(machine, route, ROUTE_PIN) | source;
  const chip = routeField(machine, route, ROUTE_CHIP);
  return answered(machine, callMv(block, mv.MV_VM_IRQ_LINE, word(machine, MACHINE_VM), chip, pin, level));
}

function message(machine: u64, address: u64, data: u64): i64 {
  const block = machine + MACHINE_INTERRUPT_BLOCK;
  const taken = answered(machine, callMv(block, mv.MV_VM_MSI, word(machine, MACHINE_VM), address, data, 0));
  return taken == 0 ? -1 : taken;
}

/** What a call has led to; whom it says to wake is woken. */
function answered(machine: u64, status: u64): i64 {
  if (status != mv.MV_STATUS_SUCCESS) return -1;
  const block = machine + MACHINE_INTERRUPT_BLOCK;
  wake(machine, firstOf(block));
  return <i64>secondOf(block);
}

function wake(machine: u64, vcpus: u64): void {
  for (let left = vcpus; left != 0; left &= left - 1) {
    const vcpu = word(machine, MACHINE_RUNNERS + ctz(left) * 8);
    if (vcpu != 0) wakeVcpu(word(vcpu, VCPU_GLUE));
  }
}
