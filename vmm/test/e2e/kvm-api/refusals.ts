// What is asked for and cannot be, and guests that end

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { Kvm, VmmError } from "@bareflank/vmm";
import { MIB, withMachine } from "../machines.ts";
import { failsWith, HLT } from "./expectations.ts";

test("opens KVM, and asks what it can", () => {
  const kvm = Kvm.open();
  assert.ok(kvm.capability(abi.KVM_CAP_USER_MEMORY) > 0);
  assert.equal(kvm.capability(100_000), 0);
  assert.ok(kvm.supportedCpuid().some(({ leaf }) => leaf === 1));
  kvm.close();
  failsWith("EBADF", () => kvm.capability(0));
});

test("tells of a triple fault", () =>
  // lidt [0040h], of which the limit is 0; int3
  withMachine(32, [0x0f, 0x01, 0x1d, 0x40, 0x00, 0x00, 0x00, 0xcc], ({ vcpu }) => {
    assert.equal(vcpu.run().kind, "shutdown");
  }));

test("tells of a guest that its processor refuses to run", () =>
  // mov cr3, rax; cpuid; hlt: AMD's emulated processor takes reserved bits; others raise #GP, for which there is no table
  withMachine(64, [0x0f, 0x22, 0xd8, 0x0f, 0xa2, HLT], ({ vcpu }) => {
    vcpu.setRegisters({ rax: (1n << 51n) | 0x9000n });
    const { kind } = vcpu.run();
    assert.ok(["failEntry", "shutdown"].includes(kind), kind);
  }));

test("refuses registers that make no machine", () =>
  withMachine(16, [HLT], ({ vcpu }) => {
    // Paging without protection.
    failsWith("EINVAL", () => vcpu.setSpecialRegisters({ cr0: 0x8000_0010n }));
    assert.equal(vcpu.run().kind, "hlt");
  }));

test("says what is wrong with memory and processors", () =>
  withMachine(16, [HLT], ({ vm }) => {
    failsWith("EEXIST", () => vm.addMemory({ address: 0n, sizeBytes: MIB, slot: 5 }));
    failsWith("EEXIST", () => vm.addMemory({ address: 0x8000_0000n, sizeBytes: MIB, slot: 0 }));
    failsWith("EINVAL", () => vm.addMemory({ address: 0x8000_0001n, sizeBytes: MIB }));
    failsWith("EINVAL", () => vm.addMemory({ address: 0x8000_0000n, sizeBytes: 0x1001 }));
    failsWith("EINVAL", () => vm.addMemory({ address: 0x8000_0000n, sizeBytes: 0x1000, slot: 0xffff }));
    failsWith("EEXIST", () => vm.createVcpu(0));
    failsWith("EINVAL", () => vm.createVcpu(1_000_000));
    assert.throws(() => vm.removeMemory(7), VmmError);
  }));
