// What users of a KVM may have otherwise

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { Kvm } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { HLT } from "./expectations.ts";
import { faultOf, installHandlers, msrCode, RDMSR } from "./real-mode.ts";

/** Leaf 1, ECX: MONITOR and MWAIT; and the bit of MISC_ENABLE (1a0h) that says so. */
const MWAIT = 1 << 3;
const MISC_ENABLE = 0x1a0;
const ENABLE_MWAIT = 1n << 18n;

test("lets MONITOR do nothing, or fault where CPUID has it not, as its user likes", async (context) => {
  // mov eax, 1; cpuid; monitor; hlt
  const code = [
    0x66,
    0xb8,
    1,
    0,
    0,
    0,
    0x0f,
    0xa2,
    0x66,
    0x31,
    0xc0,
    0x66,
    0x31,
    0xc9,
    0x66,
    0x31,
    0xd2,
    0x0f,
    0x01,
    0xc8,
    HLT,
  ];
  const run = async (quirks: number, hasMwait: boolean, miscEnable?: bigint): Promise<number | undefined> => {
    let fault: number | undefined;
    await withMachine(16, code, ({ kvm, vm, vcpu }) => {
      installHandlers(vm);
      // Linux looks at MISC_ENABLE when it gets CPUID
      if (quirks !== 0) vm.enableCapability(abi.KVM_CAP_DISABLE_QUIRKS2, BigInt(quirks));
      const leaves = kvm.supportedCpuid().map((leaf) => {
        return leaf.leaf === 1 ? { ...leaf, ecx: (hasMwait ? leaf.ecx | MWAIT : leaf.ecx & ~MWAIT) >>> 0 } : leaf;
      });
      vcpu.setCpuid(leaves);
      if (miscEnable !== undefined) vcpu.setMsrs(new Map([[MISC_ENABLE, miscEnable]]));
      fault = faultOf(vcpu);
    });
    return fault;
  };
  const { KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS: never, KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT: misc } = abi;
  const kvm = Kvm.open();
  const quirks = kvm.capability(abi.KVM_CAP_DISABLE_QUIRKS2);
  kvm.close();
  assert.equal(quirks & (never | misc), never | misc);
  if ((await run(0, true)) === 6) return context.skip("the processor has no MONITOR");
  assert.equal(await run(0, false), undefined);
  assert.equal(await run(never, false), 6);
  assert.equal(await run(never, true), undefined);
  // CPUID says what MISC_ENABLE says
  assert.equal(await run(never | misc, true, 1n), 6);
  assert.equal(await run(never | misc, false, 1n | ENABLE_MWAIT), undefined);
});

test("writes the processor's own hypercall in place of the other vendor's, unless its user wants #UD", async () => {
  const VMCALL = [0x0f, 0x01, 0xc1];
  const VMMCALL = [0x0f, 0x01, 0xd9];
  const NO_SUCH_CALL = 0xffff_fc18n;
  const quirk = BigInt(abi.KVM_X86_QUIRK_FIX_HYPERCALL_INSN);
  const run = async (code: readonly number[], isDisabled: boolean) => {
    let ending: { fault: number | undefined; code: number[]; rax: bigint } | undefined;
    await withMachine(16, [...code, HLT], ({ vm, vcpu }) => {
      installHandlers(vm);
      if (isDisabled) vm.enableCapability(abi.KVM_CAP_DISABLE_QUIRKS2, quirk);
      vcpu.setRegisters({ rax: 0x1234n });
      const fault = faultOf(vcpu);
      ending = { fault, code: [...vm.memory.read(CODE, 3)], rax: vcpu.registers().rax };
    });
    return ending;
  };
  // The processor's is the one that nobody has to replace
  const isIntel = (await run(VMCALL, true))?.fault === undefined;
  const [own, other] = isIntel ? [VMCALL, VMMCALL] : [VMMCALL, VMCALL];
  assert.deepEqual(await run(own, true), { fault: undefined, code: own, rax: NO_SUCH_CALL });
  assert.deepEqual(await run(other, false), { fault: undefined, code: own, rax: NO_SUCH_CALL });
  assert.deepEqual(await run(other, true), { fault: 6, code: other, rax: 0x1234n });
  // What is no hypercall is #UD all the same
  assert.deepEqual(await run([0x0f, 0x0b, 0x90], false), { fault: 6, code: [0x0f, 0x0b, 0x90], rax: 0x1234n });
});

test("has a guest without what of KVM's its CPUID has not, if its user wants that", async () => {
  const SYSTEM_TIME = 0x4b56_4d01;
  const CLOCK_NEW = 1 << 3;
  const run = async (isEnforced: boolean, features: number): Promise<number | undefined> => {
    let fault: number | undefined;
    await withMachine(16, [...msrCode(SYSTEM_TIME), ...RDMSR, HLT], ({ kvm, vm, vcpu }) => {
      assert.equal(kvm.capability(abi.KVM_CAP_ENFORCE_PV_FEATURE_CPUID), 1);
      installHandlers(vm);
      if (isEnforced) vcpu.enableCapability(abi.KVM_CAP_ENFORCE_PV_FEATURE_CPUID, 1n);
      const leaves = kvm.supportedCpuid();
      vcpu.setCpuid(leaves.map((leaf) => (leaf.leaf === 0x4000_0001 ? { ...leaf, eax: features } : leaf)));
      fault = faultOf(vcpu);
    });
    return fault;
  };
  assert.equal(await run(false, 0), undefined);
  assert.equal(await run(true, 0), 13);
  assert.equal(await run(true, CLOCK_NEW), undefined);
});
