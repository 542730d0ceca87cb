// MSRs of guests that their user decides about: KVM_CAP_X86_USER_SPACE_MSR, KVM_X86_SET_MSR_FILTER, and what else is enabled

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, NOWHERE, withVcpu } from "./driver.ts";

const FAULT = -kvm.ERRNO_EFAULT;
const INTR = -kvm.ERRNO_EINTR;
const INVAL = -kvm.ERRNO_EINVAL;
const NODEV = -kvm.ERRNO_ENODEV;
const NOMEM = -kvm.ERRNO_ENOMEM;
const BITMAP = 0x1000;
const { KVM_MSR_FILTER_READ: READ, KVM_MSR_FILTER_WRITE: WRITE } = kvm;

function enable(driver: Driver, vm: number, capability: number, argument: bigint | number, flags = 0): number {
  driver.fill(0);
  driver.poke(kvm.KVM_ENABLE_CAP_CAP, 4, capability);
  driver.poke(kvm.KVM_ENABLE_CAP_FLAGS, 4, flags);
  driver.poke(kvm.KVM_ENABLE_CAP_ARGS, 8, argument);
  return driver.vm(vm, kvm.KVM_ENABLE_CAP, ARGUMENT);
}

const userMsr = (driver: Driver, vm: number, reasons: number): number =>
  enable(driver, vm, kvm.KVM_CAP_X86_USER_SPACE_MSR, reasons);

interface Range {
  readonly flags: number;
  readonly base: number;
  readonly count: number;
  /** Bytes: a bit for each MSR. */
  readonly bitmap: readonly number[];
}

/** Writes a filter as KVM_X86_SET_MSR_FILTER's argument. */
function write(driver: Driver, flags: number, ranges: readonly Range[]): void {
  driver.fill(0);
  driver.poke(kvm.KVM_MSR_FILTER_FLAGS, 4, flags);
  for (const [index, range] of ranges.entries()) {
    const at = kvm.KVM_MSR_FILTER_RANGES + index * kvm.KVM_MSR_FILTER_RANGE_BYTES;
    const bitmap = BITMAP + index * 0x600;
    driver.poke(at + kvm.KVM_MSR_FILTER_RANGE_FLAGS, 4, range.flags);
    driver.poke(at + kvm.KVM_MSR_FILTER_RANGE_NMSRS, 4, range.count);
    driver.poke(at + kvm.KVM_MSR_FILTER_RANGE_BASE, 4, range.base);
    driver.poke(at + kvm.KVM_MSR_FILTER_RANGE_BITMAP, 8, ARGUMENT + BigInt(bitmap));
    for (const [place, byte] of range.bitmap.entries()) driver.poke(bitmap + place, 1, byte);
  }
}

function filter(driver: Driver, vm: number, flags: number, ranges: readonly Range[]): number {
  write(driver, flags, ranges);
  return driver.vm(vm, kvm.KVM_X86_SET_MSR_FILTER, ARGUMENT);
}

const page = (driver: Driver, offset: number, size: number): bigint =>
  driver.memory.peek(driver.vs().page + BigInt(offset), size);
const request = (driver: Driver): bigint => page(driver, mv.MV_PAGE_REQUEST, 4);

/** MicroV's exit for an access. */
function access(driver: Driver, msr: number, flags: number, data = 0n): number {
  driver.tell(driver.vs(), mv.MV_PAGE_MSR, 4, msr);
  driver.tell(driver.vs(), mv.MV_PAGE_MSR_FLAGS, 4, flags);
  driver.tell(driver.vs(), mv.MV_PAGE_DATA, 8, data);
  return mv.MV_EXIT_MSR_ACCESS;
}

/** Runs a guest that accesses an MSR once: what MicroV is asked for behind that. */
function asked(driver: Driver, vcpu: number, msr: number, isWrite: boolean): bigint {
  let runs = 0;
  driver.onRun = () =>
    runs++ === 0 ? access(driver, msr, mv.MV_MSR_ASKED | (isWrite ? mv.MV_MSR_WRITE : 0)) : mv.MV_EXIT_HLT;
  expect(driver.run(vcpu)).toBe(0);
  expect(runs).toBe(2);
  return request(driver);
}

