// Memory that goes, and memory that is only read

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { CODE, withMachine } from "../machines.ts";
import { expectIo, expectMmio, HLT } from "./expectations.ts";

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
