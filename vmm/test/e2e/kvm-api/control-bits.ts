// Bits of control registers: those that a guest has, and no others

import assert from "node:assert/strict";
import { test } from "node:test";
import { applyStart, realMode, type Vcpu } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { failsWith, HLT } from "./expectations.ts";
import { EFER } from "./real-mode.ts";

/** Bits of CR4 that no guest has: reserved ones, VMXE and SMXE; one that belongs to a feature of CPUID (APM volume 2, 3.1.3). */
const CR4_UNKNOWN = [13, 14, 15, 19, 26, 31];
const CR4_PGE = 7;
const CR4_FSGSBASE = 16;
const FSGSBASE = 1;

/** Has guests set one bit of CR4, by code or by its user. */
const withCr4 = (hasFeature: boolean, action: (setBit: (bit: number) => unknown, vcpu: Vcpu) => void) => {
  // mov eax, cr4; or eax, ebx; mov cr4, eax; mov eax, cr4; hlt; handler of #GP: mov eax, cr4; pop cx; hlt
  const code = [0x0f, 0x20, 0xe0, 0x66, 0x09, 0xd8, 0x0f, 0x22, 0xe0, 0x0f, 0x20, 0xe0, HLT];
  return withMachine(16, code, ({ kvm, vm, vcpu }) => {
    vm.memory.write(4 * 13, Uint8Array.of(0x00, 0x7d, 0, 0));
    vm.memory.write(CODE + 0x100, Uint8Array.of(0x0f, 0x20, 0xe0, 0x59, HLT));
    const leaves = kvm.supportedCpuid().map((leaf) => {
      if (leaf.leaf !== 7 || leaf.subleaf !== 0) return leaf;
      return { ...leaf, ebx: (hasFeature ? leaf.ebx | FSGSBASE : leaf.ebx & ~FSGSBASE) >>> 0 };
    });
    vcpu.setCpuid(leaves);
    action((bit) => {
      applyStart(vcpu, realMode(CODE));
      vcpu.setRegisters({ rbx: 1n << BigInt(bit), rcx: 0n, rsp: 0x7000n });
      assert.equal(vcpu.run().kind, "hlt");
      const { rax, rcx } = vcpu.registers();
      return { cr4: rax & 0xffff_ffffn, faultAt: Number(rcx) };
    }, vcpu);
  });
};

test("lets guests set the bits of CR4 that they have, and no other", async () => {
  const refused = { cr4: 0n, faultAt: CODE + 6 };
  const taken = (bit: number) => ({ cr4: 1n << BigInt(bit), faultAt: 0 });
  await withCr4(false, (setBit, vcpu) => {
    for (const bit of [...CR4_UNKNOWN, CR4_FSGSBASE]) assert.deepEqual(setBit(bit), refused, `bit ${bit}`);
    assert.deepEqual(setBit(CR4_PGE), taken(CR4_PGE));
    for (const bit of [...CR4_UNKNOWN, CR4_FSGSBASE]) {
      failsWith("EINVAL", () => vcpu.setSpecialRegisters({ cr4: 1n << BigInt(bit) }));
    }
    assert.equal(vcpu.specialRegisters().cr4, 1n << BigInt(CR4_PGE));
  });
  await withCr4(true, (setBit) => assert.deepEqual(setBit(CR4_FSGSBASE), taken(CR4_FSGSBASE)));
});

test("lets guests change CR4 where they have paging", async () => {
  // mov r9, cr4; or r9, 80h; mov cr4, r9; bts r9, r10; mov cr4, r9; hlt
  const code = [0x41, 0x0f, 0x20, 0xe1, 0x49, 0x81, 0xc9, 0x80, 0x00, 0x00, 0x00, 0x41, 0x0f, 0x22, 0xe1];
  const more = [0x4d, 0x0f, 0xab, 0xd1, 0x41, 0x0f, 0x22, 0xe1, HLT];
  const run = async (number: bigint) => {
    let result: unknown;
    await withMachine(64, [...code, ...more], ({ vcpu }) => {
      vcpu.setRegisters({ r10: number });
      const { kind } = vcpu.run();
      const { rip, r9 } = vcpu.registers();
      result = { kind, cr4: vcpu.specialRegisters().cr4 & 0x88n, at: Number(rip) - CODE, r9: r9 & 0x88n };
    });
    return result;
  };
  assert.deepEqual(await run(3n), { kind: "hlt", cr4: 0x88n, at: code.length + more.length, r9: 0x88n });
  // #GP, for which there is no table
  assert.equal(((await run(15n)) as { kind: string }).kind, "shutdown");
});

/** SVME of EFER, and NXE, which belongs to a feature. */
const EFER_SVME = 1 << 12;
const EFER_NXE = 1 << 11;
const NX = 1 << 20;

test("lets guests set the bits of EFER that they have, and no other", async () => {
  // mov ecx, c0000080h; rdmsr; or eax, ebx; wrmsr; rdmsr; hlt; handler of #GP: rdmsr; pop si; hlt
  const code = [...[0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32, 0x66, 0x09, 0xd8, 0x0f, 0x30, 0x0f, 0x32], HLT];
  const run = async (hasNx: boolean, bit: number) => {
    let result: unknown;
    await withMachine(16, code, ({ kvm, vm, vcpu }) => {
      vm.memory.write(4 * 13, Uint8Array.of(0x00, 0x7d, 0, 0));
      vm.memory.write(CODE + 0x100, Uint8Array.of(0x0f, 0x32, 0x5e, HLT));
      vcpu.setCpuid(
        kvm
          .supportedCpuid()
          .map((leaf) =>
            leaf.leaf === 0x8000_0001
              ? { ...leaf, edx: (hasNx ? leaf.edx : leaf.edx & ~NX) >>> 0, ecx: leaf.ecx & ~4 }
              : leaf,
          ),
      );
      vcpu.setRegisters({ rbx: BigInt(bit), rsi: 0n, rsp: 0x7000n });
      assert.equal(vcpu.run().kind, "hlt");
      const { rax, rsi } = vcpu.registers();
      assert.equal(vcpu.specialRegisters().efer, rax);
      assert.deepEqual([...vcpu.msrs([EFER]).values()], [rax]);
      result = { efer: Number(rax), faultAt: Number(rsi) };
    });
    return result;
  };
  const refused = { efer: 0, faultAt: CODE + 11 };
  assert.deepEqual(await run(true, EFER_SVME), refused);
  assert.deepEqual(await run(true, 1 << 30), refused);
  assert.deepEqual(await run(false, EFER_NXE), refused);
  assert.deepEqual(await run(true, EFER_NXE), { efer: EFER_NXE, faultAt: 0 });
});