const ALLOWED = BigInt(mv.MV_RUN_MSR_ALLOWED);
const REFUSED = BigInt(mv.MV_RUN_MSR_FAULT);
const DONE = BigInt(mv.MV_RUN_MSR_DONE);

const told = (driver: Driver, vcpu: number) => ({
  exit: Number(driver.shared(vcpu, kvm.KVM_RUN_EXIT_REASON, 4)),
  error: Number(driver.shared(vcpu, kvm.KVM_RUN_MSR_ERROR, 1)),
  reason: Number(driver.shared(vcpu, kvm.KVM_RUN_MSR_REASON, 4)),
  index: Number(driver.shared(vcpu, kvm.KVM_RUN_MSR_INDEX, 4)),
  data: driver.shared(vcpu, kvm.KVM_RUN_MSR_DATA, 8),
});

/** What MicroV was told, but for #UD. */
const optionsOf = (driver: Driver): number => (driver.microv.vms[0]?.options ?? 0) & ~mv.MV_OPTION_UNDEFINED_ASKED;

describe("KVM_ENABLE_CAP", () => {
  it("tells MicroV which accesses exit, and takes no reason that there is not", () => {
    const { driver, vm } = withVcpu();
    const options = () => optionsOf(driver);
    const { KVM_MSR_EXIT_REASON_INVAL, KVM_MSR_EXIT_REASON_UNKNOWN, KVM_MSR_EXIT_REASON_FILTER } = kvm;
    expect([userMsr(driver, vm, KVM_MSR_EXIT_REASON_INVAL), options()]).toEqual([0, mv.MV_OPTION_MSR_REFUSED]);
    expect([userMsr(driver, vm, KVM_MSR_EXIT_REASON_UNKNOWN), options()]).toEqual([0, mv.MV_OPTION_MSR_UNKNOWN]);
    expect([userMsr(driver, vm, KVM_MSR_EXIT_REASON_FILTER), options()]).toEqual([0, 0]);
    expect([userMsr(driver, vm, 7), options()]).toEqual([0, mv.MV_OPTION_MSR_UNKNOWN | mv.MV_OPTION_MSR_REFUSED]);
    expect([userMsr(driver, vm, 8), options()]).toEqual([INVAL, mv.MV_OPTION_MSR_UNKNOWN | mv.MV_OPTION_MSR_REFUSED]);
    expect([userMsr(driver, vm, 0), options()]).toEqual([0, 0]);
    driver.microv.refuse = () => mv.MV_STATUS_FAILURE_UNKNOWN;
    expect(userMsr(driver, vm, 7)).toBe(NODEV);
  });

  it("disables quirks that there are, and lets them be again", () => {
    const { driver, vm } = withVcpu();
    const disable = (quirks: bigint | number): number => enable(driver, vm, kvm.KVM_CAP_DISABLE_QUIRKS2, quirks);
    const options = () => optionsOf(driver);
    const asksForUndefined = () => ((driver.microv.vms[0]?.options ?? 0) & mv.MV_OPTION_UNDEFINED_ASKED) !== 0;
    expect(asksForUndefined()).toBe(true);
    expect([disable(kvm.KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS), options()]).toEqual([0, mv.MV_OPTION_MWAIT_BY_CPUID]);
    expect([disable(kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT), options()]).toEqual([0, mv.MV_OPTION_MWAIT_BY_MSR]);
    expect(asksForUndefined()).toBe(true);
    expect([disable(kvm.KVM_X86_QUIRK_FIX_HYPERCALL_INSN), options(), asksForUndefined()]).toEqual([0, 0, false]);
    expect(disable(kvm.KVM_X86_QUIRK_LINT0_REENABLED)).toBe(INVAL);
    expect(disable(1n << 32n)).toBe(INVAL);
    expect([disable(0), options(), asksForUndefined()]).toEqual([0, 0, true]);
    expect(enable(driver, vm, kvm.KVM_CAP_DISABLE_QUIRKS2, 0, 1)).toBe(INVAL);
  });

  it("of a vCPU has it follow its CPUID in what is KVM's", () => {
    const { driver, vcpu } = withVcpu();
    const enforce = (
      argument: number,
      capability: number = kvm.KVM_CAP_ENFORCE_PV_FEATURE_CPUID,
      flags = 0,
    ): number => {
      driver.fill(0);
      driver.poke(kvm.KVM_ENABLE_CAP_CAP, 4, capability);
      driver.poke(kvm.KVM_ENABLE_CAP_FLAGS, 4, flags);
      driver.poke(kvm.KVM_ENABLE_CAP_ARGS, 8, argument);
      return driver.vcpu(vcpu, kvm.KVM_ENABLE_CAP, ARGUMENT);
    };
    expect([enforce(1), driver.vs().options]).toEqual([0, mv.MV_OPTION_FEATURES]);
    expect([enforce(0), driver.vs().options]).toEqual([0, 0]);
    expect(enforce(1, kvm.KVM_CAP_MAX_VCPU_ID)).toBe(INVAL);
    expect(enforce(1, kvm.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1)).toBe(INVAL);
    expect(driver.vcpu(vcpu, kvm.KVM_ENABLE_CAP, NOWHERE)).toBe(FAULT);
    driver.isThere = false;
    expect(enforce(1)).toBe(NODEV);
  });
});

