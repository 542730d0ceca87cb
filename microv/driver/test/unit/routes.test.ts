// KVM_SET_GSI_ROUTING: where the interrupts of a machine lead, by their numbers

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { type Irqchip, split, withMachine } from "./controllers.ts";
import { ARGUMENT, type Driver, NOWHERE, RAM } from "./driver.ts";

const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
const NOMEM = -kvm.ERRNO_ENOMEM;
const MOST = 4096;
const MASKED = 0xffff_ffff_ffff_ffffn;
const [MASTER, SLAVE, IO_APIC] = [kvm.KVM_IRQCHIP_PIC_MASTER, kvm.KVM_IRQCHIP_PIC_SLAVE, kvm.KVM_IRQCHIP_IOAPIC];

interface Route {
  readonly gsi: number;
  readonly type?: number;
  readonly flags?: number;
  /** Of KvmIrqRoutingEntry's union. */
  readonly words: readonly number[];
}

const pin = (gsi: number, chip: number, number: number): Route => ({ gsi, words: [chip, number] });
const message = (gsi: number, ...words: number[]): Route => ({ gsi, type: kvm.KVM_IRQ_ROUTING_MSI, words });

interface Head {
  readonly count?: number;
  readonly flags?: number;
}

function setRoutes(driver: Driver, vm: number, routes: readonly Route[], { count, flags = 0 }: Head = {}): number {
  driver.memory.poke(RAM + BigInt(kvm.KVM_IRQ_ROUTING_NR), 4, BigInt(count ?? routes.length));
  driver.memory.poke(RAM + BigInt(kvm.KVM_IRQ_ROUTING_FLAGS), 4, BigInt(flags));
  for (const [index, { gsi, type = kvm.KVM_IRQ_ROUTING_IRQCHIP, flags: own = 0, words }] of routes.entries()) {
    const entry = RAM + BigInt(kvm.KVM_IRQ_ROUTING_BYTES + index * kvm.KVM_IRQ_ROUTING_ENTRY_BYTES);
    const poke = (offset: number, value: number) => driver.memory.poke(entry + BigInt(offset), 4, BigInt(value));
    poke(kvm.KVM_IRQ_ROUTING_ENTRY_GSI, gsi);
    poke(kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE, type);
    poke(kvm.KVM_IRQ_ROUTING_ENTRY_FLAGS, own);
    for (const [place, word] of words.entries()) poke(kvm.KVM_IRQ_ROUTING_ENTRY_U + 4 * place, word);
  }
  return driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, RAM);
}

type Told = readonly [call: number, ...words: bigint[]];

/** A machine whose controllers say one answer after the other, and then that one local APIC has taken it. */
function withRoutes(irqchip: Irqchip) {
  const { driver, vm } = withMachine(irqchip);
  driver.linux.mapUser(RAM, 0x4_0000);
  const told: Told[] = [];
  const answers: bigint[] = [];
  driver.microv.controllers = (call, registers) => {
    told.push([call, registers.r12, registers.r13, registers.r14]);
    registers.r10 = 0n;
    registers.r11 = answers.shift() ?? 1n;
  };
  /** What is told when a line changes, and what its user hears. */
  const change = (gsi: number, level: number): readonly [status: bigint, told: Told[]] => {
    told.length = 0;
    driver.poke(kvm.KVM_IRQ_LEVEL_IRQ, 4, gsi);
    driver.poke(kvm.KVM_IRQ_LEVEL_LEVEL, 4, level);
    expect(driver.vm(vm, kvm.KVM_IRQ_LINE_STATUS, ARGUMENT)).toBe(0);
    return [driver.peek(kvm.KVM_IRQ_LEVEL_IRQ, 4), [...told]];
  };
  return { driver, vm, answers, change };
}

const line = (chip: number, number: number, level = 1): Told => [
  mv.MV_VM_IRQ_LINE,
  ...[chip, number, level].map(BigInt),
];
const NO_ONE = [0xffff_ffffn, []] as const;

