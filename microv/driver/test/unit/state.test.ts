// Registers, events, FPU and clock of a vCPU: what the user writes is what MicroV gets, and back

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, RAM, withVcpu } from "./driver.ts";

const EXIST = -kvm.ERRNO_EEXIST;
const INVAL = -kvm.ERRNO_EINVAL;
const VALID = 1n << 31n;

describe("KVM_SET_REGS", () => {
  it("sets them all, and RFLAGS with the bit that is always 1", () => {
    const { driver, vcpu } = withVcpu();
    for (let i = 0; i < 18; i++) driver.poke(8 * i, 8, 0x1000n * BigInt(i + 1));
    expect(driver.vcpu(vcpu, kvm.KVM_SET_REGS, ARGUMENT)).toBe(0);
    const { registers } = driver.vs();
    const numbers = [
      ...[mv.MV_REG_RAX, mv.MV_REG_RBX, mv.MV_REG_RCX, mv.MV_REG_RDX, mv.MV_REG_RSI, mv.MV_REG_RDI, mv.MV_REG_RSP],
      ...[mv.MV_REG_RBP, mv.MV_REG_R8, mv.MV_REG_R9, mv.MV_REG_R10, mv.MV_REG_R11, mv.MV_REG_R12, mv.MV_REG_R13],
      ...[mv.MV_REG_R14, mv.MV_REG_R15, mv.MV_REG_RIP],
    ];
    expect(numbers.map((number) => registers.get(number))).toEqual(numbers.map((_, i) => 0x1000n * BigInt(i + 1)));
    expect(registers.get(mv.MV_REG_RFLAGS)).toBe(0x1_2002n);
  });
});

describe("KVM_SET_SREGS", () => {
  const get = (driver: Driver, vcpu: number) => expect(driver.vcpu(vcpu, kvm.KVM_GET_SREGS, ARGUMENT)).toBe(0);
  const set = (driver: Driver, vcpu: number) => driver.vcpu(vcpu, kvm.KVM_SET_SREGS, ARGUMENT);

  it("takes a segment's attributes apart and puts them together", () => {
    const { driver, vcpu } = withVcpu();
    get(driver, vcpu);
    const ss = kvm.KVM_SREGS_SS;
    driver.poke(ss + kvm.KVM_SEGMENT_SELECTOR, 2, 0x2b);
    driver.poke(ss + kvm.KVM_SEGMENT_LIMIT, 4, 0xffff_ffff);
    driver.poke(ss + kvm.KVM_SEGMENT_BASE, 8, 0x1234_5678_9abcn);
    driver.poke(ss + kvm.KVM_SEGMENT_DPL, 1, 3);
    driver.poke(ss + kvm.KVM_SEGMENT_DB, 1, 1);
    driver.poke(ss + kvm.KVM_SEGMENT_G, 1, 1);
    expect(set(driver, vcpu)).toBe(0);
    const { registers } = driver.vs();
    const parts = [mv.MV_REG_SS_SELECTOR, mv.MV_REG_SS_ATTRIB, mv.MV_REG_SS_LIMIT, mv.MV_REG_SS_BASE];
    expect(parts.map((number) => registers.get(number))).toEqual([0x2bn, 0xcf3n, 0xffff_ffffn, 0x1234_5678_9abcn]);
    driver.poke(ss + kvm.KVM_SEGMENT_UNUSABLE, 1, 1);
    expect(set(driver, vcpu)).toBe(0);
    expect(registers.get(mv.MV_REG_SS_ATTRIB)).toBe(0xc73n);
    get(driver, vcpu);
    expect(driver.peek(ss + kvm.KVM_SEGMENT_UNUSABLE, 1)).toBe(1n);
  });

  it.each<readonly [string, bigint, bigint, bigint]>([
    ["paging without protection", 0x8000_0010n, 0n, 0n],
    ["not write-through, but cached", 0x2000_0010n, 0n, 0n],
    ["upper bits of CR0", 0x1_0000_0010n, 0n, 0n],
    ["long mode without PAE", 0x8000_0011n, 0n, 0x500n],
    ["long mode that is not active", 0x8000_0011n, 0x20n, 0x100n],
    ["long mode that is active without paging", 0x11n, 0x20n, 0x500n],
  ])("refuses %s", (_, cr0, cr4, efer) => {
    const { driver, vcpu } = withVcpu();
    get(driver, vcpu);
    driver.poke(kvm.KVM_SREGS_CR0, 8, cr0);
    driver.poke(kvm.KVM_SREGS_CR4, 8, cr4);
    driver.poke(kvm.KVM_SREGS_EFER, 8, efer);
    driver.poke(kvm.KVM_SREGS_CR2, 8, 0x77n);
    expect(set(driver, vcpu)).toBe(INVAL);
    expect(driver.vs().registers.get(mv.MV_REG_CR2)).toBe(0n);
  });

  it("refuses a task priority that there is not, and changes nothing", () => {
    const { driver, vcpu } = withVcpu();
    get(driver, vcpu);
    driver.poke(kvm.KVM_SREGS_CR2, 8, 0x77n);
    driver.poke(kvm.KVM_SREGS_CR8, 8, 16n);
    expect(set(driver, vcpu)).toBe(INVAL);
    expect(driver.vs().registers.get(mv.MV_REG_CR2)).toBe(0n);
  });

  it("has the interrupt of the lowest number delivered", () => {
    const { driver, vcpu } = withVcpu();
    get(driver, vcpu);
    driver.poke(kvm.KVM_SREGS_INTERRUPT_BITMAP + 8, 8, 0x30n);
    driver.poke(kvm.KVM_SREGS_INTERRUPT_BITMAP + 24, 8, 1n);
    expect(set(driver, vcpu)).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(VALID | 68n);
    get(driver, vcpu);
    const words = [0, 1, 2, 3].map((i) => driver.peek(kvm.KVM_SREGS_INTERRUPT_BITMAP + 8 * i, 8));
    expect(words).toEqual([0n, 0x10n, 0n, 0n]);
  });
});

