// KVM_IRQFD: eventfds that raise interrupts, and are told of their ends

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, Driver, NOWHERE } from "./driver.ts";
import { exits } from "./instructions.ts";

const BADF = -kvm.ERRNO_EBADF;
const BUSY = -kvm.ERRNO_EBUSY;
const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
const NOMEM = -kvm.ERRNO_ENOMEM;

const AWAY = kvm.KVM_IRQFD_FLAG_DEASSIGN;
const RESAMPLE = kvm.KVM_IRQFD_FLAG_RESAMPLE;
const EVENT = 20;
const OTHER = 21;
const END = 22;
const OTHER_END = 23;
const GSI = 5;

type Told = readonly [call: "line" | "message", ...words: number[]];

/** A machine, and what MicroV's controllers are told. */
function withMachine(irqchip: "full" | "split" | "none" = "full") {
  const driver = new Driver();
  const vm = driver.system(kvm.KVM_CREATE_VM);
  if (irqchip === "full") expect(driver.vm(vm, kvm.KVM_CREATE_IRQCHIP)).toBe(0);
  if (irqchip === "split") {
    driver.poke(kvm.KVM_ENABLE_CAP_CAP, 4, kvm.KVM_CAP_SPLIT_IRQCHIP);
    driver.poke(kvm.KVM_ENABLE_CAP_ARGS, 8, 24);
    expect(driver.vm(vm, kvm.KVM_ENABLE_CAP, ARGUMENT)).toBe(0);
  }
  driver.fill(0);
  const told: Told[] = [];
  driver.microv.controllers = (call, registers) => {
    const { r12, r13, r14 } = registers;
    registers.r10 = 0n;
    registers.r11 = 1n;
    if (call === mv.MV_VM_IRQ_LINE) told.push(["line", Number(r12), Number(r13), Number(r14)]);
    if (call === mv.MV_VM_MSI) told.push(["message", Number(r12), Number(r13)]);
  };
  const [event, other, end, otherEnd] = [EVENT, OTHER, END, OTHER_END].map((file) => driver.linux.makeEvent(file));
  if (!event || !other || !end || !otherEnd) throw new Error("four eventfds");
  driver.linux.otherFiles.add(9);
  return { driver, vm, told, event, other, end, otherEnd };
}

interface Asked {
  readonly fd?: number;
  readonly gsi?: number;
  readonly flags?: number;
  readonly end?: number;
}

function ask(driver: Driver, vm: number, { fd = EVENT, gsi = GSI, flags = 0, end = 0 }: Asked = {}): number {
  driver.poke(kvm.KVM_IRQFD_FD, 4, fd);
  driver.poke(kvm.KVM_IRQFD_GSI, 4, gsi);
  driver.poke(kvm.KVM_IRQFD_FLAGS, 4, flags);
  driver.poke(kvm.KVM_IRQFD_RESAMPLEFD, 4, end);
  return driver.vm(vm, kvm.KVM_IRQFD, ARGUMENT);
}

/** Both controllers are told of a level. */
const both = (gsi: number, source: number, level: number): Told[] => [
  ["line", 0, gsi | source, level],
  ["line", 2, gsi | source, level],
];
const PULSE = [...both(GSI, mv.MV_SOURCE_USER, 1), ...both(GSI, mv.MV_SOURCE_USER, 0)];