describe("CPUID's MWAIT", () => {
  it("is as the user gave it, until MISC_ENABLE decides", () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.fill(0);
    driver.poke(kvm.KVM_CPUID2_NENT, 4, 1);
    driver.poke(kvm.KVM_CPUID2_BYTES + kvm.KVM_CPUID_ENTRY2_FUNCTION, 4, 1);
    driver.poke(kvm.KVM_CPUID2_BYTES + kvm.KVM_CPUID_ENTRY2_ECX, 4, 8);
    expect(driver.vcpu(vcpu, kvm.KVM_SET_CPUID2, ARGUMENT)).toBe(0);
    const ecx = (): bigint => {
      driver.fill(0);
      driver.poke(kvm.KVM_CPUID2_NENT, 4, 1);
      expect(driver.vcpu(vcpu, kvm.KVM_GET_CPUID2, ARGUMENT)).toBe(0);
      return driver.peek(kvm.KVM_CPUID2_BYTES + kvm.KVM_CPUID_ENTRY2_ECX, 4);
    };
    expect(ecx()).toBe(8n);
    enable(driver, vm, kvm.KVM_CAP_DISABLE_QUIRKS2, kvm.KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT);
    expect(ecx()).toBe(0n);
    driver.vs().registers.writeMsr(0x1a0, 1n << 18n);
    expect(ecx()).toBe(8n);
  });
});

