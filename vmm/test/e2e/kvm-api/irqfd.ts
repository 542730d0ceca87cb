// Eventfds that raise interrupts

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { Block } from "../../../src/block.ts";
import { ioctl as ioctlOf } from "../../../src/native.ts";
import { EventFd } from "../eventfd.ts";
import { withMachine } from "../machines.ts";
import { begin, type ControlledMachine, out, withControllers } from "./controllers.ts";
import { expectIo, HLT } from "./expectations.ts";

const GSI = 5;
const { KVM_IRQFD_FLAG_DEASSIGN: AWAY, KVM_IRQFD_FLAG_RESAMPLE: RESAMPLE } = abi;

const irqfd = (fd: number, gsi = GSI, flags = 0, end = 0): Uint8Array => {
  const block = new Block(abi.KVM_IRQFD_BYTES).set32(abi.KVM_IRQFD_FD, fd).set32(abi.KVM_IRQFD_GSI, gsi);
  return block.set32(abi.KVM_IRQFD_FLAGS, flags).set32(abi.KVM_IRQFD_RESAMPLEFD, end).bytes;
};

/** cli; out 81h, al; again: sti; hlt; cli; out 80h, al; jmp again */
const waiting = [0xfa, 0xe6, 0x81, 0xfb, HLT, 0xfa, 0xe6, 0x80, 0xeb, 0xf9];
const expectInterrupt = ({ vcpu, interrupts }: ControlledMachine, count: number) => {
  assert.equal(expectIo(vcpu.run()).port, 0x80);
  assert.equal(interrupts(), count);
};

test("raises an interrupt when an eventfd is signalled", () =>
  withControllers([...begin, ...waiting], (machine) => {
    const { kvm, ioctl } = machine;
    assert.equal(kvm.capability(abi.KVM_CAP_IRQFD), 1);
    const [event, other] = [new EventFd(), new EventFd()];
    assert.equal(expectIo(machine.vcpu.run()).port, 0x81);
    // What was signalled before counts, too
    event.signal();
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd)), 0);
    expectInterrupt(machine, 1);
    event.take();
    for (const count of [2, 3]) {
      event.signal();
      assert.equal(event.take(), 0);
      expectInterrupt(machine, count);
    }
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd, 6)), -abi.ERRNO_EBUSY);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(1000)), -abi.ERRNO_EBADF);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(machine.vm.handle.fd)), -abi.ERRNO_EINVAL);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(other.fd, GSI, 4)), -abi.ERRNO_EINVAL);
    // Another one of the same line
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(other.fd)), 0);
    other.signal();
    expectInterrupt(machine, 4);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd, 6, AWAY)), 0);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd, GSI, AWAY)), 0);
    event.signal();
    assert.equal(event.take(), 1);
    // What nobody has any more is no irqfd
    other.close();
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd)), 0);
    event.signal();
    expectInterrupt(machine, 5);
    event.close();
  }));

test("tells an eventfd that the guest has ended an interrupt", () =>
  // Line 5 is level-triggered
  withControllers([...out(0x4d0, 0x20), ...begin, ...waiting], (machine) => {
    const { kvm, ioctl } = machine;
    assert.equal(kvm.capability(abi.KVM_CAP_IRQFD_RESAMPLE), 1);
    const [event, end, other, otherEnd] = [new EventFd(), new EventFd(), new EventFd(), new EventFd()] as const;
    assert.equal(expectIo(machine.vcpu.run()).port, 0x81);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(event.fd, GSI, RESAMPLE, end.fd)), 0);
    assert.equal(ioctl(abi.KVM_IRQFD, irqfd(other.fd, GSI, RESAMPLE, otherEnd.fd)), 0);
    for (const count of [1, 2]) {
      event.signal();
      expectInterrupt(machine, count);
      assert.deepEqual([event.take(), end.take(), otherEnd.take()], [0, 1, 1]);
    }
    for (const each of [event, end, other, otherEnd]) each.close();
  }));

test("has no irqfds without interrupt controllers", () =>
  withMachine(16, [HLT], ({ vm }) => {
    const event = new EventFd();
    assert.equal(ioctlOf(vm.handle.fd, abi.KVM_IRQFD, irqfd(event.fd)), -abi.ERRNO_EINVAL);
    event.close();
  }));
