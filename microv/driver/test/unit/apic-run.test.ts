// KVM_RUN with interrupt controllers of MicroV's: a vCPU waits, its timer is set, others are woken, and ends of interrupts are told

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { withApic, withMachine } from "./controllers.ts";
import { ARGUMENT, type Driver } from "./driver.ts";
import { exits, reason } from "./instructions.ts";

const EXIST = -kvm.ERRNO_EEXIST;
const INTR = -kvm.ERRNO_EINTR;
const INVAL = -kvm.ERRNO_EINVAL;
const NXIO = -kvm.ERRNO_ENXIO;
const SOON = 0x1_2345_6789n;
/** Nanoseconds until a deadline, where two ticks are one, and rounded up: Linux's clock is another one. */
const until = (driver: Driver, deadline: bigint): bigint => (deadline - driver.linux.time[0]) / 2n + 1n;
const HOUR = 3_600_000_000_000n;

const field = (driver: Driver, offset: number, size: number): bigint =>
  driver.memory.peek(driver.vs().page + BigInt(offset), size);

/** An exit at which the guest's timer is due at `deadline`. */
const due = (driver: Driver, exit: number, deadline: bigint) => () => {
  driver.tell(driver.vs(), mv.MV_PAGE_DEADLINE, 8, deadline);
  return exit;
};

describe("a vCPU that halts", () => {
  it("waits, and goes on when it is woken", () => {
    const { driver, vcpu } = withApic("full");
    let waits = 0;
    driver.linux.onWait = (file) => {
      expect([file, driver.taken.locks]).toEqual([vcpu, 0]);
      return ++waits < 3;
    };
    exits(driver, mv.MV_EXIT_HLT, mv.MV_EXIT_HLT, mv.MV_EXIT_SHUTDOWN);
    expect([driver.run(vcpu), reason(driver, vcpu), waits]).toEqual([0, kvm.KVM_EXIT_SHUTDOWN, 2]);
  });

  it("does not wait when something has come already", () => {
    const { driver, vcpu } = withApic("split");
    driver.linux.onWait = () => expect.unreachable();
    exits(
      driver,
      () => {
        driver.tell(driver.vs(), mv.MV_PAGE_NOTIFIED, 4, 1);
        return mv.MV_EXIT_HLT;
      },
      mv.MV_EXIT_SHUTDOWN,
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_SHUTDOWN]);
  });

  it("comes back to its user for a signal, and waits again when it is run again", () => {
    const { driver, vcpu } = withApic("full");
    exits(driver, mv.MV_EXIT_HLT, mv.MV_EXIT_HLT);
    for (let i = 0; i < 2; i++) expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([INTR, kvm.KVM_EXIT_INTR]);
  });
});