describe("a filter", () => {
  it("has every access exit while there is one", () => {
    const { driver, vm } = withVcpu();
    const options = () => optionsOf(driver);
    const before = driver.taken.allocations;
    const one = { flags: READ, base: 0x35, count: 1, bitmap: [0] };
    expect([filter(driver, vm, 0, [one]), options()]).toEqual([0, mv.MV_OPTION_MSR_ASKED]);
    expect([filter(driver, vm, 1, [one]), options()]).toEqual([0, mv.MV_OPTION_MSR_ASKED | mv.MV_OPTION_MSR_CLOSED]);
    expect(driver.taken.allocations).toBe(before + 1);
    // Guests' own MSRs exit for it alone
    const own = { ...one, base: 0xc000_0101, flags: WRITE };
    const closed = mv.MV_OPTION_MSR_ASKED | mv.MV_OPTION_MSR_CLOSED;
    expect([filter(driver, vm, 0, [own]), options()]).toEqual([0, closed]);
    expect([filter(driver, vm, 0, [{ ...own, flags: READ, base: 0x10 }]), options()]).toEqual([0, closed]);
    expect([filter(driver, vm, 0, [{ ...own, base: 0x10 }]), options()]).toEqual([0, mv.MV_OPTION_MSR_ASKED]);
    expect([filter(driver, vm, 0, []), options()]).toEqual([0, 0]);
    expect(driver.taken.allocations).toBe(before);
  });

  it("that is none is refused, and the one before stays", () => {
    const { driver, vm, vcpu } = withVcpu();
    const range = { flags: READ, base: 0, count: 8, bitmap: [0] };
    expect(filter(driver, vm, 0, [range])).toBe(0);
    const { allocations } = driver.taken;
    expect(filter(driver, vm, 2, [range])).toBe(INVAL);
    expect(filter(driver, vm, 1, [])).toBe(INVAL);
    expect(filter(driver, vm, 0, [{ ...range, flags: 4 }])).toBe(INVAL);
    expect(filter(driver, vm, 0, [{ ...range, flags: 0 }])).toBe(INVAL);
    expect(filter(driver, vm, 0, [{ ...range, count: 0x3001 }])).toBe(INVAL);
    expect(filter(driver, vm, 0, [{ ...range, count: 0xffff_ffff }])).toBe(INVAL);
    write(driver, 0, [range]);
    driver.poke(kvm.KVM_MSR_FILTER_RANGES + kvm.KVM_MSR_FILTER_RANGE_BITMAP, 8, NOWHERE);
    expect(driver.vm(vm, kvm.KVM_X86_SET_MSR_FILTER, ARGUMENT)).toBe(FAULT);
    expect(driver.vm(vm, kvm.KVM_X86_SET_MSR_FILTER, NOWHERE)).toBe(FAULT);
    driver.linux.failAllocation = 1;
    expect(filter(driver, vm, 0, [range])).toBe(NOMEM);
    driver.microv.refuse = (call) => (call === mv.MV_VM_CONFIGURE ? mv.MV_STATUS_FAILURE_UNKNOWN : undefined);
    expect(filter(driver, vm, 0, [])).toBe(NODEV);
    driver.microv.refuse = () => undefined;
    expect(driver.taken.allocations).toBe(allocations);
    expect([asked(driver, vcpu, 7, false), asked(driver, vcpu, 8, false)]).toEqual([REFUSED, ALLOWED]);
  });

  it("goes by the first range that has the MSR and the access, and never refuses x2APIC's", () => {
    const { driver, vm, vcpu } = withVcpu();
    const ranges = [
      { flags: READ, base: 0x10, count: 9, bitmap: [0b0000_0010, 0b1] },
      { flags: READ | WRITE, base: 0x10, count: 64, bitmap: [0xff, 0, 0, 0, 0, 0, 0, 0x80] },
      { flags: WRITE, base: 0xffff_fff8, count: 8, bitmap: [0x80] },
      { flags: READ | WRITE, base: 0x7f0, count: 0x20, bitmap: [0, 0, 0, 0] },
      { flags: READ, base: 0x1_0000, count: 0x3000, bitmap: [...Array(0x5ff).fill(0), 0x80] },
    ];
    const verdicts = (expected: bigint, ...accesses: readonly (readonly [number, boolean])[]): void =>
      expect(accesses.map(([msr, isWrite]) => asked(driver, vcpu, msr, isWrite))).toEqual(accesses.map(() => expected));
    for (const [flags, other] of [
      [0, ALLOWED],
      [1, REFUSED],
    ] as const) {
      expect(filter(driver, vm, flags, ranges)).toBe(0);
      verdicts(ALLOWED, [0x11, false], [0x18, false], [0x10, true], [0x17, true], [0x4f, true], [0x800, true]);
      verdicts(ALLOWED, [0xffff_ffff, true], [0x1_2fff, false]);
      verdicts(REFUSED, [0x10, false], [0x17, false], [0x18, true], [0x19, false], [0xffff_fffe, true], [0x7ff, false]);
      verdicts(REFUSED, [0x1_2ffe, false]);
      verdicts(
        other,
        [0x50, true],
        [0x0f, false],
        [0x100, false],
        [0xffff_ffff, false],
        [0x900, false],
        [0x1_3000, false],
      );
    }
  });
});