describe("debug and extended control registers", () => {
  it("refuse what no processor has", () => {
    const { driver, vcpu } = withVcpu();
    const debug = (offset: number, value: bigint) => {
      driver.vcpu(vcpu, kvm.KVM_GET_DEBUGREGS, ARGUMENT);
      driver.poke(offset, 8, value);
      return driver.vcpu(vcpu, kvm.KVM_SET_DEBUGREGS, ARGUMENT);
    };
    expect(debug(kvm.KVM_DEBUGREGS_FLAGS, 1n)).toBe(INVAL);
    expect(debug(kvm.KVM_DEBUGREGS_DR6, 1n << 32n)).toBe(INVAL);
    expect(debug(kvm.KVM_DEBUGREGS_DR7, 1n << 63n)).toBe(INVAL);
    expect(debug(kvm.KVM_DEBUGREGS_DB + 24, 0xffff_8000_0000_0000n)).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_DR3)).toBe(0xffff_8000_0000_0000n);
    const xcr = (count: number, flags: number, number: number, value: bigint) => {
      driver.fill(0);
      driver.poke(kvm.KVM_XCRS_NR_XCRS, 4, count);
      driver.poke(kvm.KVM_XCRS_FLAGS, 4, flags);
      driver.poke(kvm.KVM_XCRS_XCRS, 4, number);
      driver.poke(kvm.KVM_XCRS_XCRS + kvm.KVM_XCR_VALUE, 8, value);
      return driver.vcpu(vcpu, kvm.KVM_SET_XCRS, ARGUMENT);
    };
    expect([xcr(17, 0, 0, 1n), xcr(1, 1, 0, 1n), xcr(1, 0, 0, 2n), xcr(1, 0, 0, 8n)]).toEqual(Array(4).fill(INVAL));
    expect([xcr(0, 0, 0, 2n), xcr(16, 0, 5, 2n), xcr(1, 0, 0, 7n)]).toEqual([0, INVAL, 0]);
    expect(driver.vs().registers.get(mv.MV_REG_XCR0)).toBe(7n);
  });
});

