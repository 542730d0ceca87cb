// KVM_CAP_SYNC_REGS: registers that lie in KvmRun

import * as kvm from "@bareflank/abi/kvm";
import { describe, expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { ARGUMENT, type Driver, withVcpu } from "./driver.ts";

const INVAL = -kvm.ERRNO_EINVAL;
const { KVM_SYNC_X86_REGS: REGS, KVM_SYNC_X86_SREGS: SREGS, KVM_SYNC_X86_EVENTS: EVENTS } = kvm;
const RAX = kvm.KVM_RUN_REGS + kvm.KVM_REGS_RAX;
const CR4 = kvm.KVM_RUN_SREGS + kvm.KVM_SREGS_CR4;

const wants = (driver: Driver, vcpu: number, valid: number, dirty: number) => {
  driver.setShared(vcpu, kvm.KVM_RUN_KVM_VALID_REGS, 8, valid);
  driver.setShared(vcpu, kvm.KVM_RUN_KVM_DIRTY_REGS, 8, dirty);
};
const dirtyOf = (driver: Driver, vcpu: number) => Number(driver.shared(vcpu, kvm.KVM_RUN_KVM_DIRTY_REGS, 8));

describe("registers in KvmRun", () => {
  it("are offered, and no part beside the three is known", () => {
    const { driver, vcpu } = withVcpu();
    expect(driver.system(kvm.KVM_CHECK_EXTENSION, kvm.KVM_CAP_SYNC_REGS)).toBe(REGS | SREGS | EVENTS);
    for (const [valid, dirty] of [
      [8, 0],
      [0, 8],
      [REGS | 0x8000_0000, 0],
    ] as const) {
      wants(driver, vcpu, valid, dirty);
      expect(driver.run(vcpu)).toBe(INVAL);
    }
  });

  it("are left there at each exit, where the user wants them", () => {
    const { driver, vcpu } = withVcpu();
    driver.onRun = (vs) => {
      vs.registers.set(mv.MV_REG_RAX, 0x1234n);
      vs.registers.set(mv.MV_REG_CR4, 0xa0n);
      return mv.MV_EXIT_HLT;
    };
    driver.run(vcpu);
    expect([driver.shared(vcpu, RAX, 8), driver.shared(vcpu, CR4, 8)]).toEqual([0n, 0n]);
    wants(driver, vcpu, REGS, 0);
    driver.run(vcpu);
    expect([driver.shared(vcpu, RAX, 8), driver.shared(vcpu, CR4, 8)]).toEqual([0x1234n, 0n]);
    wants(driver, vcpu, REGS | SREGS | EVENTS, 0);
    driver.run(vcpu);
    expect([driver.shared(vcpu, RAX, 8), driver.shared(vcpu, CR4, 8)]).toEqual([0x1234n, 0xa0n]);
    expect(driver.shared(vcpu, kvm.KVM_RUN_EVENTS + kvm.KVM_VCPU_EVENTS_FLAGS, 4)).toBe(
      BigInt(kvm.KVM_VCPUEVENT_VALID_NMI_PENDING | kvm.KVM_VCPUEVENT_VALID_SHADOW),
    );
  });

  it("are the guest's when the user says that it has written them, once", () => {
    const { driver, vcpu } = withVcpu();
    const seen: bigint[][] = [];
    driver.onRun = ({ registers }) => {
      seen.push([mv.MV_REG_RAX, mv.MV_REG_CR4, mv.MV_REG_EVENT].map((number) => registers.get(number)));
      return mv.MV_EXIT_HLT;
    };
    wants(driver, vcpu, REGS | SREGS | EVENTS, 0);
    driver.run(vcpu);
    driver.setShared(vcpu, RAX, 8, 7);
    driver.setShared(vcpu, CR4, 8, 0x80);
    driver.setShared(vcpu, kvm.KVM_RUN_EVENTS + kvm.KVM_VCPU_EVENTS_EXCEPTION_INJECTED, 1, 1);
    driver.setShared(vcpu, kvm.KVM_RUN_EVENTS + kvm.KVM_VCPU_EVENTS_EXCEPTION_NR, 1, 6);
    wants(driver, vcpu, 0, REGS);
    expect([driver.run(vcpu), dirtyOf(driver, vcpu)]).toEqual([0, 0]);
    wants(driver, vcpu, 0, SREGS | EVENTS);
    expect([driver.run(vcpu), dirtyOf(driver, vcpu)]).toEqual([0, 0]);
    driver.setShared(vcpu, RAX, 8, 9);
    driver.run(vcpu);
    const event = 0x8000_0306n;
    expect(seen).toEqual([
      [0n, 0n, 0n],
      [7n, 0n, 0n],
      [7n, 0x80n, event],
      [7n, 0x80n, event],
    ]);
  });

  it("that make no machine are refused, and stay dirty; the guest does not run", () => {
    const { driver, vcpu } = withVcpu();
    wants(driver, vcpu, SREGS, 0);
    driver.onRun = () => mv.MV_EXIT_HLT;
    driver.run(vcpu);
    driver.onRun = () => {
      throw new Error("it runs");
    };
    driver.setShared(vcpu, kvm.KVM_RUN_SREGS + kvm.KVM_SREGS_CR0, 8, 0x8000_0010n);
    wants(driver, vcpu, 0, SREGS);
    expect([driver.run(vcpu), dirtyOf(driver, vcpu)]).toEqual([INVAL, SREGS]);
    // Whoever wants to read finds what is so
    wants(driver, vcpu, SREGS, SREGS);
    expect(driver.run(vcpu)).toBe(INVAL);
    expect(driver.shared(vcpu, kvm.KVM_RUN_SREGS + kvm.KVM_SREGS_CR0, 8)).toBe(0x10n);
    wants(driver, vcpu, 0, EVENTS);
    driver.setShared(vcpu, kvm.KVM_RUN_EVENTS + kvm.KVM_VCPU_EVENTS_FLAGS, 4, 0x8000_0000);
    expect([driver.run(vcpu), dirtyOf(driver, vcpu)]).toEqual([INVAL, EVENTS]);
  });
});

describe("KVM_SET_SREGS", () => {
  it("refuses an APIC base with reserved bits, and CR4 with what guests have not, and changes nothing", () => {
    const { driver, vcpu } = withVcpu();
    for (const [offset, value] of [
      [kvm.KVM_SREGS_APIC_BASE, 0x400n],
      [kvm.KVM_SREGS_APIC_BASE, 1n << 52n],
      [kvm.KVM_SREGS_CR4, 0x2000n],
    ] as const) {
      driver.vcpu(vcpu, kvm.KVM_GET_SREGS, ARGUMENT);
      driver.poke(kvm.KVM_SREGS_CS + kvm.KVM_SEGMENT_BASE, 8, 0x5000);
      driver.poke(offset, 8, value);
      expect(driver.vcpu(vcpu, kvm.KVM_SET_SREGS, ARGUMENT)).toBe(INVAL);
      expect(driver.vs().registers.get(mv.MV_REG_CS_BASE)).toBe(0xffff_0000n);
    }
  });
});
