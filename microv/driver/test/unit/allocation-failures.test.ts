// Each of Linux's allocations, mappings and files fails once, and each hypercall that makes something: nothing is lost

import * as kvm from "@bareflank/abi/kvm";
import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, Driver, RAM } from "./driver.ts";

const MIB = 0x10_0000n;
const EVENT = 20;
/** Where a KvmIrqfd lies among the arguments. */
const IRQFD = 0x100;
const FAILURES = [-kvm.ERRNO_ENOMEM, -kvm.ERRNO_EMFILE];

/** A machine's whole life, up to what cannot be had: how many steps it came. */
function live(driver: Driver): number {
  const vm = driver.system(kvm.KVM_CREATE_VM);
  if (vm < 0) return expectFailure(vm, 0);
  const results = [
    () => driver.vm(vm, kvm.KVM_CREATE_VCPU, 0),
    () => driver.vm(vm, kvm.KVM_CREATE_VCPU, 1),
    () => driver.slot(vm, 0, 0n, MIB, RAM),
    () => driver.slot(vm, 1, 2n * MIB, MIB, RAM),
  ].map((step) => step());
  for (const result of results) if (result < 0) expectFailure(result, 0);
  for (const vcpu of results.slice(0, 2)) if (vcpu > 0) driver.closeVcpu(vcpu);
  driver.closeVm(vm);
  return results.filter((result) => result >= 0).length + 1;
}

/** The same with interrupt controllers, of which each step needs the one before: whether all came. */
function liveWithControllers(driver: Driver): boolean {
  driver.linux.makeEvent(EVENT);
  const vm = driver.system(kvm.KVM_CREATE_VM);
  if (vm < 0) return expectFailure(vm, 0) > 0;
  driver.fill(0);
  driver.poke(kvm.KVM_IRQ_ROUTING_NR, 4, 1);
  driver.poke(kvm.KVM_IRQ_ROUTING_BYTES + kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE, 4, kvm.KVM_IRQ_ROUTING_MSI);
  driver.poke(IRQFD + kvm.KVM_IRQFD_FD, 4, EVENT);
  let vcpu = 0;
  const steps = [
    () => driver.vm(vm, kvm.KVM_CREATE_IRQCHIP),
    () => driver.vm(vm, kvm.KVM_CREATE_PIT2, ARGUMENT + BigInt(IRQFD + kvm.KVM_IRQFD_BYTES)),
    () => driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, ARGUMENT),
    () => driver.vm(vm, kvm.KVM_IRQFD, ARGUMENT + BigInt(IRQFD)),
    () => {
      vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
      return vcpu;
    },
  ];
  const failed = steps.find((step) => noteFailure(step()));
  if (vcpu > 0) driver.closeVcpu(vcpu);
  driver.closeVm(vm);
  return failed === undefined;
}

function noteFailure(result: number): boolean {
  if (result < 0) expectFailure(result, 0);
  return result < 0;
}

function expectFailure(result: number, steps: number): number {
  expect(FAILURES).toContain(result);
  return steps;
}

it("gives everything back, whichever allocation fails", () => {
  const untouched = new Driver();
  untouched.linux.mapUser(RAM, 0x10_0000);
  expect(live(untouched)).toBe(5);
  let failed = 0;
  for (let n = 1; ; n++) {
    const driver = new Driver();
    driver.linux.mapUser(RAM, 0x10_0000);
    driver.linux.failAllocation = n;
    const steps = live(driver);
    expect(driver.taken, `allocation ${n}`).toEqual(untouched.taken);
    if (steps === 5) break;
    failed++;
  }
  // Machine, slots, pages, file; for each vCPU itself, argument, leaves, emulation, page, file; two slots
  expect(failed).toBe(18);
});

it("gives everything back of interrupt controllers, whichever allocation fails", () => {
  let failed = 0;
  for (let n = 1; ; n++) {
    const driver = new Driver();
    driver.linux.failAllocation = n;
    const isWhole = liveWithControllers(driver);
    expect(driver.taken, `allocation ${n}`).toEqual(new Driver().taken);
    if (isWhole) break;
    failed++;
  }
  // Machine, slots, pages, file; routes, timer twice, routes, irqfd twice; a vCPU's six
  expect(failed).toBe(16);
});

it.each([
  ["vm_irqchip_create", mv.MV_VM_IRQCHIP_CREATE],
  ["vs_apic_create", mv.MV_VS_APIC_CREATE],
])("gives everything back when %s has no memory", (_, call) => {
  const driver = new Driver();
  driver.microv.refuse = (made) => (made === call ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
  expect(liveWithControllers(driver)).toBe(false);
  expect(driver.taken).toEqual(new Driver().taken);
});

it.each([
  ["vm_create", mv.MV_VM_CREATE],
  ["vp_create", mv.MV_VP_CREATE],
  ["vs_create", mv.MV_VS_CREATE],
])("gives everything back when %s has no memory", (_, call) => {
  for (let n = 1; n <= 2; n++) {
    const driver = new Driver();
    let count = n;
    driver.microv.refuse = (made) => (made === call && --count === 0 ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
    live(driver);
    expect(driver.taken, `call ${n}`).toEqual(new Driver().taken);
  }
});