describe("routes", () => {
  it("lead, until they are set, as in a PC", () => {
    const { change } = withRoutes("full");
    for (let gsi = 0; gsi < 24; gsi++) {
      const pic = gsi < 16 ? [line(gsi < 8 ? MASTER : SLAVE, gsi)] : [];
      expect(change(gsi, 1), `line ${gsi}`).toEqual([BigInt(pic.length + 1), [...pic, line(IO_APIC, gsi)]]);
    }
    for (const gsi of [24, MOST, 0xffff_ffff]) expect(change(gsi, 1)).toEqual(NO_ONE);
  });

  it("lead where their user wants, by levels to pins, and by messages when they are asserted", () => {
    const { driver, vm, change } = withRoutes("full");
    const routes = [
      pin(5, SLAVE, 3),
      pin(MOST - 1, IO_APIC, 23),
      message(6, 0xfee0_1000, 0x100, 0x4041),
      pin(5, MASTER, 7),
    ];
    expect(setRoutes(driver, vm, routes)).toBe(0);
    for (const level of [1, 0]) {
      expect(change(5, level)).toEqual([2n, [line(SLAVE, 11, level), line(MASTER, 7, level)]]);
      expect(change(MOST - 1, level)).toEqual([1n, [line(IO_APIC, 23, level)]]);
    }
    expect(change(6, 1)).toEqual([1n, [[mv.MV_VM_MSI, 0x100_fee0_1000n, 0x4041n, 0n]]]);
    expect(change(6, 0)).toEqual(NO_ONE);
    expect(change(0, 1)).toEqual(NO_ONE);
  });

  it.each([
    [3n, 2n, 5n],
    [0n, 0n, 0n],
    [0n, 1n, 1n],
    [MASKED, 0n, 0n],
    [0n, MASKED, 0n],
    [MASKED, 2n, 2n],
    [MASKED, MASKED, 0xffff_ffffn],
  ])("add up what their controllers have taken: %i and %i", (first, second, sum) => {
    const { answers, change } = withRoutes("full");
    answers.push(first, second);
    expect(change(5, 1)[0]).toBe(sum);
  });

  it.each<readonly [string, readonly Route[], Head]>([
    ["a flag of all", [pin(5, IO_APIC, 9)], { flags: 1 }],
    ["a flag of one", [{ ...pin(5, IO_APIC, 9), flags: 1 }], {}],
    ["a message's device", [{ ...message(5, 0, 0, 0), flags: 1 }], {}],
    ["a number that is too high", [pin(MOST, IO_APIC, 9)], {}],
    ["type 0", [{ ...pin(5, IO_APIC, 9), type: 0 }], {}],
    ["type 3", [{ ...pin(5, IO_APIC, 9), type: 3 }], {}],
    ["a fourth controller", [pin(5, 3, 0)], {}],
    ["a ninth pin", [pin(5, MASTER, 8)], {}],
    ["a ninth pin of the other", [pin(5, SLAVE, 8)], {}],
    ["a 25th pin", [pin(5, IO_APIC, 24)], {}],
    ["one behind others", [pin(6, IO_APIC, 9), pin(7, IO_APIC, 23), pin(8, IO_APIC, 24)], {}],
    ["two pins of one controller", [pin(5, IO_APIC, 9), pin(6, IO_APIC, 9), pin(5, IO_APIC, 10)], {}],
    ["two messages", [message(5, 0, 0, 0), message(5, 0, 0, 1)], {}],
    ["a pin and a message", [pin(5, IO_APIC, 9), message(5, 0, 0, 0)], {}],
    ["a message and a pin", [message(5, 0, 0, 0), pin(5, IO_APIC, 9)], {}],
    ["too many", [pin(5, IO_APIC, 9)], { count: MOST + 1 }],
  ])("are refused, and remain what they were: %s", (_, routes, head) => {
    const { driver, vm, change } = withRoutes("full");
    const before = driver.taken;
    expect(setRoutes(driver, vm, routes, head)).toBe(INVAL);
    expect(driver.taken).toEqual(before);
    expect(change(5, 1)).toEqual([2n, [line(MASTER, 5), line(IO_APIC, 5)]]);
  });

  it("remain what they were when there is no memory, and when they cannot be read", () => {
    const { driver, vm, change } = withRoutes("full");
    const before = driver.taken;
    driver.linux.failAllocation = 1;
    expect(setRoutes(driver, vm, [pin(5, IO_APIC, 9)])).toBe(NOMEM);
    // The table's head is there, and nothing behind it
    driver.memory.poke(RAM + 0x3_fff8n, 8, 1n);
    expect(driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, RAM + 0x3_fff8n)).toBe(FAULT);
    expect(driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, NOWHERE)).toBe(FAULT);
    expect(driver.taken).toEqual(before);
    expect(change(5, 1)).toEqual([2n, [line(MASTER, 5), line(IO_APIC, 5)]]);
  });

  it("are as many as there are numbers, or none, and take no more memory than the last ones", () => {
    const { driver, vm, change } = withRoutes("full");
    const all = Array.from({ length: MOST }, (_, gsi) => message(gsi, 0xfee0_0000, 0, gsi));
    const before = driver.taken;
    expect(setRoutes(driver, vm, all)).toBe(0);
    expect(driver.taken).toEqual(before);
    expect(change(MOST - 1, 1)[1]).toEqual([[mv.MV_VM_MSI, 0xfee0_0000n, BigInt(MOST - 1), 0n]]);
    expect(setRoutes(driver, vm, [])).toBe(0);
    expect(driver.taken).toEqual({ ...before, allocations: before.allocations - 1 });
    expect(change(5, 1)).toEqual(NO_ONE);
    driver.closeVm(vm);
    expect(driver.taken.allocations).toBe(0);
  });

  it("are none where controllers could not be had", () => {
    const { driver, vm, change } = withRoutes("none");
    const before = driver.taken;
    driver.microv.refuse = () => mv.MV_STATUS_FAILURE_UNKNOWN;
    expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(NOMEM);
    driver.microv.refuse = () => undefined;
    driver.linux.failAllocation = 1;
    expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(NOMEM);
    expect(driver.taken).toEqual(before);
    expect(split(driver, vm)).toBe(0);
    expect(change(5, 1)).toEqual(NO_ONE);
  });

  it("lead by messages alone where the user has the other controllers", () => {
    const { driver, vm, change } = withRoutes("split");
    expect(change(5, 1)).toEqual(NO_ONE);
    expect(setRoutes(driver, vm, [message(5, 0xfee0_0000, 0, 0x41)])).toBe(0);
    expect(setRoutes(driver, vm, [pin(5, IO_APIC, 9)])).toBe(INVAL);
    expect(change(5, 1)).toEqual([1n, [[mv.MV_VM_MSI, 0xfee0_0000n, 0x41n, 0n]]]);
  });
});