describe("events", () => {
  const events = (driver: Driver, vcpu: number, fields: Readonly<Record<number, number>>) => {
    driver.fill(0);
    for (const [offset, value] of Object.entries(fields)) driver.poke(Number(offset), 1, value);
    return driver.vcpu(vcpu, kvm.KVM_SET_VCPU_EVENTS, ARGUMENT);
  };

  it("are interrupts that find nothing before them", () => {
    const { driver, vcpu } = withVcpu();
    const interrupt = (vector: number) => {
      driver.poke(0, 4, vector);
      return driver.vcpu(vcpu, kvm.KVM_INTERRUPT, ARGUMENT);
    };
    expect([interrupt(256), interrupt(0xffff_ffff)]).toEqual([INVAL, INVAL]);
    expect([interrupt(0x30), interrupt(0x31)]).toEqual([0, EXIST]);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(VALID | 0x30n);
    // An NMI waits
    expect(driver.vcpu(vcpu, kvm.KVM_NMI)).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_NMI)).toBe(BigInt(mv.MV_NMI_WAITS));
  });

  it.each<readonly [string, Readonly<Record<number, number>>, bigint]>([
    [
      "an exception",
      { [kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED]: 1, [kvm.KVM_VCPU_EVENTS_EXCEPTION_NR]: 6 },
      0x8000_0306n,
    ],
    [
      "one with a code",
      {
        [kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED]: 1,
        [kvm.KVM_VCPU_EVENTS_EXCEPTION_NR]: 13,
        [kvm.KVM_VCPU_EVENTS_EXCEPTION_HAS_ERROR_CODE]: 1,
        [kvm.KVM_VCPU_EVENTS_EXCEPTION_ERROR_CODE]: 8,
      },
      0x8_8000_0b0dn,
    ],
    ["an NMI", { [kvm.KVM_VCPU_EVENTS_NMI_INJECTED]: 1 }, 0x8000_0202n],
    [
      "an interrupt",
      { [kvm.KVM_VCPU_EVENTS_INTERRUPT_INJECTED]: 1, [kvm.KVM_VCPU_EVENTS_INTERRUPT_NR]: 0xef },
      0x8000_00efn,
    ],
    [
      "a software interrupt",
      {
        [kvm.KVM_VCPU_EVENTS_INTERRUPT_INJECTED]: 1,
        [kvm.KVM_VCPU_EVENTS_INTERRUPT_NR]: 0x80,
        [kvm.KVM_VCPU_EVENTS_INTERRUPT_SOFT]: 1,
      },
      0x8000_0480n,
    ],
    ["the handler of an NMI", { [kvm.KVM_VCPU_EVENTS_NMI_MASKED]: 1 }, 0n],
    ["nothing", {}, 0n],
  ])("go over and back: %s", (_, fields, event) => {
    const { driver, vcpu } = withVcpu();
    expect(events(driver, vcpu, fields)).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_EVENT)).toBe(event);
    driver.fill(0xee);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_VCPU_EVENTS, ARGUMENT)).toBe(0);
    for (const [offset, value] of Object.entries(fields)) expect(driver.peek(Number(offset), 1)).toBe(BigInt(value));
  });

  it("refuse flags that nobody offered, and exceptions that are none", () => {
    const { driver, vcpu } = withVcpu();
    const flags = kvm.KVM_VCPU_EVENTS_FLAGS;
    expect(events(driver, vcpu, { [flags]: kvm.KVM_VCPUEVENT_VALID_PAYLOAD })).toBe(INVAL);
    expect(events(driver, vcpu, { [flags]: kvm.KVM_VCPUEVENT_VALID_SMM })).toBe(INVAL);
    for (const vector of [2, 32, 255]) {
      const fields = { [kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED]: 1, [kvm.KVM_VCPU_EVENTS_EXCEPTION_NR]: vector };
      expect(events(driver, vcpu, fields)).toBe(INVAL);
    }
  });

  it("have an NMI waiting when it is said so, and leave it waiting when nothing is", () => {
    const { driver, vcpu } = withVcpu();
    const pending = kvm.KVM_VCPU_EVENTS_NMI_PENDING;
    const masked = kvm.KVM_VCPU_EVENTS_NMI_MASKED;
    const said = { [kvm.KVM_VCPU_EVENTS_FLAGS]: kvm.KVM_VCPUEVENT_VALID_NMI_PENDING };
    const bits = () => {
      expect(driver.vcpu(vcpu, kvm.KVM_GET_VCPU_EVENTS, ARGUMENT)).toBe(0);
      return [driver.peek(pending, 1), driver.peek(masked, 1), driver.vs().registers.get(mv.MV_REG_NMI)];
    };
    expect(events(driver, vcpu, { [pending]: 1 })).toBe(0);
    expect(bits()).toEqual([0n, 0n, 0n]);
    expect(events(driver, vcpu, { ...said, [pending]: 1, [masked]: 1 })).toBe(0);
    expect(bits()).toEqual([1n, 1n, 3n]);
    expect(events(driver, vcpu, {})).toBe(0);
    expect(bits()).toEqual([1n, 0n, 1n]);
    expect(events(driver, vcpu, said)).toBe(0);
    expect(bits()).toEqual([0n, 0n, 0n]);
  });

  it("have the shadow of an instruction with them when it is said so", () => {
    const { driver, vcpu } = withVcpu();
    const shadow = kvm.KVM_VCPU_EVENTS_INTERRUPT_SHADOW;
    expect(events(driver, vcpu, { [shadow]: 1 })).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_INTERRUPT_SHADOW)).toBe(0n);
    expect(events(driver, vcpu, { [shadow]: 1, [kvm.KVM_VCPU_EVENTS_FLAGS]: kvm.KVM_VCPUEVENT_VALID_SHADOW })).toBe(0);
    expect(driver.vs().registers.get(mv.MV_REG_INTERRUPT_SHADOW)).toBe(1n);
  });
});

