// The library on a KVM: Linux's own, or the one that BAREFLANK_KVM names. Needs nothing but Node.js: `node kvm-api.mjs`

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as abi from "@bareflank/abi/kvm";
import {
  applyStart,
  type Exit,
  Kvm,
  KvmError,
  longMode,
  Machine,
  protectedMode,
  realMode,
  type Vcpu,
  VcpuThread,
  type VirtualMachine,
  VmmError,
} from "@bareflank/vmm";
import { elfFile, noteOf } from "../unit/guest.ts";
import { CODE, MIB, withMachine } from "./machines.ts";

const HLT = 0xf4;
/** How often machines are made and closed for the last test: a driver's own test wants more than this library's. */
const rounds = Number(process.env.BAREFLANK_KVM_ROUNDS ?? 20);

const failsWith = (code: string, action: () => unknown): void => {
  assert.throws(action, (error: unknown) => error instanceof KvmError && error.code === code);
};

const expectIo = (exit: Exit) => {
  assert.equal(exit.kind, "io");
  return exit as Extract<Exit, { kind: "io" }>;
};

const expectMmio = (exit: Exit) => {
  assert.equal(exit.kind, "mmio");
  return exit as Extract<Exit, { kind: "mmio" }>;
};

test("opens KVM, and asks what it can", () => {
  const kvm = Kvm.open();
  assert.ok(kvm.capability(abi.KVM_CAP_USER_MEMORY) > 0);
  assert.equal(kvm.capability(100_000), 0);
  assert.ok(kvm.supportedCpuid().some(({ leaf }) => leaf === 1));
  kvm.close();
  failsWith("EBADF", () => kvm.capability(0));
});

test("runs 16-bit code: ports, in both directions", () =>
  // in al, 99h; inc al; out f4h, al; hlt
  withMachine(16, [0xe4, 0x99, 0xfe, 0xc0, 0xe6, 0xf4, HLT], ({ vcpu }) => {
    const input = expectIo(vcpu.run());
    assert.deepEqual([input.direction, input.port, input.size, input.count], ["in", 0x99, 1, 1]);
    input.data[0] = 41;
    const output = expectIo(vcpu.run());
    assert.deepEqual([output.direction, output.port, output.data[0]], ["out", 0xf4, 42]);
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(vcpu.registers().rip, BigInt(CODE + 7));
  }));

test("runs string instructions at ports", () => {
  // mov dx, 1f0h; mov cx, 4; mov di, 100h; cld; rep insw; hlt
  const code = [0xba, 0xf0, 0x01, 0xb9, 0x04, 0x00, 0xbf, 0x00, 0x01, 0xfc, 0xf3, 0x6d, HLT];
  return withMachine(16, code, ({ vm, vcpu }) => {
    const words = [0x1111, 0x2222, 0x3333, 0x4444];
    let exit = vcpu.run();
    // How many items an exit has is KVM's choice.
    for (let at = 0; at < words.length; exit = vcpu.run()) {
      const { port, size, count, data } = expectIo(exit);
      assert.deepEqual([port, size], [0x1f0, 2]);
      const view = new DataView(data.buffer, data.byteOffset, data.length);
      for (let item = 0; item < count; item++) view.setUint16(2 * item, words[at++] ?? 0, true);
    }
    assert.equal(exit.kind, "hlt");
    assert.deepEqual([...vm.memory.read(0x100, 8)], [0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44]);
  });
});

test("runs 32-bit code: memory where there is none", () => {
  // mov eax, [d0000000h]; add eax, 1; mov [d0000010h], eax; movzx ebx, byte [d0000021h]; hlt
  const code = [
    ...[0xa1, 0x00, 0x00, 0x00, 0xd0, 0x83, 0xc0, 0x01, 0xa3, 0x10, 0x00, 0x00, 0xd0],
    ...[0x0f, 0xb6, 0x1d, 0x21, 0x00, 0x00, 0xd0, HLT],
  ];
  return withMachine(32, code, ({ vcpu }) => {
    const read = expectMmio(vcpu.run());
    assert.deepEqual([read.direction, read.address, read.data.length], ["read", 0xd000_0000n, 4]);
    read.data.set([0xff, 0xff, 0x00, 0x80]);
    const write = expectMmio(vcpu.run());
    assert.deepEqual([write.direction, write.address, [...write.data]], ["write", 0xd000_0010n, [0, 0, 1, 0x80]]);
    const byte = expectMmio(vcpu.run());
    assert.deepEqual([byte.direction, byte.address, byte.data.length], ["read", 0xd000_0021n, 1]);
    byte.data[0] = 0x5a;
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(vcpu.registers().rbx, 0x5an);
  });
});

