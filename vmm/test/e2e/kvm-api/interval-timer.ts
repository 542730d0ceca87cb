// The interval timer in the kernel

import assert from "node:assert/strict";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { Block } from "../../../src/block.ts";
import { begin, out, withControllers } from "./controllers.ts";
import { expectIo, HLT } from "./expectations.ts";

const CHANNEL = abi.KVM_PIT_CHANNEL_STATE_BYTES;
/** A hundredth of a second. */
const COUNT = 11_932;

/** wait: hlt; cmp word [0500h], ticks; jb wait; out 80h, al; hlt */
const waitFor = (ticks: number): number[] => [HLT, 0x83, 0x3e, 0x00, 0x05, ticks, 0x72, 0xf8, 0xe6, 0x80, HLT];

test("ticks as often as the guest has asked for", () => {
  const code = [...begin, ...out(0x43, 0x34), ...out(0x40, COUNT & 0xff), ...out(0x40, COUNT >> 8), ...waitFor(20)];
  return withControllers(code, ({ kvm, vcpu, interrupts }) => {
    assert.ok(kvm.capability(abi.KVM_CAP_PIT2) > 0);
    const before = performance.now();
    assert.equal(expectIo(vcpu.run()).port, 0x80);
    const milliseconds = performance.now() - before;
    assert.ok(milliseconds >= 195 && interrupts() >= 20, `${interrupts()} ticks in ${milliseconds} ms`);
  });
});

test("counts for the speaker's port", () => {
  // Gate on, speaker off; channel 2, mode 0, a thousand counts; wait until bit 5 of port 61h: in al, 61h; test al, 20h; jz
  const start = [...out(0x61, 1), ...out(0x43, 0xb0), ...out(0x42, 0xe8), ...out(0x42, 0x03)];
  const code = [...start, 0xe4, 0x61, 0xa8, 0x20, 0x74, 0xfa, 0xe6, 0x80, HLT];
  return withControllers(code, ({ vcpu }) => {
    const exit = expectIo(vcpu.run());
    // Bit 4 changes by itself
    assert.deepEqual([exit.port, (exit.data[0] ?? 0) & 0xef], [0x80, 0x21]);
  });
});

test("tells its state, and takes one", () =>
  withControllers([...begin, ...waitFor(3)], ({ kvm, ioctl, vcpu }) => {
    assert.ok(kvm.capability(abi.KVM_CAP_PIT_STATE2) > 0);
    assert.equal(ioctl(abi.KVM_CREATE_PIT), -abi.ERRNO_EEXIST);
    const state = new Block(abi.KVM_PIT_STATE2_BYTES);
    assert.equal(ioctl(abi.KVM_GET_PIT2, state.bytes), 0);
    const channels = [0, 1, 2].map((index) => [
      state.get32(index * CHANNEL + abi.KVM_PIT_CHANNEL_STATE_COUNT),
      state.get8(index * CHANNEL + abi.KVM_PIT_CHANNEL_STATE_MODE),
      state.get8(index * CHANNEL + abi.KVM_PIT_CHANNEL_STATE_GATE),
    ]);
    assert.deepEqual(channels, [
      [0x1_0000, 0xff, 1],
      [0x1_0000, 0xff, 1],
      [0x1_0000, 0xff, 0],
    ]);
    // It ticks without a word of the guest's
    state.set32(abi.KVM_PIT_CHANNEL_STATE_COUNT, COUNT).set8(abi.KVM_PIT_CHANNEL_STATE_MODE, 2);
    assert.equal(ioctl(abi.KVM_SET_PIT2, state.bytes), 0);
    assert.equal(expectIo(vcpu.run()).port, 0x80);
    assert.equal(ioctl(abi.KVM_GET_PIT, state.bytes.subarray(0, abi.KVM_PIT_STATE_BYTES)), 0);
    assert.deepEqual([state.get32(0), state.get8(abi.KVM_PIT_CHANNEL_STATE_MODE)], [COUNT, 2]);
  }));

test("gives ticks later, or never, that a guest has missed", async () => {
  // cli behind the beginning; the guest's user waits, then sti
  const program = [...out(0x43, 0x34), ...out(0x40, COUNT & 0xff), ...out(0x40, COUNT >> 8)];
  const code = [...begin, 0xfa, ...program, 0xe6, 0x80, 0xfb, ...waitFor(20)];
  for (const reinjects of [true, false]) {
    await withControllers(code, async ({ kvm, ioctl, vcpu }) => {
      assert.ok(kvm.capability(abi.KVM_CAP_REINJECT_CONTROL) > 0);
      const control = new Block(abi.KVM_REINJECT_CONTROL_BYTES).set8(0, reinjects ? 1 : 0);
      assert.equal(ioctl(abi.KVM_REINJECT_CONTROL, control.bytes), 0);
      assert.equal(expectIo(vcpu.run()).port, 0x80);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = performance.now();
      assert.equal(expectIo(vcpu.run()).port, 0x80);
      const milliseconds = performance.now() - before;
      assert.ok(reinjects ? milliseconds < 150 : milliseconds >= 180, `${milliseconds} ms, ${reinjects}`);
    });
  }
});
