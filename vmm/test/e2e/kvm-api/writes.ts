// Writes of a guest that its user does not come back for: eventfds, and the ring of coalesced writes

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import type { Vcpu, VirtualMachine } from "@bareflank/vmm";
import { Block } from "../../../src/block.ts";
import { ioctl, view } from "../../../src/native.ts";
import { EventFd } from "../eventfd.ts";
import { withMachine } from "../machines.ts";
import { expectIo, expectMmio, HLT } from "./expectations.ts";

const DEVICE = 0xd000_0010n;
const { KVM_IOEVENTFD_FLAG_PIO: PORTS, KVM_IOEVENTFD_FLAG_DATAMATCH: MATCH } = abi;
const { KVM_IOEVENTFD_FLAG_DEASSIGN: AWAY } = abi;

const watch = (vm: VirtualMachine, fd: number, flags: number, addr: bigint, len: number, datum = 0n): number => {
  const block = new Block(abi.KVM_IOEVENTFD_BYTES).set64(abi.KVM_IOEVENTFD_DATAMATCH, datum);
  block.set64(abi.KVM_IOEVENTFD_ADDR, addr).set32(abi.KVM_IOEVENTFD_LEN, len);
  block.set32(abi.KVM_IOEVENTFD_FD, fd).set32(abi.KVM_IOEVENTFD_FLAGS, flags);
  return ioctl(vm.handle.fd, abi.KVM_IOEVENTFD, block.bytes);
};

const zone = (vm: VirtualMachine, command: number, addr: bigint, size: number, pio: number): number => {
  const block = new Block(abi.KVM_COALESCED_MMIO_ZONE_BYTES).set64(abi.KVM_COALESCED_MMIO_ZONE_ADDR, addr);
  block.set32(abi.KVM_COALESCED_MMIO_ZONE_SIZE, size).set32(abi.KVM_COALESCED_MMIO_ZONE_PIO, pio);
  return ioctl(vm.handle.fd, command, block.bytes);
};

const ringOf = (vcpu: Vcpu): Block =>
  new Block(view(vcpu.handle.mapping).subarray(abi.KVM_COALESCED_MMIO_PAGE_OFFSET * abi.KVM_PAGE_BYTES));

test("signals an eventfd for what a guest writes, and does not come back for that", () => {
  // mov al, 5; out 80h, al; out 81h, al; out 82h, al; out 82h, eax; mov [d0000010h], eax; mov [d0000010h], ax; hlt
  const memory = [0xa3, 0x10, 0, 0, 0xd0, 0x66, 0xa3, 0x10, 0, 0, 0xd0];
  const code = [0xb0, 0x05, 0xe6, 0x80, 0xe6, 0x81, 0xe6, 0x82, 0xe7, 0x82, ...memory, HLT];
  return withMachine(32, code, ({ kvm, vm, vcpu }) => {
    assert.equal(kvm.capability(abi.KVM_CAP_IOEVENTFD), 1);
    assert.equal(kvm.capability(abi.KVM_CAP_IOEVENTFD_ANY_LENGTH), 1);
    const [byte, datum, any, device] = [new EventFd(), new EventFd(), new EventFd(), new EventFd()] as const;
    assert.equal(watch(vm, byte.fd, PORTS, 0x80n, 1), 0);
    assert.equal(watch(vm, datum.fd, PORTS | MATCH, 0x81n, 1, 6n), 0);
    assert.equal(watch(vm, any.fd, PORTS, 0x82n, 0), 0);
    assert.equal(watch(vm, device.fd, 0, DEVICE, 4), 0);
    assert.equal(watch(vm, any.fd, PORTS, 0x80n, 1), -abi.ERRNO_EEXIST);
    assert.equal(watch(vm, any.fd, PORTS, 0x82n, 4), -abi.ERRNO_EEXIST);
    assert.equal(watch(vm, any.fd, PORTS, 0x90n, 3), -abi.ERRNO_EINVAL);
    assert.equal(watch(vm, any.fd, PORTS | 32, 0x90n, 1), -abi.ERRNO_EINVAL);
    assert.equal(watch(vm, any.fd, PORTS | MATCH, 0x90n, 0), -abi.ERRNO_EINVAL);
    assert.equal(watch(vm, vm.handle.fd, PORTS, 0x90n, 1), -abi.ERRNO_EINVAL);
    assert.equal(watch(vm, 1000, PORTS, 0x90n, 1), -abi.ERRNO_EBADF);
    assert.equal(watch(vm, byte.fd, PORTS | AWAY, 0x80n, 2), -abi.ERRNO_ENOENT);
    // Another datum than the one that is meant
    vcpu.setRegisters({ rax: 0n });
    assert.equal(expectIo(vcpu.run()).port, 0x81);
    assert.deepEqual([byte.take(), datum.take(), any.take()], [1, 0, 0]);
    // Another length
    const exit = expectMmio(vcpu.run());
    assert.deepEqual([exit.address, exit.data.length], [DEVICE, 2]);
    assert.deepEqual([byte.take(), datum.take(), any.take(), device.take()], [0, 0, 2, 1]);
    assert.equal(vcpu.run().kind, "hlt");
    assert.equal(watch(vm, device.fd, AWAY, DEVICE, 4), 0);
    assert.equal(watch(vm, device.fd, AWAY, DEVICE, 4), -abi.ERRNO_ENOENT);
    // The machine has those still whose files are closed
    for (const event of [byte, datum, any, device]) event.close();
  });
});