test("carries XMM registers to memory where there is none, and back", () => {
  // movups xmm1, [d0000000h]; movdqu [d0000010h], xmm1; hlt
  const code = [0x0f, 0x10, 0x0d, 0x00, 0x00, 0x00, 0xd0, 0xf3, 0x0f, 0x7f, 0x0d, 0x10, 0x00, 0x00, 0xd0, HLT];
  return withMachine(32, code, ({ vcpu }) => {
    // CR4.OSFXSR
    vcpu.setSpecialRegisters({ cr4: vcpu.specialRegisters().cr4 | 0x200n });
    const value = Array.from({ length: 16 }, (_, index) => 0x80 + index);
    const written: number[] = [];
    let exit = vcpu.run();
    // How it is divided is KVM's choice.
    for (let at = 0; at < 16; exit = vcpu.run()) {
      const { direction, address, data } = expectMmio(exit);
      assert.deepEqual([direction, address], ["read", 0xd000_0000n + BigInt(at)]);
      data.set(value.slice(at, at + data.length));
      at += data.length;
    }
    for (; exit.kind === "mmio"; exit = vcpu.run()) {
      assert.deepEqual([exit.direction, exit.address], ["write", 0xd000_0010n + BigInt(written.length)]);
      written.push(...exit.data);
    }
    assert.equal(exit.kind, "hlt");
    assert.deepEqual(written, value);
    assert.deepEqual([...vcpu.fpu().slice(abi.KVM_FPU_XMM + 16, abi.KVM_FPU_XMM + 32)], value);
  });
});

test("keeps a port's datum when registers are set as they were, and goes on where they lead", () => {
  // in al, 10h; mov [d0000004h], al; hlt; mov cl, 7; hlt
  const code = [0xe4, 0x10, 0xa2, 0x04, 0x00, 0x00, 0xd0, HLT, 0xb1, 0x07, HLT];
  return withMachine(32, code, ({ vcpu }) => {
    const input = expectIo(vcpu.run());
    input.data[0] = 0x5a;
    vcpu.setRegisters(vcpu.registers());
    assert.deepEqual([...expectMmio(vcpu.run()).data], [0x5a]);
    vcpu.setRegisters({ rip: BigInt(CODE + 8) });
    assert.equal(vcpu.run().kind, "hlt");
    const { rax, rcx, rip } = vcpu.registers();
    assert.deepEqual([rax & 0xffn, rcx & 0xffn, rip], [0x5an, 7n, BigInt(CODE + 11)]);
  });
});

test("runs 64-bit code, and shows its registers", () => {
  // mov rax, 123456789abcdef0h; mov rcx, 16; mul rcx; mov r15, rdx; hlt
  const code = [
    ...[0x48, 0xb8, 0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0x48, 0xc7, 0xc1, 0x10, 0x00, 0x00, 0x00],
    ...[0x48, 0xf7, 0xe1, 0x49, 0x89, 0xd7, HLT],
  ];
  return withMachine(64, code, ({ vcpu }) => {
    vcpu.setRegisters({ rbx: 0xffff_8000_0000_0001n });
    assert.equal(vcpu.run().kind, "hlt");
    const { rax, rbx, r15 } = vcpu.registers();
    assert.deepEqual([rax, rbx, r15], [0x2345_6789_abcd_ef00n, 0xffff_8000_0000_0001n, 1n]);
    const { cs, efer, cr3 } = vcpu.specialRegisters();
    assert.deepEqual([cs.l, cs.selector, efer & 0x500n, cr3], [true, 0x10, 0x500n, 0x9000n]);
  });
});

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
const EFER = 0xc000_0080;
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

