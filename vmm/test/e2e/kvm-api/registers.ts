// What guests and their users have in registers: CPUID, MSRs, clocks, x87 and SSE

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { applyStart, realMode, type Vcpu, VmmError } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { failsWith, HLT } from "./expectations.ts";

test("shows the guest the CPUID that was set", () => {
  // mov eax, 40000000h; xor ecx, ecx; cpuid; hlt
  const code = [0xb8, 0x00, 0x00, 0x00, 0x40, 0x31, 0xc9, 0x0f, 0xa2, HLT];
  return withMachine(64, code, ({ kvm, vcpu }) => {
    const own = { leaf: 0x4000_0000, subleaf: undefined, eax: 0x4000_0001, ebx: 0x1111, ecx: 0x2222, edx: 0x3333 };
    vcpu.setCpuid([...kvm.supportedCpuid().filter(({ leaf }) => leaf !== own.leaf), own]);
    assert.equal(vcpu.run().kind, "hlt");
    const { rax, rbx, rcx, rdx } = vcpu.registers();
    assert.deepEqual([rax, rbx, rcx, rdx], [0x4000_0001n, 0x1111n, 0x2222n, 0x3333n]);
  });
});

test("gives and takes MSRs, as the guest has them", () => {
  // mov ecx, c0000082h; mov eax, 1111h; mov edx, 2222h; wrmsr; mov ecx, c0000081h; rdmsr; hlt
  const code = [
    ...[0xb9, 0x82, 0x00, 0x00, 0xc0, 0xb8, 0x11, 0x11, 0x00, 0x00, 0xba, 0x22, 0x22, 0x00, 0x00, 0x0f, 0x30],
    ...[0xb9, 0x81, 0x00, 0x00, 0xc0, 0x0f, 0x32, HLT],
  ];
  const STAR = 0xc000_0081;
  const LSTAR = 0xc000_0082;
  return withMachine(64, code, ({ kvm, vcpu }) => {
    assert.ok(kvm.msrList().includes(LSTAR));
    vcpu.setMsrs(new Map([[STAR, 0x23_0010_0000_0000n]]));
    assert.equal(vcpu.run().kind, "hlt");
    assert.deepEqual([...vcpu.msrs([LSTAR, STAR]).values()], [0x2222_0000_1111n, 0x23_0010_0000_0000n]);
    assert.equal(vcpu.registers().rdx, 0x23_0010n);
    assert.throws(() => vcpu.msrs([STAR, 0xdead_0000]), VmmError);
  });
});

test("gives each processor a TSC_AUX of its own, which RDTSCP tells", (context) => {
  const TSC_AUX = 0xc000_0103;
  const RDTSCP = 1 << 27;
  // rdtscp; hlt; mov ecx, c0000103h; mov eax, 77h; xor edx, edx; wrmsr; rdtscp; hlt
  const code = [
    ...[0x0f, 0x01, 0xf9, HLT, 0x66, 0xb9, 0x03, 0x01, 0x00, 0xc0, 0x66, 0xb8, 0x77, 0x00, 0x00, 0x00],
    ...[0x66, 0x31, 0xd2, 0x0f, 0x30, 0x0f, 0x01, 0xf9, HLT],
  ];
  return withMachine(16, code, ({ kvm, vm, vcpu }) => {
    const cpuid = kvm.supportedCpuid();
    const features = cpuid.find(({ leaf }) => leaf === 0x8000_0001)?.edx ?? 0;
    if ((features & RDTSCP) === 0) {
      context.skip("this KVM does not show RDTSCP");
      return;
    }
    assert.ok(kvm.msrList().includes(TSC_AUX));
    const second = vm.createVcpu();
    if (second.runState() !== "runnable") second.setRunState("runnable");
    applyStart(second, realMode(CODE));
    for (const each of [vcpu, second]) each.setCpuid(cpuid);
    const auxOf = (each: Vcpu) => each.msrs([TSC_AUX]).get(TSC_AUX);
    assert.deepEqual([auxOf(vcpu), auxOf(second)], [0n, 0n]);
    vcpu.setMsrs(new Map([[TSC_AUX, 0x1234n]]));
    second.setMsrs(new Map([[TSC_AUX, 0x5678n]]));
    const told = (each: Vcpu) => {
      assert.equal(each.run().kind, "hlt");
      return each.registers().rcx;
    };
    assert.deepEqual([told(vcpu), told(second)], [0x1234n, 0x5678n]);
    assert.deepEqual([told(vcpu), auxOf(vcpu), auxOf(second)], [0x77n, 0x77n, 0x5678n]);
  });
});

test("lets guests and their users set the time stamp counter", () => {
  // mov ecx, 10h; xor eax, eax; mov edx, 1000h; wrmsr; rdtsc; hlt
  const code = [
    ...[0xb9, 0x10, 0x00, 0x00, 0x00, 0x31, 0xc0, 0xba, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x30],
    ...[0x0f, 0x31, HLT],
  ];
  const TSC = 0x10;
  return withMachine(64, code, ({ vcpu }) => {
    assert.equal(vcpu.run().kind, "hlt");
    const { rdx } = vcpu.registers();
    // Less than a minute has gone by
    assert.ok(rdx >= 0x1000n && rdx < 0x1040n, rdx.toString(16));
    const [tsc = 0n] = [...vcpu.msrs([TSC]).values()];
    assert.equal(tsc >> 40n, 0x10n);
    vcpu.setMsrs(new Map([[TSC, 0x2000_0000_0000n]]));
    const [later = 0n] = [...vcpu.msrs([TSC]).values()];
    assert.equal(later >> 40n, 0x20n);
  });
});

/** The XSAVE area (APM volume 2, 11.5; SDM volume 1, 13.4): MXCSR, XMM0, and which parts are not initial. */
const XSAVE_MXCSR = 24;
const XSAVE_XMM0 = 160;
const XSAVE_PARTS = 512;
const X87_AND_SSE = 3;

test("gives and takes x87 and SSE state", () => {
  // movaps xmm1, xmm0; hlt
  return withMachine(64, [0x0f, 0x28, 0xc8, HLT], ({ kvm, vcpu }) => {
    // CR4.OSFXSR
    vcpu.setSpecialRegisters({ cr4: vcpu.specialRegisters().cr4 | 0x200n });
    const value = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
    if (kvm.capability(abi.KVM_CAP_XSAVE) > 0) {
      const area = vcpu.xsave();
      area.set(value, XSAVE_XMM0);
      area.set([0x80, 0x1f, 0, 0], XSAVE_MXCSR);
      area[XSAVE_PARTS] = X87_AND_SSE;
      vcpu.setXsave(area);
    } else {
      const fpu = vcpu.fpu();
      fpu.set(value, abi.KVM_FPU_XMM);
      vcpu.setFpu(fpu);
    }
    assert.equal(vcpu.run().kind, "hlt");
    assert.deepEqual(vcpu.fpu().slice(abi.KVM_FPU_XMM + 16, abi.KVM_FPU_XMM + 32), value);
    assert.throws(() => vcpu.setFpu(new Uint8Array(5)), VmmError);
  });
});

test("gives and takes XCR0", async (context) => {
  await withMachine(64, [HLT], ({ kvm, vcpu }) => {
    if (kvm.capability(abi.KVM_CAP_XCRS) === 0) return context.skip("no KVM_CAP_XCRS");
    assert.equal(vcpu.xcrs().get(0), 1n);
    vcpu.setXcrs(new Map([[0, 3n]]));
    assert.equal(vcpu.xcrs().get(0), 3n);
    failsWith("EINVAL", () => vcpu.setXcrs(new Map([[0, 2n]])));
  });
});