describe("a local APIC's timer", () => {
  it("is set when its deadline changes, and not any more when there is none", () => {
    const { driver, vcpu } = withApic("full");
    exits(
      driver,
      mv.MV_EXIT_INTERRUPT,
      due(driver, mv.MV_EXIT_TIMER, SOON),
      mv.MV_EXIT_INTERRUPT,
      due(driver, mv.MV_EXIT_TIMER, SOON + 2n),
      due(driver, mv.MV_EXIT_INTERRUPT, 0n),
      mv.MV_EXIT_SHUTDOWN,
    );
    expect(driver.run(vcpu)).toBe(0);
    expect(driver.linux.armed).toEqual(
      [until(driver, SOON), until(driver, SOON + 2n), 0n].map((nanoseconds) => [vcpu, nanoseconds]),
    );
  });

  it.each([
    ["has passed", 999n, 2_000_000, 1n],
    ["is an hour away", 1_000n + 2_000_000n * 3_600_000n, 2_000_000, HOUR + 1n],
    ["is farther away", 0x8000_0000_0000_0000n, 2_000_000, HOUR + 1n],
    ["never comes", 0xffff_ffff_ffff_ffffn, 2_000_000, HOUR + 1n],
    ["never comes, by a slow clock", 0xffff_ffff_ffff_ffffn, 999, HOUR + 1n],
    ["never comes, by the fastest", 0xffff_ffff_ffff_ffffn, 0xffff_ffff, HOUR + 1n],
  ])("is set for a time that Linux's have, whatever a guest asks for: %s", (_, deadline, khz, nanoseconds) => {
    const { driver, vcpu } = withApic("full");
    driver.linux.khz = khz;
    exits(driver, due(driver, mv.MV_EXIT_TIMER, deadline), mv.MV_EXIT_SHUTDOWN);
    expect(driver.run(vcpu)).toBe(0);
    expect(driver.linux.armed).toEqual([[vcpu, nanoseconds]]);
  });

  it("is due when its deadline has come, and not before", () => {
    const { driver, vcpu } = withApic("full");
    exits(driver, due(driver, mv.MV_EXIT_TIMER, SOON), mv.MV_EXIT_SHUTDOWN);
    expect(driver.run(vcpu)).toBe(0);
    const { core } = driver.linux.files.get(vcpu) ?? { core: 0n };
    for (const [time, left] of [
      [SOON - 1n, 1n],
      [SOON - 2n, 2n],
      [SOON, 0n],
      [SOON + 1n, 0n],
    ] as const) {
      driver.linux.time[0] = time;
      expect(driver.core.vcpuTimer(core)).toBe(left);
    }
  });

  it("is set before its vCPU waits, and again behind that", () => {
    const { driver, vcpu } = withApic("full");
    const { armed } = driver.linux;
    const before: number[] = [];
    driver.linux.onWait = () => before.push(armed.length) < 2;
    exits(driver, due(driver, mv.MV_EXIT_HLT, SOON), mv.MV_EXIT_HLT);
    expect(driver.run(vcpu)).toBe(INTR);
    expect([before, armed.length]).toEqual([[1, 2], 3]);
    expect(armed).toEqual(armed.map(() => [vcpu, until(driver, SOON)]));
  });

  it("is set also when the exit is its user's, and is nothing without a local APIC", () => {
    for (const [irqchip, deadlines] of [
      ["split", [SOON]],
      ["none", []],
    ] as const) {
      const { driver, vcpu } = withApic(irqchip);
      exits(driver, due(driver, mv.MV_EXIT_SHUTDOWN, SOON));
      expect(driver.run(vcpu)).toBe(0);
      expect(driver.linux.armed).toEqual(deadlines.map((deadline) => [vcpu, until(driver, deadline)]));
    }
  });
});

