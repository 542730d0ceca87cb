// A machine's interrupt controllers, and those of its vCPUs: who may have them, and what their user is told

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { split, withApic, withMachine } from "./controllers.ts";
import { ARGUMENT, NOWHERE } from "./driver.ts";

const EXIST = -kvm.ERRNO_EEXIST;
const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
const NOMEM = -kvm.ERRNO_ENOMEM;
const NODEV = -kvm.ERRNO_ENODEV;
const NXIO = -kvm.ERRNO_ENXIO;
/** Where the last word of a local APIC's state is. */
const LAST = BigInt(kvm.KVM_LAPIC_STATE_BYTES - 8);

describe("interrupt controllers", () => {
  it("are made once, before any vCPU", () => {
    const { driver, vm } = withMachine("none");
    driver.microv.refuse = (call) => (call === mv.MV_VM_IRQCHIP_CREATE ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
    expect([driver.vm(vm, kvm.KVM_CREATE_IRQCHIP), split(driver, vm)]).toEqual([NOMEM, NOMEM]);
    driver.microv.refuse = () => undefined;
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    expect([driver.vm(vm, kvm.KVM_CREATE_IRQCHIP), split(driver, vm)]).toEqual([INVAL, EXIST]);
    driver.closeVcpu(vcpu);
    expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(0);
    expect([driver.vm(vm, kvm.KVM_CREATE_IRQCHIP), split(driver, vm)]).toEqual([EXIST, EXIST]);
    driver.closeVm(vm);
    expect(driver.taken.allocations).toBe(0);
  });

  it("are split for a user that has as many pins as there may be", () => {
    const { driver, vm } = withMachine("none");
    expect([split(driver, vm, 4097), split(driver, vm, 4096), split(driver, vm, 24)]).toEqual([INVAL, 0, EXIST]);
    expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(EXIST);
  });

  it("tell what became of a line", () => {
    const { driver, vm, told, answer } = withMachine("full");
    for (const [taken, status] of [
      [1n, 2n],
      [0n, 0n],
      [0xffff_ffff_ffff_ffffn, 0xffff_ffffn],
    ] as const) {
      answer.r11 = taken;
      driver.poke(kvm.KVM_IRQ_LEVEL_IRQ, 4, 5);
      driver.poke(kvm.KVM_IRQ_LEVEL_LEVEL, 4, 7);
      expect(driver.vm(vm, kvm.KVM_IRQ_LINE_STATUS, ARGUMENT)).toBe(0);
      expect(driver.peek(kvm.KVM_IRQ_LEVEL_IRQ, 4)).toBe(status);
    }
    expect(told.slice(0, 2)).toEqual([
      [0n, 5n, 1n],
      [2n, 5n, 1n],
    ]);
    // A line that leads nowhere
    driver.poke(kvm.KVM_IRQ_LEVEL_IRQ, 4, 24);
    expect(driver.vm(vm, kvm.KVM_IRQ_LINE_STATUS, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_IRQ_LEVEL_IRQ, 4)).toBe(0xffff_ffffn);
    driver.poke(kvm.KVM_IRQ_LEVEL_IRQ, 4, 5);
    expect(driver.vm(vm, kvm.KVM_IRQ_LINE, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_IRQ_LEVEL_IRQ, 4)).toBe(5n);
    for (const command of [kvm.KVM_IRQ_LINE, kvm.KVM_IRQ_LINE_STATUS]) {
      expect(driver.vm(vm, command, NOWHERE)).toBe(FAULT);
      const none = withMachine("none");
      expect(none.driver.vm(none.vm, command, ARGUMENT)).toBe(NXIO);
    }
  });

  it.each(["full", "split"] as const)("send a message: %s", (irqchip) => {
    const { driver, vm, told, answer } = withMachine(irqchip);
    driver.poke(kvm.KVM_MSI_ADDRESS_LO, 4, 0xfee0_1000);
    driver.poke(kvm.KVM_MSI_ADDRESS_HI, 4, 0x100);
    driver.poke(kvm.KVM_MSI_DATA, 4, 0x41);
    expect(driver.vm(vm, kvm.KVM_SIGNAL_MSI, ARGUMENT)).toBe(1);
    expect(told).toEqual([[0x100_fee0_1000n, 0x41n, 0n]]);
    answer.r11 = 0n;
    expect(driver.vm(vm, kvm.KVM_SIGNAL_MSI, ARGUMENT)).toBe(-1);
    driver.poke(kvm.KVM_MSI_FLAGS, 4, 1);
    expect([driver.vm(vm, kvm.KVM_SIGNAL_MSI, ARGUMENT), driver.vm(vm, kvm.KVM_SIGNAL_MSI, NOWHERE)]).toEqual([
      ...[INVAL, FAULT],
    ]);
    const none = withMachine("none");
    expect(none.driver.vm(none.vm, kvm.KVM_SIGNAL_MSI, ARGUMENT)).toBe(INVAL);
  });

  it("wake whom MicroV says, among the vCPUs that there are", () => {
    const { driver, vm, answer } = withMachine("full");
    const vcpus = [0, 1].map((number) => driver.vm(vm, kvm.KVM_CREATE_VCPU, number));
    driver.fill(0);
    answer.r10 = 6n;
    driver.poke(kvm.KVM_IRQ_LEVEL_IRQ, 4, 20);
    expect(driver.vm(vm, kvm.KVM_IRQ_LINE, ARGUMENT)).toBe(0);
    expect([driver.linux.woken, driver.linux.interrupts.size]).toEqual([[vcpus[1]], 0]);
    driver.closeVcpu(vcpus[1] ?? 0);
    expect(driver.vm(vm, kvm.KVM_IRQ_LINE, ARGUMENT)).toBe(0);
    expect(driver.linux.woken).toEqual([vcpus[1]]);
  });

  it("have a state of words, which goes to MicroV and comes from there", () => {
    const { driver, vm, told, answer } = withMachine("full");
    for (const [chip, words] of [
      [kvm.KVM_IRQCHIP_PIC_MASTER, 2],
      [kvm.KVM_IRQCHIP_PIC_SLAVE, 2],
      [kvm.KVM_IRQCHIP_IOAPIC, 27],
    ] as const) {
      told.length = 0;
      answer.r10 = 0x1122_3344_5566_7788n;
      driver.fill(0);
      driver.poke(kvm.KVM_IRQCHIP_CHIP_ID, 4, chip);
      expect(driver.vm(vm, kvm.KVM_GET_IRQCHIP, ARGUMENT)).toBe(0);
      const state = Array.from({ length: 64 }, (_, word) => driver.peek(kvm.KVM_IRQCHIP_CHIP + 8 * word, 8));
      expect(state).toEqual(state.map((_, word) => (word < words ? answer.r10 : 0n)));
      answer.r10 = 0n;
      expect(driver.vm(vm, kvm.KVM_SET_IRQCHIP, ARGUMENT)).toBe(0);
      expect(driver.linux.woken).toEqual([]);
      expect(told.slice(words)).toEqual(
        Array.from({ length: words }, (_, word) => [BigInt(chip), BigInt(word), 0x1122_3344_5566_7788n]),
      );
    }
    // What waits in a state may be for somebody
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    answer.r10 = 1n;
    expect([driver.vm(vm, kvm.KVM_SET_IRQCHIP, ARGUMENT), driver.linux.woken.at(-1)]).toEqual([0, vcpu]);
    for (const command of [kvm.KVM_GET_IRQCHIP, kvm.KVM_SET_IRQCHIP]) {
      driver.poke(kvm.KVM_IRQCHIP_CHIP_ID, 4, 3);
      expect([driver.vm(vm, command, ARGUMENT), driver.vm(vm, command, NOWHERE)]).toEqual([INVAL, FAULT]);
      const other = withMachine("split");
      expect(other.driver.vm(other.vm, command, ARGUMENT)).toBe(NXIO);
    }
  });
});

describe("a vCPU", () => {
  it.each([
    ["full", 0],
    ["split", 0],
    ["none", INVAL],
  ] as const)("has a local APIC where the machine has controllers: %s", (irqchip, result) => {
    const { driver, vm } = withMachine(irqchip);
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    driver.fill(0);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_LAPIC, ARGUMENT)).toBe(result);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_LAPIC, ARGUMENT)).toBe(result);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_VAPIC_ADDR, ARGUMENT)).toBe(result);
  });

  it("has a state of 1 KiB, which goes to MicroV and comes from there", () => {
    const { driver, vcpu } = withApic("split");
    const page = driver.vs().page + BigInt(mv.MV_PAGE_LIST);
    const calls: (readonly [call: number, first: bigint, last: bigint])[] = [];
    driver.microv.controllers = (call) => {
      calls.push([call, driver.memory.peek(page, 8), driver.memory.peek(page + LAST, 8)]);
      if (call === mv.MV_VS_APIC_GET) for (const at of [0n, LAST]) driver.memory.poke(page + at, 8, 0x1111n + at);
    };
    driver.fill(0x5a);
    driver.poke(0, 8, 1);
    driver.poke(Number(LAST), 8, 2);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_LAPIC, ARGUMENT)).toBe(0);
    driver.fill(0x5a);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_LAPIC, ARGUMENT)).toBe(0);
    expect(calls).toEqual([
      [mv.MV_VS_APIC_SET, 1n, 2n],
      [mv.MV_VS_APIC_GET, 1n, 2n],
    ]);
    const told = [0n, LAST, LAST + 8n].map((at) => driver.peek(Number(at), 8));
    expect(told).toEqual([0x1111n, 0x1111n + LAST, 0x5a5a_5a5a_5a5a_5a5an]);
    for (const command of [kvm.KVM_SET_LAPIC, kvm.KVM_GET_LAPIC]) {
      expect(driver.vcpu(vcpu, command, NOWHERE)).toBe(FAULT);
      driver.microv.refuse = () => mv.MV_STATUS_FAILURE_UNKNOWN;
      expect(driver.vcpu(vcpu, command, ARGUMENT)).toBe(NODEV);
      driver.microv.refuse = () => undefined;
    }
  });

  it("has no accesses to its task priority to report, whoever wants them", () => {
    const { driver, vm } = withMachine("full");
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    driver.fill(0);
    driver.poke(kvm.KVM_TPR_ACCESS_CTL_ENABLED, 4, 1);
    expect(driver.vcpu(vcpu, kvm.KVM_TPR_ACCESS_REPORTING, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_TPR_ACCESS_CTL_ENABLED, 4)).toBe(1n);
    driver.poke(kvm.KVM_TPR_ACCESS_CTL_FLAGS, 4, 1);
    expect(driver.vcpu(vcpu, kvm.KVM_TPR_ACCESS_REPORTING, ARGUMENT)).toBe(INVAL);
  });
});