test("signals an eventfd for each element of a string", () => {
  // cld; mov dx, 80h; mov si, 7c00h; mov cx, 5000; rep outsb; hlt
  const code = [0xfc, 0xba, 0x80, 0, 0xbe, 0, 0x7c, 0xb9, 0x88, 0x13, 0xf3, 0x6e, HLT];
  return withMachine(16, code, ({ vm, vcpu }) => {
    const event = new EventFd();
    assert.equal(watch(vm, event.fd, PORTS, 0x80n, 1), 0);
    assert.equal(vcpu.run().kind, "hlt");
    assert.deepEqual([event.take(), vcpu.registers().rcx & 0xffffn], [5000, 0n]);
    event.close();
  });
});

test("leaves what a guest writes to memory and ports in a ring", () => {
  // mov eax, 12345678h; out 82h, ax; mov [d0000010h], eax; out 90h, al; out 80h, al; hlt
  const writes = [0x66, 0xe7, 0x82, 0xa3, 0x10, 0, 0, 0xd0, 0xe6, 0x90, 0xe6, 0x80];
  return withMachine(32, [0xb8, 0x78, 0x56, 0x34, 0x12, ...writes, HLT], ({ kvm, vm, vcpu }) => {
    assert.equal(kvm.capability(abi.KVM_CAP_COALESCED_MMIO), abi.KVM_COALESCED_MMIO_PAGE_OFFSET);
    assert.equal(kvm.capability(abi.KVM_CAP_COALESCED_PIO), 1);
    assert.equal(zone(vm, abi.KVM_REGISTER_COALESCED_MMIO, 0x80n, 4, 2), -abi.ERRNO_EINVAL);
    assert.equal(zone(vm, abi.KVM_REGISTER_COALESCED_MMIO, 0x80n, 4, 1), 0);
    assert.equal(zone(vm, abi.KVM_REGISTER_COALESCED_MMIO, DEVICE, 4, 0), 0);
    // All virtual processors have the same ring
    const ring = ringOf(vm.createVcpu());
    assert.equal(expectIo(vcpu.run()).port, 0x90);
    assert.equal(ring.get32(abi.KVM_COALESCED_MMIO_RING_LAST), 2);
    const entries = [0, 1].map((index) => {
      const at = abi.KVM_COALESCED_MMIO_RING_BYTES + index * abi.KVM_COALESCED_MMIO_BYTES;
      const fields = [abi.KVM_COALESCED_MMIO_LEN, abi.KVM_COALESCED_MMIO_PIO, abi.KVM_COALESCED_MMIO_DATA];
      return [ring.get64(at), ...fields.map((field) => ring.get32(at + field))];
    });
    assert.deepEqual(
      entries.map(([address, bytes, pio]) => [address, bytes, pio]),
      [
        [0x82n, 2, 1],
        [DEVICE, 4, 0],
      ],
    );
    assert.deepEqual([Number(entries[0]?.[3]) & 0xffff, entries[1]?.[3]], [0x5678, 0x1234_5678]);
    assert.equal(zone(vm, abi.KVM_UNREGISTER_COALESCED_MMIO, 0x81n, 1, 1), 0);
    assert.equal(expectIo(vcpu.run()).port, 0x80);
    assert.equal(vcpu.run().kind, "hlt");
  });
});

test("comes back for what the ring has no room for", () => {
  // mov cx, 400; next: out 80h, al; loop next; hlt
  return withMachine(16, [0xb9, 0x90, 0x01, 0xe6, 0x80, 0xe2, 0xfc, HLT], ({ vm, vcpu }) => {
    assert.equal(zone(vm, abi.KVM_REGISTER_COALESCED_MMIO, 0x80n, 4, 1), 0);
    const ring = ringOf(vcpu);
    let [waiting, told] = [0, 0];
    while (vcpu.run().kind === "io") {
      const last = ring.get32(abi.KVM_COALESCED_MMIO_RING_LAST);
      assert.ok(last < 170);
      waiting += (last + 170 - ring.get32(abi.KVM_COALESCED_MMIO_RING_FIRST)) % 170;
      ring.set32(abi.KVM_COALESCED_MMIO_RING_FIRST, last);
      told++;
    }
    assert.ok(told > 1, `${told} exits`);
    const { KVM_COALESCED_MMIO_RING_FIRST: first, KVM_COALESCED_MMIO_RING_LAST: end } = abi;
    waiting += (ring.get32(end) + 170 - ring.get32(first)) % 170;
    assert.equal(waiting + told, 400);
  });
});