describe("an irqfd", () => {
  it.each<readonly [string, number, Asked]>([
    ["a flag that there is not", INVAL, { flags: 4 }],
    ["no file", BADF, { fd: 99 }],
    ["a file that is no eventfd", INVAL, { fd: 9 }],
    ["no file to be told by", BADF, { flags: RESAMPLE, end: 99 }],
    ["one that is no eventfd", INVAL, { flags: RESAMPLE, end: 9 }],
    ["to end with no file", BADF, { flags: AWAY, fd: 99 }],
    ["to end with one that is no eventfd", INVAL, { flags: AWAY, fd: 9 }],
  ])("refuses %s", (_, error, asked) => {
    const { driver, vm } = withMachine();
    const before = driver.taken;
    expect([ask(driver, vm, asked), driver.vm(vm, kvm.KVM_IRQFD, NOWHERE)]).toEqual([error, FAULT]);
    expect(driver.taken).toEqual(before);
  });

  it("wants controllers, and for the ends of interrupts all of them", () => {
    const none = withMachine("none");
    expect(ask(none.driver, none.vm)).toBe(INVAL);
    const split = withMachine("split");
    expect(ask(split.driver, split.vm, { flags: RESAMPLE, end: END })).toBe(INVAL);
    expect(ask(split.driver, split.vm)).toBe(0);
  });

  it("raises and lowers its line each time", () => {
    const { driver, vm, told, event } = withMachine();
    expect(ask(driver, vm)).toBe(0);
    expect(told).toEqual([]);
    for (let i = 0; i < 3; i++) driver.linux.signal(EVENT);
    expect([told, event.signals]).toEqual([[...PULSE, ...PULSE, ...PULSE], 0]);
  });

  it("is as good as signalled when it was before", () => {
    const { driver, vm, told } = withMachine();
    driver.linux.signal(EVENT);
    driver.linux.signal(EVENT);
    expect([ask(driver, vm), told]).toEqual([0, PULSE]);
  });

  it("sends the message of its route, and nothing where there is none", () => {
    const { driver, vm, told } = withMachine("split");
    expect(ask(driver, vm)).toBe(0);
    driver.linux.signal(EVENT);
    expect(told).toEqual([]);
    driver.poke(kvm.KVM_IRQ_ROUTING_NR, 4, 1);
    driver.poke(kvm.KVM_IRQ_ROUTING_FLAGS, 4, 0);
    const entry = kvm.KVM_IRQ_ROUTING_BYTES;
    for (const [field, value] of [
      [kvm.KVM_IRQ_ROUTING_ENTRY_GSI, GSI],
      [kvm.KVM_IRQ_ROUTING_ENTRY_ROUTE_TYPE, kvm.KVM_IRQ_ROUTING_MSI],
      [kvm.KVM_IRQ_ROUTING_ENTRY_FLAGS, 0],
      [kvm.KVM_IRQ_ROUTING_ENTRY_U, 0xfee0_1000],
      [kvm.KVM_IRQ_ROUTING_ENTRY_U + 4, 0],
      [kvm.KVM_IRQ_ROUTING_ENTRY_U + 8, 0x41],
    ] as const) {
      driver.poke(entry + field, 4, value);
    }
    expect(driver.vm(vm, kvm.KVM_SET_GSI_ROUTING, ARGUMENT)).toBe(0);
    driver.linux.signal(EVENT);
    expect(told).toEqual([["message", 0xfee0_1000, 0x41]]);
  });

  it("has an eventfd for itself, and a line with others", () => {
    const { driver, vm, told, event } = withMachine();
    expect(ask(driver, vm)).toBe(0);
    const before = driver.taken;
    expect([ask(driver, vm), ask(driver, vm, { gsi: 6 })]).toEqual([BUSY, BUSY]);
    expect(ask(driver, vm, { flags: RESAMPLE, end: END })).toBe(BUSY);
    expect([driver.taken, event.holders]).toEqual([before, 1]);
    expect(ask(driver, vm, { fd: OTHER })).toBe(0);
    driver.linux.signal(OTHER);
    expect(told).toEqual(PULSE);
  });

  it("ends when its eventfd and line are named, and says nothing otherwise", () => {
    const { driver, vm, told, event } = withMachine();
    ask(driver, vm);
    expect([ask(driver, vm, { flags: AWAY, gsi: 6 }), ask(driver, vm, { flags: AWAY, fd: OTHER })]).toEqual([0, 0]);
    driver.linux.signal(EVENT);
    expect(told).toEqual(PULSE);
    expect([ask(driver, vm, { flags: AWAY }), event.holders]).toEqual([0, 0]);
    driver.linux.signal(EVENT);
    expect([told, event.signals]).toEqual([PULSE, 1]);
    expect(ask(driver, vm)).toBe(0);
  });

  it("is forgotten when nobody has its eventfd any more", () => {
    const { driver, vm, told } = withMachine();
    const before = driver.taken;
    ask(driver, vm);
    ask(driver, vm, { fd: OTHER });
    driver.linux.closeEventFile(EVENT);
    driver.linux.makeEvent(EVENT + 10);
    expect(ask(driver, vm, { fd: EVENT + 10, gsi: 6 })).toBe(0);
    expect(driver.taken.irqfds).toBe(before.irqfds + 2);
    driver.linux.signal(OTHER);
    expect(told).toEqual(PULSE);
  });

  it("leaves nothing behind when there is no memory, and when the machine ends", () => {
    const { driver, vm } = withMachine();
    const before = driver.taken;
    for (const failing of [1, 2]) {
      driver.linux.failAllocation = failing;
      expect(ask(driver, vm, { flags: RESAMPLE, end: END })).toBe(NOMEM);
      expect(driver.taken).toEqual(before);
    }
    ask(driver, vm, { flags: RESAMPLE, end: END });
    ask(driver, vm, { fd: OTHER });
    driver.linux.closeEventFile(OTHER);
    const seen: number[] = [];
    driver.microv.refuse = (call) => {
      if (call === mv.MV_VM_DESTROY) seen.push(driver.linux.irqfds.size);
      return undefined;
    };
    driver.closeVm(vm);
    expect(seen).toEqual([0]);
    expect(driver.taken).toMatchObject({ allocations: 0, events: 0, irqfds: 0 });
  });
});