describe("the FPU", () => {
  it("goes over in the format of FXSAVE", () => {
    const { driver, vcpu } = withVcpu();
    for (let i = 0; i < kvm.KVM_FPU_MXCSR; i++) driver.poke(i, 1, (i * 7) & 0xff);
    driver.poke(kvm.KVM_FPU_MXCSR, 4, 0x1f80);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_FPU, ARGUMENT)).toBe(0);
    const { fpu } = driver.vs();
    const view = new DataView(fpu.buffer);
    expect([...fpu.slice(32, 40)]).toEqual([0, 7, 14, 21, 28, 35, 42, 49]);
    expect([view.getUint16(0, true), view.getUint32(24, true)]).toEqual([0x8780, 0x1f80]);
    expect(view.getBigUint64(512, true)).toBe(3n);
    const before = driver.memory.read(ARGUMENT, kvm.KVM_FPU_BYTES);
    driver.fill(0xee);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_FPU, ARGUMENT)).toBe(0);
    const after = driver.memory.read(ARGUMENT, kvm.KVM_FPU_BYTES);
    // What is not the structure's own comes back as zeros
    for (const padding of [kvm.KVM_FPU_PADDING1, kvm.KVM_FPU_PADDING2]) before[padding] = 0;
    expect(after).toEqual(before);
    driver.poke(kvm.KVM_FPU_MXCSR, 4, 0x1_0000);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_FPU, ARGUMENT)).toBe(INVAL);
  });

  it("goes over in the format of XSAVE, which a processor could load", () => {
    const { driver, vcpu } = withVcpu();
    const set = (offset: number, size: number, value: bigint) => {
      driver.fill(0);
      driver.poke(512, 8, 7n);
      driver.poke(4088, 8, 0x1122n);
      driver.poke(offset, size, value);
      return driver.vcpu(vcpu, kvm.KVM_SET_XSAVE, ARGUMENT);
    };
    expect(set(24, 4, 0x1_0000n)).toBe(INVAL);
    expect(set(512, 8, 1n << 9n)).toBe(INVAL);
    for (let word = 1; word < 8; word++) expect(set(512 + 8 * word, 8, 1n << 63n)).toBe(INVAL);
    expect(driver.vs().fpu[4088]).toBe(0);
    expect(set(4080, 8, 0x3344n)).toBe(0);
    expect(new DataView(driver.vs().fpu.buffer).getBigUint64(4088, true)).toBe(0x1122n);
    driver.fill(0);
    expect(driver.vcpu(vcpu, kvm.KVM_GET_XSAVE, ARGUMENT)).toBe(0);
    expect([driver.peek(512, 8), driver.peek(4080, 8), driver.peek(4088, 8)]).toEqual([7n, 0x3344n, 0x1122n]);
  });
});