test("injects interrupts when the guest takes them", () => {
  // mov al, 7; out f4h, al; hlt
  const handler = [0xb0, 0x07, 0xe6, 0xf4, HLT];
  // out 80h, al; sti; nop; jmp $
  return withMachine(16, [0xe6, 0x80, 0xfb, 0x90, 0xeb, 0xfe], ({ vm, vcpu }) => {
    vm.memory.write(4 * 0x20, Uint8Array.of(0x50, 0x7c, 0, 0));
    vm.memory.write(CODE + 0x50, Uint8Array.from(handler));
    vcpu.setRegisters({ rsp: 0x7000n });
    assert.equal(expectIo(vcpu.run()).port, 0x80);
    assert.deepEqual([vcpu.readyForInterrupt, vcpu.interruptFlag], [false, false]);
    vcpu.requestInterruptWindow = true;
    assert.equal(vcpu.run().kind, "interruptWindow");
    assert.deepEqual([vcpu.readyForInterrupt, vcpu.interruptFlag], [true, true]);
    vcpu.requestInterruptWindow = false;
    vcpu.interrupt(0x20);
    assert.equal(expectIo(vcpu.run()).data[0], 7);
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(vcpu.registers().rsp, 0x7000n - 6n);
  });
});

test("tells how processors are that have not run, too", () =>
  withMachine(16, [HLT], ({ vm, vcpu }) => {
    const second = vm.createVcpu();
    for (const [each, apicBase] of [[vcpu, 0xfee0_0900n] as const, [second, 0xfee0_0800n] as const]) {
      each.kick();
      assert.equal(each.run().kind, "interrupted");
      assert.equal(each.apicBase, apicBase);
      assert.deepEqual([each.interruptFlag, each.readyForInterrupt, each.taskPriority], [false, false, 0]);
    }
    vcpu.setRegisters({ rflags: 0x202n });
    vcpu.taskPriority = 5;
    vcpu.kick();
    assert.equal(vcpu.run().kind, "interrupted");
    assert.deepEqual([vcpu.interruptFlag, vcpu.readyForInterrupt, vcpu.taskPriority], [true, true, 5]);
    assert.equal(vcpu.specialRegisters().cr8, 5n);
    vcpu.interrupt(0x20);
    vcpu.kick();
    assert.equal(vcpu.run().kind, "interrupted");
    assert.deepEqual([vcpu.interruptFlag, vcpu.readyForInterrupt], [true, false]);
    vcpu.taskPriority = 16;
    failsWith("EINVAL", () => vcpu.run());
  }));

test("holds a second NMI until the handler of the first has returned", () => {
  // inc bl; out f4h, al; out f5h, al; iret
  const handler = [0xfe, 0xc3, 0xe6, 0xf4, 0xe6, 0xf5, 0xcf];
  // sti; out 80h, al; jmp to the latter
  return withMachine(16, [0xfb, 0xe6, 0x80, 0xeb, 0xfc], ({ vm, vcpu }) => {
    vm.memory.write(4 * 2, Uint8Array.of(0x50, 0x7c, 0, 0));
    vm.memory.write(CODE + 0x50, Uint8Array.from(handler));
    vcpu.setRegisters({ rsp: 0x7000n, rbx: 0n });
    const seen = () => {
      const { port } = expectIo(vcpu.run());
      const { rbx, rsp } = vcpu.registers();
      return [port, Number(rbx), Number(rsp)];
    };
    assert.deepEqual(seen(), [0x80, 0, 0x7000]);
    vcpu.nmi();
    assert.deepEqual(seen(), [0xf4, 1, 0x6ffa]);
    vcpu.nmi();
    vcpu.nmi();
    assert.deepEqual(seen(), [0xf5, 1, 0x6ffa]);
    assert.deepEqual(seen(), [0xf4, 2, 0x6ffa]);
    assert.deepEqual(seen(), [0xf5, 2, 0x6ffa]);
    assert.deepEqual(seen(), [0x80, 2, 0x7000]);
    assert.deepEqual(seen(), [0x80, 2, 0x7000]);
  });
});

