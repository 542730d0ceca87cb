// MSRs that their user decides about

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { applyStart, type Exit, realMode } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { expectIo, failsWith, HLT } from "./expectations.ts";
import { EFER, faultOf, installHandlers, msrCode, RDMSR, WRMSR } from "./real-mode.ts";

const expectMsr = (exit: Exit) => {
  assert.equal(exit.kind, "msr");
  return exit as Extract<Exit, { kind: "msr" }>;
};
const NO_MSR = 0x4b4d_4242;
const SYSENTER_CS = 0x174;
const UNKNOWN = BigInt(abi.KVM_MSR_EXIT_REASON_UNKNOWN);
const INVALID = BigInt(abi.KVM_MSR_EXIT_REASON_INVAL);
const FILTERED = BigInt(abi.KVM_MSR_EXIT_REASON_FILTER);

test("asks its user about MSRs that a guest has not, and about values that one does not take", () => {
  // rdmsr; wrmsr; mov ecx, EFER; mov eax, 0x8000; xor edx, edx; wrmsr; rdmsr of none
  const efer = [...msrCode(EFER), 0x66, 0xb8, 0x00, 0x80, 0x00, 0x00, 0x66, 0x31, 0xd2, ...WRMSR];
  const code = [...msrCode(NO_MSR), ...RDMSR, ...WRMSR, ...efer, ...msrCode(NO_MSR), ...RDMSR, HLT];
  return withMachine(16, code, ({ kvm, vm, vcpu }) => {
    assert.equal(kvm.capability(abi.KVM_CAP_X86_USER_SPACE_MSR), 1);
    installHandlers(vm);
    failsWith("EINVAL", () => vm.enableCapability(abi.KVM_CAP_X86_USER_SPACE_MSR, 8n));
    vm.enableCapability(abi.KVM_CAP_X86_USER_SPACE_MSR, UNKNOWN | INVALID);
    const read = expectMsr(vcpu.run());
    assert.deepEqual([read.direction, read.msr], ["read", NO_MSR]);
    read.complete(0x1234_5678_9abc_def0n);
    const write = expectMsr(vcpu.run());
    assert.deepEqual([write.direction, write.msr, write.value], ["write", NO_MSR, 0x1234_5678_9abc_def0n]);
    write.complete();
    const refused = expectMsr(vcpu.run());
    assert.deepEqual([refused.direction, refused.msr, refused.value], ["write", EFER, 0x8000n]);
    refused.complete();
    expectMsr(vcpu.run()).fault();
    assert.equal(faultOf(vcpu), 13);
    // #GP pushes the address of the instruction itself
    const { rsp, rdx } = vcpu.registers();
    const stack = new DataView(vm.memory.read(Number(rsp), 2).buffer);
    assert.deepEqual([stack.getUint16(0, true), rdx], [CODE + code.length - 3, 0n]);
  });
});

test("keeps a guest from MSRs by a filter, whose refusals its user may hear of", () => {
  // mov ecx, SYSENTER_CS; wrmsr; rdmsr; hlt
  const code = [...msrCode(SYSENTER_CS), 0x66, 0xb8, 0x42, 0, 0, 0, 0x66, 0x31, 0xd2, ...WRMSR, ...RDMSR, HLT];
  return withMachine(16, code, ({ kvm, vm, vcpu }) => {
    assert.equal(kvm.capability(abi.KVM_CAP_X86_MSR_FILTER), 1);
    installHandlers(vm);
    const again = (): void => {
      applyStart(vcpu, realMode(CODE));
      vcpu.setRegisters({ rsp: 0x7000n });
    };
    failsWith("EINVAL", () => vm.filterMsrs([], false));
    vm.filterMsrs([{ first: SYSENTER_CS, allowed: [true] }]);
    assert.equal(faultOf(vcpu), undefined);
    assert.equal(vcpu.registers().rax & 0xffff_ffffn, 0x42n);
    vm.filterMsrs([{ first: SYSENTER_CS, allowed: [false], access: "read" }]);
    again();
    assert.equal(faultOf(vcpu), 13);
    // Nothing is allowed but to write it
    vm.filterMsrs([{ first: SYSENTER_CS - 1, allowed: [false, true], access: "write" }], false);
    vm.enableCapability(abi.KVM_CAP_X86_USER_SPACE_MSR, FILTERED);
    again();
    const exit = expectMsr(vcpu.run());
    assert.deepEqual([exit.direction, exit.msr], ["read", SYSENTER_CS]);
    exit.complete(7n);
    assert.equal(faultOf(vcpu), undefined);
    assert.equal(vcpu.registers().rax & 0xffff_ffffn, 7n);
    // Its user may do what the guest may not
    assert.deepEqual([...vcpu.msrs([SYSENTER_CS]).values()], [0x42n]);
    vm.filterMsrs([]);
    again();
    assert.equal(faultOf(vcpu), undefined);
    assert.equal(vcpu.registers().rax & 0xffff_ffffn, 0x42n);
  });
});

test("has given the guest what its user answered when a kick ends the next run", () => {
  // in al, 10h; rdmsr; hlt
  const code = [0xe4, 0x10, ...msrCode(NO_MSR), ...RDMSR, HLT];
  return withMachine(16, code, ({ vm, vcpu }) => {
    vm.enableCapability(abi.KVM_CAP_X86_USER_SPACE_MSR, UNKNOWN);
    expectIo(vcpu.run()).data[0] = 0x5a;
    vcpu.kick();
    assert.equal(vcpu.run().kind, "interrupted");
    const behindInput = vcpu.registers();
    assert.deepEqual([behindInput.rax & 0xffn, behindInput.rip], [0x5an, BigInt(CODE + 2)]);
    expectMsr(vcpu.run()).complete(0x3_0000_0002n);
    vcpu.kick();
    assert.equal(vcpu.run().kind, "interrupted");
    const { rax, rdx, rip } = vcpu.registers();
    assert.deepEqual([rax, rdx, rip], [2n, 3n, BigInt(CODE + code.length - 1)]);
    // It has it once
    vcpu.setRegisters({ rax: 9n });
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(vcpu.registers().rax, 9n);
  });
});