describe("a guest", () => {
  it("wakes others", () => {
    const { driver, vm, vcpu } = withApic("full");
    const [second, third] = [1, 2].map((number) => driver.vm(vm, kvm.KVM_CREATE_VCPU, number));
    exits(
      driver,
      () => {
        driver.tell(driver.vs(), mv.MV_PAGE_WAKE, 8, 0xcn);
        return mv.MV_EXIT_WAKE;
      },
      () => {
        driver.tell(driver.vs(), mv.MV_PAGE_WAKE, 8, 3n);
        return mv.MV_EXIT_WAKE;
      },
      mv.MV_EXIT_SHUTDOWN,
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_SHUTDOWN]);
    expect([driver.linux.woken, second !== third]).toEqual([[third, vcpu, second], true]);
  });

  it.each([
    ["full", kvm.KVM_EXIT_SHUTDOWN, 0n],
    ["split", kvm.KVM_EXIT_IOAPIC_EOI, 0xb1n],
  ] as const)("ends an interrupt, of which whoever has the I/O APIC hears: %s", (irqchip, exit, vector) => {
    const { driver, vm, vcpu } = withApic(irqchip);
    const second = driver.vm(vm, kvm.KVM_CREATE_VCPU, 1);
    exits(
      driver,
      () => {
        driver.tell(driver.vs(), mv.MV_PAGE_VECTOR, 4, 0xb1);
        driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, 0);
        driver.tell(driver.vs(), mv.MV_PAGE_WAKE, 8, 2);
        return mv.MV_EXIT_EOI;
      },
      mv.MV_EXIT_SHUTDOWN,
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, exit]);
    expect([driver.shared(vcpu, kvm.KVM_RUN_EOI_VECTOR, 1), driver.linux.woken]).toEqual([vector, [second]]);
    if (irqchip === "full") return;
    // Once
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_SHUTDOWN]);
  });

  it("has its task priority in its local APIC, whatever its user writes", () => {
    const { driver, vcpu } = withApic("split");
    driver.tell(driver.vs(), mv.MV_PAGE_CR8, 8, 3);
    for (const priority of [0n, 15n, 16n, 1n << 63n]) {
      driver.setShared(vcpu, kvm.KVM_RUN_CR8, 8, priority);
      exits(driver, () => {
        expect(field(driver, mv.MV_PAGE_CR8, 8)).toBe(3n);
        return mv.MV_EXIT_SHUTDOWN;
      });
      expect([driver.run(vcpu), driver.shared(vcpu, kvm.KVM_RUN_CR8, 8)]).toEqual([0, 3n]);
    }
  });

  it.each([
    ["full", 0n, [1n, 1n]],
    ["split", BigInt(mv.MV_RUN_WINDOW), [0n, 1n]],
    ["none", BigInt(mv.MV_RUN_WINDOW), [0n, 1n]],
  ] as const)("is asked for a window by whoever has interrupts to give: %s", (irqchip, request, ready) => {
    const { driver, vcpu } = withApic(irqchip);
    driver.setShared(vcpu, kvm.KVM_RUN_REQUEST_INTERRUPT_WINDOW, 1, 1);
    for (const [index, state] of [mv.MV_STATE_IF, mv.MV_STATE_IF | mv.MV_STATE_INTERRUPTIBLE].entries()) {
      exits(driver, () => {
        expect(field(driver, mv.MV_PAGE_REQUEST, 4)).toBe(request);
        driver.tell(driver.vs(), mv.MV_PAGE_STATE, 4, state);
        return mv.MV_EXIT_SHUTDOWN;
      });
      expect(driver.run(vcpu)).toBe(0);
      expect(driver.shared(vcpu, kvm.KVM_RUN_READY_FOR_INTERRUPT_INJECTION, 1)).toBe(ready[index]);
      expect(driver.shared(vcpu, kvm.KVM_RUN_IF_FLAG, 1)).toBe(1n);
    }
  });
});

describe("KVM_INTERRUPT", () => {
  it.each([
    ["full", [NXIO, NXIO, INVAL]],
    ["split", [0, EXIST, INVAL]],
    ["none", [0, EXIST, INVAL]],
  ] as const)("is for whoever has an 8259 pair of its own, one at a time: %s", (irqchip, results) => {
    const { driver, vcpu } = withApic(irqchip);
    const interrupt = (vector: number): number => {
      driver.poke(0, 4, vector);
      return driver.vcpu(vcpu, kvm.KVM_INTERRUPT, ARGUMENT);
    };
    expect([interrupt(0x30), interrupt(255), interrupt(256)]).toEqual(results);
    expect(driver.vs().hasExternal ?? false).toBe(irqchip === "split");
  });
});

describe("KVM_SET_MP_STATE", () => {
  it.each(["full", "split"] as const)("takes the states that a vCPU waits in: %s", (irqchip) => {
    const { driver, vm } = withMachine(irqchip);
    const vcpus = [0, 1, 2].map((number) => driver.vm(vm, kvm.KVM_CREATE_VCPU, number));
    const state = (vcpu: number): bigint => {
      driver.fill(0xff);
      expect(driver.vcpu(vcpu, kvm.KVM_GET_MP_STATE, ARGUMENT)).toBe(0);
      return driver.peek(0, 4);
    };
    // The first one starts the others
    expect(vcpus.map(state)).toEqual([0n, 1n, 1n]);
    for (const value of [3, 2, 1, 0]) {
      driver.poke(0, 4, value);
      expect(driver.vcpu(vcpus[0] ?? 0, kvm.KVM_SET_MP_STATE, ARGUMENT)).toBe(0);
      expect([field(driver, mv.MV_PAGE_MP_STATE, 4), state(vcpus[0] ?? 0)]).toEqual([BigInt(value), BigInt(value)]);
    }
    for (const value of [4, 5, 0xffff_ffff]) {
      driver.poke(0, 4, value);
      expect(driver.vcpu(vcpus[1] ?? 0, kvm.KVM_SET_MP_STATE, ARGUMENT)).toBe(INVAL);
    }
    expect(vcpus.map(state)).toEqual([0n, 1n, 1n]);
  });
});
