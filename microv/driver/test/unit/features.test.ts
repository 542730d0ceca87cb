// MSRs of features, and what a machine's user says of its needs

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import { ARGUMENT, Driver, NOWHERE, withVcpu } from "./driver.ts";

const FAULT = -kvm.ERRNO_EFAULT;
const INVAL = -kvm.ERRNO_EINVAL;
const NOMEM = -kvm.ERRNO_ENOMEM;
const TOOBIG = -kvm.ERRNO_E2BIG;

describe("MSRs of features", () => {
  it("are listed to who has room for them", () => {
    const driver = new Driver();
    driver.fill(0xaa);
    driver.poke(0, 4, 1);
    expect(driver.system(kvm.KVM_GET_MSR_FEATURE_INDEX_LIST, ARGUMENT)).toBe(TOOBIG);
    expect([driver.peek(0, 4), driver.peek(4, 4)]).toEqual([2n, 0xaaaa_aaaan]);
    expect(driver.system(kvm.KVM_GET_MSR_FEATURE_INDEX_LIST, ARGUMENT)).toBe(0);
    expect([driver.peek(4, 4), driver.peek(8, 4), driver.peek(12, 4)]).toEqual([0x8bn, 0xc001_1029n, 0xaaaa_aaaan]);
    expect(driver.system(kvm.KVM_GET_MSR_FEATURE_INDEX_LIST, NOWHERE)).toBe(FAULT);
    driver.linux.failAllocation = 1;
    expect(driver.system(kvm.KVM_GET_MSR_FEATURE_INDEX_LIST, ARGUMENT)).toBe(NOMEM);
    expect(driver.taken.allocations).toBe(0);
  });

  it("are read up to one that is none", () => {
    const driver = new Driver();
    const entry = (index: number) => kvm.KVM_MSRS_BYTES + index * kvm.KVM_MSR_ENTRY_BYTES;
    driver.fill(0xaa);
    driver.poke(kvm.KVM_MSRS_NMSRS, 4, 3);
    for (const [index, msr] of [0xc001_1029, 0x8b, 0x10].entries()) driver.poke(entry(index), 4, msr);
    expect(driver.system(kvm.KVM_GET_MSRS, ARGUMENT)).toBe(2);
    const values = [0, 1, 2].map((index) => driver.peek(entry(index) + kvm.KVM_MSR_ENTRY_DATA, 8));
    expect(values).toEqual([2n, 0n, 0xaaaa_aaaa_aaaa_aaaan]);
    driver.poke(kvm.KVM_MSRS_NMSRS, 4, 256);
    expect(driver.system(kvm.KVM_GET_MSRS, ARGUMENT)).toBe(TOOBIG);
    expect(driver.system(kvm.KVM_GET_MSRS, NOWHERE)).toBe(FAULT);
    driver.linux.failAllocation = 1;
    expect(driver.system(kvm.KVM_GET_MSRS, ARGUMENT)).toBe(NOMEM);
    expect(driver.taken.allocations).toBe(0);
  });
});

describe("a machine's user", () => {
  const enable = (driver: Driver, vm: number, cap: number, value: bigint | number, flags = 0) => {
    driver.poke(kvm.KVM_ENABLE_CAP_CAP, 4, cap);
    driver.poke(kvm.KVM_ENABLE_CAP_FLAGS, 4, flags);
    driver.poke(kvm.KVM_ENABLE_CAP_ARGS, 8, value);
    return driver.vm(vm, kvm.KVM_ENABLE_CAP, ARGUMENT);
  };

  it("says once how many numbers of vCPUs it needs", () => {
    const { driver, vm } = withVcpu();
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 65)).toBe(INVAL);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 1n << 63n)).toBe(INVAL);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 2, 1)).toBe(INVAL);
    expect(enable(driver, vm, kvm.KVM_CAP_IRQCHIP, 2)).toBe(INVAL);
    expect(driver.vm(vm, kvm.KVM_ENABLE_CAP, NOWHERE)).toBe(FAULT);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 0)).toBe(0);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 2)).toBe(0);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 2)).toBe(0);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 3)).toBe(INVAL);
    expect(driver.vm(vm, kvm.KVM_CREATE_VCPU, 2)).toBe(INVAL);
    expect(driver.vm(vm, kvm.KVM_CREATE_VCPU, 1)).toBeGreaterThan(0);
  });

  it("needs those that it has", () => {
    const { driver, vm } = withVcpu();
    expect(driver.vm(vm, kvm.KVM_CREATE_VCPU, 63)).toBeGreaterThan(0);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 63)).toBe(INVAL);
    expect(enable(driver, vm, kvm.KVM_CAP_MAX_VCPU_ID, 64)).toBe(0);
  });

  it("may say how many shadow pages there shall be", () => {
    const { driver, vm } = withVcpu();
    expect(driver.vm(vm, kvm.KVM_GET_NR_MMU_PAGES)).toBe(0);
    expect(driver.vm(vm, kvm.KVM_SET_NR_MMU_PAGES, 63)).toBe(INVAL);
    expect(driver.vm(vm, kvm.KVM_SET_NR_MMU_PAGES, 64)).toBe(0);
    expect(driver.vm(vm, kvm.KVM_GET_NR_MMU_PAGES)).toBe(64);
  });
});
