// A machine's interval timer: its ioctls, its ports in a guest, and its interrupt

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, NOWHERE, RAM, withVcpu } from "./driver.ts";
import { exits, reason, tellInstruction, withCode } from "./instructions.ts";

const EXIST = -kvm.ERRNO_EEXIST;
const FAULT = -kvm.ERRNO_EFAULT;
const NOMEM = -kvm.ERRNO_ENOMEM;
const NXIO = -kvm.ERRNO_ENXIO;
const CHANNEL = kvm.KVM_PIT_CHANNEL_STATE_BYTES;
const PERIOD = 1193;
const MILLISECOND = 1_000_000n;
/** No local APIC has it: it waits, or is masked. */
const MASKED = 0xffff_ffff_ffff_ffffn;

function create(driver: Driver, vm: number, flags: number = kvm.KVM_PIT_SPEAKER_DUMMY): number {
  driver.fill(0);
  driver.poke(kvm.KVM_PIT_CONFIG_FLAGS, 4, flags);
  return driver.vm(vm, kvm.KVM_CREATE_PIT2, ARGUMENT);
}

/** A machine with interrupt controllers and a timer, and what MicroV's controllers are told. */
function withTimer() {
  const made = withVcpu();
  const { driver } = made;
  driver.closeVcpu(made.vcpu);
  expect(driver.vm(made.vm, kvm.KVM_CREATE_IRQCHIP)).toBe(0);
  const vcpu = driver.vm(made.vm, kvm.KVM_CREATE_VCPU, 0);
  expect(create(driver, made.vm)).toBe(0);
  const lines: (readonly [chip: bigint, line: bigint, level: bigint])[] = [];
  const taken = { value: 1n };
  driver.microv.controllers = (call, registers) => {
    registers.r10 = 0n;
    registers.r11 = taken.value;
    if (call === mv.MV_VM_IRQ_LINE) lines.push([registers.r12, registers.r13, registers.r14]);
  };
  return { driver, vm: made.vm, vcpu, lines, taken };
}

const TICK = [
  [0n, BigInt(mv.MV_SOURCE_TIMER), 1n],
  [2n, BigInt(mv.MV_SOURCE_TIMER), 1n],
  [0n, BigInt(mv.MV_SOURCE_TIMER), 0n],
  [2n, BigInt(mv.MV_SOURCE_TIMER), 0n],
];

/** One access to a port, and then a halt: undefined: the user has it; or what the guest has got. */
function access(driver: Driver, vcpu: number, port: number, data: bigint | undefined, bytes = 1): bigint | undefined {
  let got = 0n;
  exits(
    driver,
    () => {
      driver.tell(driver.vs(), mv.MV_PAGE_PORT, 2, port);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_BYTES, 1, bytes);
      driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, data === undefined ? mv.MV_IO_IN : 0);
      driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, data ?? 0n);
      return mv.MV_EXIT_IO;
    },
    () => {
      got = driver.memory.peek(driver.vs().page + BigInt(mv.MV_PAGE_DATA), 8);
      return mv.MV_EXIT_SHUTDOWN;
    },
  );
  expect(driver.run(vcpu)).toBe(0);
  return reason(driver, vcpu) === kvm.KVM_EXIT_IO ? undefined : got;
}
const out = (driver: Driver, vcpu: number, port: number, ...bytes: number[]) => {
  for (const byte of bytes) expect(access(driver, vcpu, port, BigInt(byte))).not.toBe(undefined);
};
const start = (driver: Driver, vcpu: number, period = PERIOD) => {
  out(driver, vcpu, 0x43, 0x34);
  out(driver, vcpu, 0x40, period & 0xff, period >> 8);
};

