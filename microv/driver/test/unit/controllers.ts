// Machines with interrupt controllers of MicroV's, for tests

import * as kvm from "@bareflank/abi/kvm";
import { expect } from "vitest";
import { ARGUMENT, Driver } from "./driver.ts";

export type Irqchip = "full" | "split" | "none";

/** KVM_ENABLE_CAP. */
export function enable(driver: Driver, vm: number, capability: number, value: number): number {
  driver.fill(0);
  driver.poke(kvm.KVM_ENABLE_CAP_CAP, 4, capability);
  driver.poke(kvm.KVM_ENABLE_CAP_ARGS, 8, value);
  return driver.vm(vm, kvm.KVM_ENABLE_CAP, ARGUMENT);
}

/** KVM_CAP_SPLIT_IRQCHIP. */
export const split = (driver: Driver, vm: number, pins = 24): number =>
  enable(driver, vm, kvm.KVM_CAP_SPLIT_IRQCHIP, pins);

/** A machine, what MicroV's controllers are told (R12 to R14), and what they say to all of it. */
export function withMachine(irqchip: Irqchip) {
  const driver = new Driver();
  const vm = driver.system(kvm.KVM_CREATE_VM);
  if (irqchip === "full") expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(0);
  if (irqchip === "split") expect(split(driver, vm)).toBe(0);
  driver.fill(0);
  const told: bigint[][] = [];
  const answer = { r10: 0n, r11: 1n };
  driver.microv.controllers = (_, registers) => {
    told.push([registers.r12, registers.r13, registers.r14]);
    Object.assign(registers, answer);
  };
  return { driver, vm, told, answer };
}

/** The same with a vCPU. */
export function withApic(irqchip: Irqchip) {
  const made = withMachine(irqchip);
  const vcpu = made.driver.vm(made.vm, kvm.KVM_CREATE_VCPU, 0);
  made.told.length = 0;
  return { ...made, vcpu };
}