test("delivers the second NMI where interrupts stay off, too", () => {
  // inc ebx; out f4h, al; iretq
  const handler = [0xff, 0xc3, 0xe6, 0xf4, 0x48, 0xcf];
  // L: mov rax, dr6; pushfq; pop rcx; out 80h, al; jmp L
  return withMachine(64, [0x0f, 0x21, 0xf0, 0x9c, 0x59, 0xe6, 0x80, 0xeb, 0xf7], ({ vm, vcpu }) => {
    const gate = new DataView(new ArrayBuffer(16));
    gate.setUint16(0, CODE + 0x50, true);
    gate.setUint16(2, Number(vcpu.specialRegisters().cs.selector), true);
    gate.setUint16(4, 0x8e00, true);
    vm.memory.write(0x6000 + 2 * 16, new Uint8Array(gate.buffer));
    vm.memory.write(CODE + 0x50, Uint8Array.from(handler));
    vcpu.setSpecialRegisters({ idt: { base: 0x6000n, limit: 0xff } });
    vcpu.setRegisters({ rsp: 0x5000n, rbx: 0n });
    const port = () => expectIo(vcpu.run()).port;
    assert.equal(port(), 0x80);
    vcpu.nmi();
    assert.equal(port(), 0xf4);
    vcpu.nmi();
    assert.deepEqual([port(), vcpu.registers().rbx], [0xf4, 2n]);
    assert.deepEqual([port(), vcpu.registers().rsp], [0x80, 0x5000n]);
    const { rax, rcx } = vcpu.registers();
    assert.deepEqual([rax, rcx], [0xffff_0ff0n, 2n]);
  });
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

test("takes memory away", () =>
  // mov byte [1000h], 9; out 80h, al; mov al, [1000h]; hlt
  withMachine(16, [0xc6, 0x06, 0x00, 0x10, 0x09, 0xe6, 0x80, 0xa0, 0x00, 0x10, HLT], ({ vm, vcpu }) => {
    vm.removeMemory(0);
    vm.addMemory({ address: 0x7000n, sizeBytes: 0x1000 });
    vm.memory.write(CODE, Uint8Array.of(0xc6, 0x06, 0x00, 0x10, 0x09, 0xe6, 0x80, 0xa0, 0x00, 0x10, HLT));
    const bytes = vm.addMemory({ address: 0x1000n, sizeBytes: 0x1000, slot: 3 });
    assert.equal(expectIo(vcpu.run()).port, 0x80);
    assert.equal(bytes[0], 9);
    vm.removeMemory(3);
    assert.equal(bytes[0], 0);
    assert.equal(expectMmio(vcpu.run()).address, 0x1000n);
  }));

test("keeps what can only be read from the guest", async (context) => {
  // mov al, [1000h]; mov [1001h], al; hlt
  await withMachine(16, [0xa0, 0x00, 0x10, 0xa2, 0x01, 0x10, HLT], ({ kvm, vm, vcpu }) => {
    if (kvm.capability(abi.KVM_CAP_READONLY_MEM) === 0) return context.skip("no KVM_CAP_READONLY_MEM");
    vm.removeMemory(0);
    vm.addMemory({ address: 0x7000n, sizeBytes: 0x1000 });
    vm.memory.write(CODE, Uint8Array.of(0xa0, 0x00, 0x10, 0xa2, 0x01, 0x10, HLT));
    vm.addMemory({ address: 0x1000n, sizeBytes: 0x1000, isReadOnly: true })[0] = 0x33;
    const write = expectMmio(vcpu.run());
    assert.deepEqual([write.direction, write.address, [...write.data]], ["write", 0x1001n, [0x33]]);
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(vm.memory.read(0x1001, 1)[0], 0);
  });
});

/** Starts a loop in a thread, and does something meanwhile; the thread must end when it is told to. */
const duringLoop = (code: readonly number[], action: (thread: VcpuThread, vcpu: Vcpu) => void | Promise<void>) =>
  withMachine(16, code, async ({ vm, vcpu }) => {
    const thread = new VcpuThread(vm, vcpu);
    const run = thread.run();
    while (Atomics.load(vcpu.handle.guard, 0) === 0) await sleep(10);
    await action(thread, vcpu);
    thread.stop();
    assert.deepEqual((await run).ending, { kind: "stopped" });
  });

test("stops a guest that loops, and refuses a second thread", () =>
  // sti; jmp $
  duringLoop([0xfb, 0xeb, 0xfe], async (thread, vcpu) => {
    failsWith("EBUSY", () => vcpu.run());
    await assert.rejects(thread.run(), VmmError);
  }));

test("stops a guest that loops with interrupts off", async (context) => {
  // Bochs holds interrupts back while a guest that was entered with interrupts off runs.
  if (process.env.BAREFLANK_KVM_IN === "bochs") return context.skip("the emulator would stand still");
  // cli; jmp $
  await duringLoop([0xfa, 0xeb, 0xfe], () => undefined);
});

test("asks the main thread about ports and memory where nothing is", () => {
  // in ax, 99h; mov [d0000000h], eax; mov eax, [d0000004h]; out f4h, al
  const code = [0x66, 0xe5, 0x99, 0xa3, 0x00, 0x00, 0x00, 0xd0, 0xa1, 0x04, 0x00, 0x00, 0xd0, 0xe6, 0xf4];
  return withMachine(32, code, async ({ vm, vcpu }) => {
    const asked: unknown[] = [];
    vcpu.setRegisters({ rax: 0n });
    const thread = new VcpuThread(vm, vcpu, {
      devices: { exitPort: 0xf4 },
      onAccess: async ({ kind, direction, address, sizeBytes, value }) => {
        await sleep(1);
        asked.push([kind, direction, address, sizeBytes, value]);
        return kind === "io" ? 0x1234 : 0x5fn;
      },
    });
    const { ending, exits } = await thread.run();
    assert.deepEqual(ending, { kind: "exitPort", value: 0x5f });
    assert.deepEqual(asked, [
      ["io", "read", 0x99n, 2, undefined],
      ["mmio", "write", 0xd000_0000n, 4, 0x1234n],
      ["mmio", "read", 0xd000_0004n, 4, undefined],
    ]);
    assert.deepEqual([exits.io, exits.mmio], [2, 2]);
  });
});

test("ends a thread whose handler throws", () =>
  withMachine(16, [0xe4, 0x99, HLT], async ({ vm, vcpu }) => {
    const onAccess = () => {
      throw new Error("no such device");
    };
    await assert.rejects(new VcpuThread(vm, vcpu, { onAccess }).run(), /no such device/);
  }));

test("carries characters to the serial port and back", () => {
  // mov dx, 3fdh; wait: in al, dx; test al, 1; jz wait; mov dx, 3f8h; in al, dx; inc al; out dx, al; out f4h, al
  const code = [0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb, 0xba, 0xf8, 0x03, 0xec, 0xfe, 0xc0, 0xee, 0xe6, 0xf4];
  return withMachine(16, code, async ({ vm, vcpu }) => {
    let console = "";
    const thread = new VcpuThread(vm, vcpu, {
      devices: { serial: true, exitPort: 0xf4 },
      onConsole: (bytes) => {
        console += Buffer.from(bytes).toString();
      },
    });
    const run = thread.run();
    thread.send(Buffer.from("A"));
    assert.deepEqual((await run).ending, { kind: "exitPort", value: 0x42 });
    assert.equal(console, "B");
  });
});

test("runs two processors at once", () => {
  // mov cx, 1000; next: lock inc dword [0200h]; loop next; hlt
  const code = [0xb9, 0xe8, 0x03, 0x66, 0xf0, 0xff, 0x06, 0x00, 0x02, 0xe2, 0xf8, HLT];
  return withMachine(16, code, async ({ vm, vcpu }) => {
    const second = vm.createVcpu();
    assert.equal(second.number, 1);
    if (second.runState() !== "runnable") second.setRunState("runnable");
    applyStart(second, realMode(CODE));
    const endings = await Promise.all([vcpu, second].map((each) => new VcpuThread(vm, each).run()));
    assert.deepEqual(
      endings.map(({ ending }) => ending.kind),
      ["halted", "halted"],
    );
    assert.equal(new DataView(vm.memory.read(0x200, 4).buffer).getUint32(0, true), 2000);
  });
});

/** mov eax, [ebx]; out f4h, eax: ends with the first word of what the loader left. */
const firstWord = Uint8Array.of(0x8b, 0x03, 0xe7, 0xf4);

const bootAndRun = async (kernel: Uint8Array) => {
  const machine = Machine.create({ memoryBytes: 4 * MIB });
  machine.boot({ kernel, commandLine: "words" });
  const { ending } = await machine.run();
  machine.close();
  return ending;
};

test("boots a kernel that begins by PVH", async () => {
  const entry = Uint8Array.of(0, 0, 0x10, 0);
  const kernel = elfFile(64, 0n, [
    { type: 1, address: 0x10_0000n, content: firstWord },
    { type: 4, address: 0n, content: noteOf("Xen", 18, entry) },
  ]);
  assert.deepEqual(await bootAndRun(kernel), { kind: "exitPort", value: 0x336e_c578 });
});

test("boots a kernel that begins by multiboot", async () => {
  const header = Uint8Array.of(0x02, 0xb0, 0xad, 0x1b, 0, 0, 0, 0, 0xfe, 0x4f, 0x52, 0xe4);
  const content = Uint8Array.of(...header, ...firstWord);
  const kernel = elfFile(32, 0x10_000cn, [{ type: 1, address: 0x10_0000n, content }]);
  assert.deepEqual(await bootAndRun(kernel), { kind: "exitPort", value: 0x4d });
});

/** Handlers of #UD and #GP in 16-bit code: HLT, at an address of each. */
const HANDLERS = new Map([
  [6, 0x7d00],
  [13, 0x7d10],
]);
const installHandlers = (vm: VirtualMachine): void => {
  for (const [vector, address] of HANDLERS) {
    vm.memory.write(4 * vector, Uint8Array.of(address & 0xff, address >> 8, 0, 0));
    vm.memory.write(address, Uint8Array.of(HLT));
  }
};
/** Which exception has ended the code, or undefined. */
const faultOf = (vcpu: Vcpu): number | undefined => {
  assert.equal(vcpu.run().kind, "hlt");
  const at = Number(vcpu.registers().rip) - 1;
  return [...HANDLERS].find(([, address]) => address === at)?.[0];
};
const expectMsr = (exit: Exit) => {
  assert.equal(exit.kind, "msr");
  return exit as Extract<Exit, { kind: "msr" }>;
};
/** mov ecx, number */
const msrCode = (number: number): number[] => [0x66, 0xb9, ...[0, 8, 16, 24].map((shift) => (number >>> shift) & 0xff)];
const RDMSR = [0x0f, 0x32];
const WRMSR = [0x0f, 0x30];
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

test("changes modes between runs", () =>
  withMachine(16, [HLT], ({ kvm, vm, vcpu }) => {
    vcpu.setCpuid(kvm.supportedCpuid());
    assert.equal(vcpu.run().kind, "hlt");
    for (const state of [protectedMode(vm.memory, CODE), longMode(vm.memory, BigInt(CODE)), realMode(CODE)]) {
      applyStart(vcpu, state);
      assert.equal(vcpu.run().kind, "hlt");
      assert.equal(vcpu.registers().rip, BigInt(CODE + 1));
    }
  }));

test("gives everything back", async () => {
  const files = () => readdirSync("/proc/self/fd").length;
  const mappings = () => readFileSync("/proc/self/maps", "utf8").split("kvm").length;
  const before = [files(), mappings()];
  for (let round = 0; round < rounds; round++) {
    await withMachine(16, [HLT], ({ vcpu }) => {
      assert.equal(vcpu.run().kind, "hlt");
    });
  }
  assert.deepEqual([files(), mappings()], before);
});