describe("an interval timer", () => {
  it("is made once, where there is memory for it", () => {
    const { driver, vm } = withVcpu();
    const before = driver.taken;
    expect(driver.vm(vm, kvm.KVM_CREATE_PIT2, NOWHERE)).toBe(FAULT);
    for (const failing of [1, 2]) {
      driver.linux.failAllocation = failing;
      expect(create(driver, vm)).toBe(NOMEM);
      expect(driver.taken).toEqual(before);
    }
    expect(create(driver, vm)).toBe(0);
    expect(driver.taken).toEqual({ ...before, allocations: before.allocations + 1, timers: 1 });
    expect([create(driver, vm), driver.vm(vm, kvm.KVM_CREATE_PIT)]).toEqual([EXIST, EXIST]);
  });

  it.each([
    ["KVM_GET_PIT", kvm.KVM_GET_PIT],
    ["KVM_SET_PIT", kvm.KVM_SET_PIT],
    ["KVM_GET_PIT2", kvm.KVM_GET_PIT2],
    ["KVM_SET_PIT2", kvm.KVM_SET_PIT2],
    ["KVM_REINJECT_CONTROL", kvm.KVM_REINJECT_CONTROL],
  ])("has to be there for %s, and an argument", (_, command) => {
    const { driver, vm } = withVcpu();
    expect(driver.vm(vm, command, ARGUMENT)).toBe(NXIO);
    create(driver, vm);
    expect([driver.vm(vm, command, ARGUMENT), driver.vm(vm, command, NOWHERE)]).toEqual([0, FAULT]);
  });

  it("begins with full counts, no control words, and the speaker's gate closed", () => {
    const { driver, vm } = withVcpu();
    expect(driver.vm(vm, kvm.KVM_CREATE_PIT)).toBe(0);
    driver.fill(0xee);
    expect(driver.vm(vm, kvm.KVM_GET_PIT2, ARGUMENT)).toBe(0);
    const channels = [0, 1, 2].map((index) =>
      [kvm.KVM_PIT_CHANNEL_STATE_COUNT, kvm.KVM_PIT_CHANNEL_STATE_MODE, kvm.KVM_PIT_CHANNEL_STATE_GATE].map((field) =>
        driver.peek(index * CHANNEL + field, field === kvm.KVM_PIT_CHANNEL_STATE_COUNT ? 4 : 1),
      ),
    );
    expect(channels).toEqual([
      [0x1_0000n, 0xffn, 1n],
      [0x1_0000n, 0xffn, 1n],
      [0x1_0000n, 0xffn, 0n],
    ]);
    const rest = Array.from({ length: 10 }, (_, i) => driver.peek(kvm.KVM_PIT_STATE2_FLAGS + 4 * i, 4));
    expect([rest, driver.peek(kvm.KVM_PIT_STATE2_BYTES, 1)]).toEqual([Array(10).fill(0n), 0xeen]);
  });

  it("takes a state, and tells it again, but for what is reserved", () => {
    const { driver, vm } = withVcpu();
    create(driver, vm);
    driver.fill(0);
    for (let offset = 0; offset < kvm.KVM_PIT_STATE2_BYTES; offset++) driver.poke(offset, 1, (offset % 7) + 1);
    driver.poke(kvm.KVM_PIT_STATE2_FLAGS, 4, 3);
    expect(driver.vm(vm, kvm.KVM_SET_PIT2, ARGUMENT)).toBe(0);
    driver.fill(0xee);
    expect(driver.vm(vm, kvm.KVM_GET_PIT2, ARGUMENT)).toBe(0);
    const fixed = (offset: number) => offset % CHANNEL < kvm.KVM_PIT_CHANNEL_STATE_GATE;
    for (let offset = 0; offset < kvm.KVM_PIT_STATE_BYTES; offset++) {
      if (fixed(offset)) expect(driver.peek(offset, 1), `${offset}`).toBe(BigInt((offset % 7) + 1));
    }
    expect(driver.peek(kvm.KVM_PIT_STATE2_FLAGS, 4)).toBe(3n);
    expect(driver.peek(kvm.KVM_PIT_STATE2_RESERVED, 4)).toBe(0n);
    // The older ioctl has no flags
    driver.fill(0xee);
    expect(driver.vm(vm, kvm.KVM_GET_PIT, ARGUMENT)).toBe(0);
    expect(driver.peek(kvm.KVM_PIT_STATE_BYTES, 1)).toBe(0xeen);
  });

  it("has its ports in the guest, and no other ones", () => {
    const { driver, vcpu } = withTimer();
    out(driver, vcpu, 0x43, 0x70);
    out(driver, vcpu, 0x41, 0x34, 0x12);
    expect([access(driver, vcpu, 0x41, undefined), access(driver, vcpu, 0x41, undefined, 2)]).toEqual([0x34n, 0x12n]);
    expect(access(driver, vcpu, 0x43, undefined, 2)).toBe(undefined);
    for (const port of [0x3f, 0x44, 0x60, 0x62]) expect(access(driver, vcpu, port, undefined)).toBe(undefined);
    out(driver, vcpu, 0x61, 3);
    expect((access(driver, vcpu, 0x61, undefined) ?? 0n) & 0xfn).toBe(3n);
  });

  it("leaves port 61h to a user that wants it", () => {
    const { driver, vm, vcpu } = withVcpu();
    expect(access(driver, vcpu, 0x40, undefined)).toBe(undefined);
    create(driver, vm, 0);
    expect(access(driver, vcpu, 0x61, undefined)).toBe(undefined);
    expect(access(driver, vcpu, 0x40, undefined)).toBe(0n);
  });

  it("is read by strings", () => {
    const { driver, vm, vcpu } = withCode(0xf3, 0x6c); // rep insb
    create(driver, vm);
    out(driver, vcpu, 0x43, 0x70);
    out(driver, vcpu, 0x41, 0x34, 0x12);
    driver.vs().registers.set(mv.MV_REG_ES_BASE, 0x2000n);
    exits(
      driver,
      () => {
        tellInstruction(driver, { RCX: 5n, RDX: 0x41n, RDI: 0x10n });
        driver.tell(driver.vs(), mv.MV_PAGE_IO_FLAGS, 1, mv.MV_IO_IN | mv.MV_IO_STRING | mv.MV_IO_REPEATED);
        return mv.MV_EXIT_IO;
      },
      mv.MV_EXIT_HLT,
    );
    expect([driver.run(vcpu), reason(driver, vcpu)]).toEqual([0, kvm.KVM_EXIT_HLT]);
    expect([...driver.memory.read(RAM + 0x2010n, 6)]).toEqual([0x34, 0x12, 0x34, 0x12, 0x34, 0]);
  });

  it("raises and lowers GSI 0 at each tick", () => {
    const { driver, vcpu, lines } = withTimer();
    start(driver, vcpu);
    driver.linux.pass(MILLISECOND - 1000n);
    expect(lines).toEqual([]);
    driver.linux.pass(1000n);
    expect(lines).toEqual(TICK);
    driver.linux.pass(9n * MILLISECOND);
    expect(lines.length).toBe(10 * 4);
    // A control word ends them
    out(driver, vcpu, 0x43, 0x34);
    driver.linux.pass(9n * MILLISECOND);
    expect(lines.length).toBe(10 * 4);
  });

  it("gives ticks again that were missed, until its user wants that no more", () => {
    const { driver, vm, vcpu, lines, taken } = withTimer();
    start(driver, vcpu);
    taken.value = 0n;
    driver.linux.pass(4n * MILLISECOND);
    taken.value = 1n;
    driver.linux.pass(20n * MILLISECOND);
    // Four were tried, and came again within four more
    expect(lines.length).toBe((24 + 4) * 4);
    driver.fill(0);
    expect(driver.vm(vm, kvm.KVM_REINJECT_CONTROL, ARGUMENT)).toBe(0);
    taken.value = 0n;
    driver.linux.pass(4n * MILLISECOND);
    taken.value = 1n;
    driver.linux.pass(20n * MILLISECOND);
    expect(lines.length).toBe((48 + 4) * 4);
  });

  it("gives no ticks again that were masked", () => {
    const { driver, vcpu, lines, taken } = withTimer();
    start(driver, vcpu);
    taken.value = MASKED;
    driver.linux.pass(4n * MILLISECOND);
    taken.value = 1n;
    driver.linux.pass(20n * MILLISECOND);
    expect(lines.length).toBe(24 * 4);
  });

  it("goes on from another machine's state, unless another timer has its line", () => {
    const { driver, vm, vcpu, lines } = withTimer();
    start(driver, vcpu);
    driver.vm(vm, kvm.KVM_GET_PIT2, ARGUMENT);
    driver.poke(kvm.KVM_PIT_STATE2_FLAGS, 4, kvm.KVM_PIT_FLAGS_HPET_LEGACY);
    driver.vm(vm, kvm.KVM_SET_PIT2, ARGUMENT);
    driver.linux.pass(9n * MILLISECOND);
    expect(lines).toEqual([]);
    driver.poke(kvm.KVM_PIT_STATE2_FLAGS, 4, 0);
    driver.vm(vm, kvm.KVM_SET_PIT2, ARGUMENT);
    driver.linux.pass(9n * MILLISECOND);
    expect(lines.length).toBe(9 * 4);
  });

  it("raises nothing where there is no line", () => {
    const { driver, vm, vcpu } = withVcpu();
    create(driver, vm);
    start(driver, vcpu);
    const before = driver.calls.length;
    driver.linux.pass(9n * MILLISECOND);
    expect(driver.calls.length).toBe(before);
  });

  it("ends with the machine, before its VM does", () => {
    const { driver, vm, vcpu } = withTimer();
    start(driver, vcpu);
    driver.closeVcpu(vcpu);
    const seen: number[] = [];
    driver.microv.refuse = (call) => {
      if (call === mv.MV_VM_DESTROY) seen.push(driver.linux.pitTimers.size);
      return undefined;
    };
    driver.closeVm(vm);
    expect([seen, driver.taken.timers, driver.taken.allocations]).toEqual([[0], 0, 0]);
  });
});