describe("an access that the user hears of", () => {
  it.each([
    ["one that the guest has not", mv.MV_MSR_UNKNOWN, kvm.KVM_MSR_EXIT_REASON_UNKNOWN],
    ["one that does not take the value", mv.MV_MSR_REFUSED, kvm.KVM_MSR_EXIT_REASON_INVAL],
  ])("is told, and the guest gets what comes back: %s", (_, why, reason) => {
    const { driver, vcpu } = withVcpu();
    driver.onRun = () => access(driver, 0xc000_0080, why | mv.MV_MSR_WRITE, 0x1234_5678_9abc_def0n);
    driver.setShared(vcpu, kvm.KVM_RUN_MSR_ERROR, 1, 1);
    expect(driver.run(vcpu)).toBe(0);
    const written = { index: 0xc000_0080, data: 0x1234_5678_9abc_def0n, error: 0, reason };
    expect(told(driver, vcpu)).toEqual({ exit: kvm.KVM_EXIT_X86_WRMSR, ...written });
    driver.onRun = () => access(driver, 0xc000_0080, why, 5n);
    driver.run(vcpu);
    expect(request(driver)).toBe(DONE);
    expect(told(driver, vcpu)).toEqual({ exit: kvm.KVM_EXIT_X86_RDMSR, ...written, data: 0n });
    driver.setShared(vcpu, kvm.KVM_RUN_MSR_DATA, 8, 0xfeed_beef_0000_0001n);
    let data = 0n;
    driver.onRun = () => {
      data = page(driver, mv.MV_PAGE_DATA, 8);
      return access(driver, 1, why);
    };
    driver.run(vcpu);
    expect([request(driver), data]).toEqual([DONE, 0xfeed_beef_0000_0001n]);
    driver.setShared(vcpu, kvm.KVM_RUN_MSR_ERROR, 1, 1);
    driver.onRun = () => mv.MV_EXIT_HLT;
    driver.run(vcpu);
    expect(request(driver)).toBe(REFUSED);
    driver.run(vcpu);
    expect(request(driver)).toBe(0n);
  });

  it("is one that the filter refuses, if the user wants to", () => {
    const { driver, vm, vcpu } = withVcpu();
    filter(driver, vm, 0, [{ flags: WRITE, base: 0x10, count: 1, bitmap: [0] }]);
    expect(asked(driver, vcpu, 0x10, true)).toBe(REFUSED);
    userMsr(driver, vm, kvm.KVM_MSR_EXIT_REASON_FILTER);
    driver.onRun = () => access(driver, 0x10, mv.MV_MSR_ASKED | mv.MV_MSR_WRITE, 9n);
    driver.run(vcpu);
    const expected = { error: 0, reason: kvm.KVM_MSR_EXIT_REASON_FILTER, index: 0x10, data: 9n };
    expect(told(driver, vcpu)).toEqual({ exit: kvm.KVM_EXIT_X86_WRMSR, ...expected });
  });

  it("is done with when the user comes back at once", () => {
    const { driver, vcpu } = withVcpu();
    driver.onRun = () => access(driver, 0x10, mv.MV_MSR_UNKNOWN);
    driver.run(vcpu);
    driver.setShared(vcpu, kvm.KVM_RUN_IMMEDIATE_EXIT, 1, 1);
    driver.setShared(vcpu, kvm.KVM_RUN_MSR_DATA, 8, 7);
    const runs = (): number => driver.calls.filter((call) => call === mv.MV_VS_RUN).length;
    const before = runs();
    expect([driver.run(vcpu), request(driver)]).toEqual([INTR, DONE | BigInt(mv.MV_RUN_STOP)]);
    expect(page(driver, mv.MV_PAGE_DATA, 8)).toBe(7n);
    expect([driver.run(vcpu), runs()]).toEqual([INTR, before + 1]);
  });
});
