// Time stamp counters: those of a machine count alike

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, withVcpu } from "./driver.ts";

const TSC = 0x10;
const ADJUST = 0x3b;

const set = (driver: Driver, vcpu: number, ...entries: readonly (readonly [number, bigint])[]) => {
  driver.poke(kvm.KVM_MSRS_NMSRS, 4, entries.length);
  for (const [index, [msr, value]] of entries.entries()) {
    const entry = kvm.KVM_MSRS_BYTES + index * kvm.KVM_MSR_ENTRY_BYTES;
    driver.poke(entry, 8, msr);
    driver.poke(entry + kvm.KVM_MSR_ENTRY_DATA, 8, value);
  }
  expect(driver.vcpu(vcpu, kvm.KVM_SET_MSRS, ARGUMENT)).toBe(entries.length);
};
const get = (driver: Driver, vcpu: number, msr: number): bigint => {
  driver.poke(kvm.KVM_MSRS_NMSRS, 4, 1);
  driver.poke(kvm.KVM_MSRS_BYTES, 8, msr);
  expect(driver.vcpu(vcpu, kvm.KVM_GET_MSRS, ARGUMENT)).toBe(1);
  return driver.peek(kvm.KVM_MSRS_BYTES + kvm.KVM_MSR_ENTRY_DATA, 8);
};
const offsets = (driver: Driver) =>
  [0, 1].map((index) => BigInt.asIntN(64, driver.vs(index).registers.get(mv.MV_REG_TSC_OFFSET)));

describe("time stamp counters", () => {
  const withTwo = () => {
    const { driver, vm, vcpu } = withVcpu();
    driver.linux.time[0] += 500n;
    return { driver, vcpu, second: driver.vm(vm, kvm.KVM_CREATE_VCPU, 1) };
  };

  it("begin at 0 with the machine, and the same for a vCPU that comes later", () => {
    const { driver, vcpu, second } = withTwo();
    expect([get(driver, vcpu, TSC), get(driver, second, TSC)]).toEqual([500n, 500n]);
  });

  it("stay alike when the user sets them one behind the other, or to 0", () => {
    const { driver, vcpu, second } = withTwo();
    const far = 0x1000_0000_0000n;
    set(driver, vcpu, [TSC, far], [0x8b, 1n]);
    driver.linux.time[0] += 70_000n;
    set(driver, second, [TSC, far]);
    expect(offsets(driver)[0]).toBe(far - driver.linux.time[0] + 70_000n);
    expect(offsets(driver)[1]).toBe(offsets(driver)[0]);
    set(driver, vcpu, [TSC, 0n]);
    set(driver, second, [TSC, 0n]);
    expect(get(driver, second, TSC)).toBe(far + 70_000n);
    expect(offsets(driver)[1]).toBe(offsets(driver)[0]);
  });

  it("differ when the user writes what is more than a second away, in both directions", () => {
    for (const sign of [1n, -1n]) {
      const { driver, vcpu, second } = withTwo();
      const middle = 1n << 50n;
      set(driver, vcpu, [TSC, middle]);
      const away = middle + sign * 1000n * 1_000_000_000n;
      set(driver, second, [TSC, away]);
      expect([get(driver, vcpu, TSC), get(driver, second, TSC)]).toEqual([middle, away]);
    }
  });

  it("and TSC_ADJUST have nothing to do with one another when the user writes them", () => {
    const { driver, vcpu } = withTwo();
    set(driver, vcpu, [ADJUST, 77n], [TSC, 1n << 50n]);
    expect([get(driver, vcpu, ADJUST), get(driver, vcpu, TSC)]).toEqual([77n, 1n << 50n]);
    set(driver, vcpu, [ADJUST, 5n]);
    expect([get(driver, vcpu, ADJUST), get(driver, vcpu, TSC)]).toEqual([5n, 1n << 50n]);
  });
});