describe("an irqfd that is told of an interrupt's end", () => {
  const HIGH = both(GSI, mv.MV_SOURCE_RESAMPLED, 1);
  const LOW = both(GSI, mv.MV_SOURCE_RESAMPLED, 0);

  /** The guest ends interrupts of lines, as MV_EXIT_EOI has them. */
  function ended(driver: Driver, vcpu: number, lines: bigint): void {
    exits(
      driver,
      () => {
        driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, lines);
        driver.tell(driver.vs(), mv.MV_PAGE_WAKE, 8, 0);
        return mv.MV_EXIT_EOI;
      },
      mv.MV_EXIT_SHUTDOWN,
    );
    expect(driver.run(vcpu)).toBe(0);
  }

  it("asserts its line until then", () => {
    const { driver, vm, told, end } = withMachine();
    expect(ask(driver, vm, { flags: RESAMPLE, end: END })).toBe(0);
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    driver.linux.signal(EVENT);
    expect(told).toEqual(HIGH);
    ended(driver, vcpu, 1n << 6n);
    expect([told, end.signals]).toEqual([HIGH, 0]);
    ended(driver, vcpu, 1n << BigInt(GSI));
    expect([told, end.signals]).toEqual([[...HIGH, ...LOW], 1]);
    // A line of the 8259 pair
    ended(driver, vcpu, 1n << BigInt(32 + GSI));
    expect(end.signals).toBe(2);
    expect(driver.taken.locks).toBe(0);
  });

  it("is one of several of its line, which all are", () => {
    const { driver, vm, told, end, otherEnd } = withMachine();
    ask(driver, vm, { flags: RESAMPLE, end: END });
    ask(driver, vm, { fd: OTHER, flags: RESAMPLE, end: OTHER_END });
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    ended(driver, vcpu, 1n << BigInt(GSI));
    expect([end.signals, otherEnd.signals]).toEqual([1, 1]);
    told.length = 0;
    // What one asserts may be the other's, until there is none
    ask(driver, vm, { flags: RESAMPLE | AWAY });
    expect(told).toEqual([]);
    ask(driver, vm, { fd: OTHER, flags: AWAY });
    expect(told).toEqual(LOW);
    ended(driver, vcpu, 1n << BigInt(GSI));
    expect([end.signals, otherEnd.signals]).toEqual([1, 1]);
  });

  it("may assert it again at once, by its own eventfd", () => {
    const { driver, vm, told } = withMachine();
    ask(driver, vm, { flags: RESAMPLE, end: EVENT });
    const vcpu = driver.vm(vm, kvm.KVM_CREATE_VCPU, 0);
    ended(driver, vcpu, 1n << BigInt(GSI));
    expect(told).toEqual([...LOW, ...HIGH]);
  });
});