describe("the clock", () => {
  const PAGE = 0x5000n;
  const ticks = (driver: Driver, vm: number) => {
    expect(driver.vm(vm, kvm.KVM_GET_CLOCK, ARGUMENT)).toBe(0);
    return driver.peek(kvm.KVM_CLOCK_DATA_CLOCK, 8);
  };
  /** The user names the page of the guest's clock, and runs it once. */
  const runWithClock = (driver: Driver, vcpu: number, page: bigint, msr: number = mv.MV_MSR_KVM_SYSTEM_TIME_NEW) => {
    driver.poke(0, 4, 1);
    driver.poke(8, 4, msr);
    driver.poke(16, 8, page);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_MSRS, ARGUMENT)).toBe(1);
    driver.onRun = () => mv.MV_EXIT_HLT;
    expect(driver.run(vcpu)).toBe(0);
  };

  it("goes on from a time of day, and never back", () => {
    const { driver, vm } = withVcpu();
    const [, , now] = driver.linux.time;
    for (const [realtime, clock] of [
      [now - 30n, 1030n],
      [now + 30n, 1000n],
    ] as const) {
      driver.fill(0);
      driver.poke(kvm.KVM_CLOCK_DATA_CLOCK, 8, 1000n);
      driver.poke(kvm.KVM_CLOCK_DATA_FLAGS, 4, kvm.KVM_CLOCK_REALTIME);
      driver.poke(kvm.KVM_CLOCK_DATA_REALTIME, 8, realtime);
      expect(driver.vm(vm, kvm.KVM_SET_CLOCK, ARGUMENT)).toBe(0);
      expect(ticks(driver, vm)).toBe(clock);
    }
  });

  it("begins at 0 with the machine, and is where it is put", () => {
    const { driver, vm } = withVcpu();
    expect(ticks(driver, vm)).toBe(0n);
    driver.linux.time[1] += 700n;
    expect(ticks(driver, vm)).toBe(700n);
    const flags = kvm.KVM_CLOCK_TSC_STABLE | kvm.KVM_CLOCK_REALTIME | kvm.KVM_CLOCK_HOST_TSC;
    expect(driver.system(kvm.KVM_CHECK_EXTENSION, kvm.KVM_CAP_ADJUST_CLOCK)).toBe(flags);
    expect(driver.peek(kvm.KVM_CLOCK_DATA_FLAGS, 4)).toBe(BigInt(flags));
    const [tsc, , real] = driver.linux.time;
    expect(driver.peek(kvm.KVM_CLOCK_DATA_HOST_TSC, 8)).toBe(tsc);
    expect(driver.peek(kvm.KVM_CLOCK_DATA_REALTIME, 8)).toBe(real);
    driver.fill(0);
    driver.poke(kvm.KVM_CLOCK_DATA_CLOCK, 8, 1_000_000n);
    expect(driver.vm(vm, kvm.KVM_SET_CLOCK, ARGUMENT)).toBe(0);
    driver.linux.time[1] += 5n;
    expect(ticks(driver, vm)).toBe(1_000_005n);
    for (const flag of [1, 0x10]) {
      driver.poke(kvm.KVM_CLOCK_DATA_FLAGS, 4, flag);
      expect(driver.vm(vm, kvm.KVM_SET_CLOCK, ARGUMENT)).toBe(INVAL);
    }
    for (const command of [kvm.KVM_GET_CLOCK, kvm.KVM_SET_CLOCK])
      expect(driver.vm(vm, command, 8n)).toBe(-kvm.ERRNO_EFAULT);
  });

  it("is written to the page that the guest names, and again when it was moved", () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.linux.mapUser(RAM, 0x1_0000);
    expect(driver.slot(vm, 0, 0n, 0x1_0000n, RAM)).toBe(0);
    driver.linux.time = [5_000n, 2_900n, 3_000n];
    driver.vs().registers.set(mv.MV_REG_TSC_OFFSET, 0x100n);
    runWithClock(driver, vcpu, PAGE | 1n);
    const word = (offset: bigint, size: number) => driver.memory.peek(RAM + PAGE + offset, size);
    expect([word(0n, 4), word(8n, 8), word(16n, 8)]).toEqual([4n, 5_256n, 900n]);
    // 2 GHz: half a nanosecond a tick, shifted to have all bits
    expect([word(24n, 4), BigInt.asIntN(8, word(28n, 1)), word(29n, 1)]).toEqual([0x8000_0000n, 0n, 1n]);
    expect(driver.vcpu(vcpu, kvm.KVM_KVMCLOCK_CTRL)).toBe(0);
    driver.linux.time = [6_000n, 4_000n, 3_000n];
    driver.run(vcpu);
    expect(word(8n, 8)).toBe(5_256n);
    driver.fill(0);
    expect(driver.vm(vm, kvm.KVM_SET_CLOCK, ARGUMENT)).toBe(0);
    driver.run(vcpu);
    expect([word(0n, 4) & 1n, word(8n, 8), word(16n, 8)]).toEqual([0n, 6_256n, 0n]);
  });

  it("tells the time of day when the guest asks", () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.linux.mapUser(RAM, 0x1_0000);
    expect(driver.slot(vm, 0, 0n, 0x1_0000n, RAM)).toBe(0);
    driver.linux.time = [5_000n, 2_900n, 12_000_000_900n + 7n];
    const exits = [mv.MV_EXIT_MSR, mv.MV_EXIT_HLT];
    driver.onRun = (vs) => {
      driver.tell(vs, mv.MV_PAGE_MSR, 4, mv.MV_MSR_KVM_WALL_CLOCK);
      driver.tell(vs, mv.MV_PAGE_DATA, 8, PAGE);
      return exits.shift() ?? 0;
    };
    expect(driver.run(vcpu)).toBe(0);
    expect([4n, 8n].map((offset) => driver.memory.peek(RAM + PAGE + offset, 4))).toEqual([12n, 7n]);
  });

  it.each([0xffe0n, 0xffe1n, 0xfff0n, 0xfff8n, 0xfffcn])("writes nothing behind a slot's end, from %i on", (at) => {
    const { driver, vm, vcpu } = withVcpu();
    // The user's own memory follows
    driver.linux.mapUser(RAM, 0x2_0000);
    expect(driver.slot(vm, 0, 0n, 0x1_0000n, RAM)).toBe(0);
    driver.memory.fill(RAM + 0x1_0000n, 0x5a, 64);
    runWithClock(driver, vcpu, at | 1n);
    runWithClock(driver, vcpu, at, mv.MV_MSR_KVM_WALL_CLOCK);
    expect(driver.memory.read(RAM + 0x1_0000n, 64)).toEqual(new Uint8Array(64).fill(0x5a));
  });

  it("writes nothing where the guest has no memory, or none to write", () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.linux.mapUser(RAM, 0x1_0000);
    expect(driver.slot(vm, 0, 0n, 0x1_0000n, RAM, kvm.KVM_MEM_READONLY)).toBe(0);
    for (const page of [PAGE | 1n, 0x20_0001n, 0xffff_ffff_ffff_ffffn]) runWithClock(driver, vcpu, page);
    expect(driver.memory.read(RAM, 0x1_0000).every((byte) => byte === 0)).toBe(true);
    expect(driver.taken.locks).toBe(0);
  });
});
