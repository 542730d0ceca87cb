// Interrupts and NMIs

import assert from "node:assert/strict";
import { test } from "node:test";
import { CODE, withMachine } from "../machines.ts";
import { expectIo, failsWith, HLT } from "./expectations.ts";

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
