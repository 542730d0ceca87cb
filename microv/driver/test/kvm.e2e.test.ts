// The KVM API as its users see it: what vmm/test/e2e holds Linux's own KVM to, Debian's QEMU, and whoever behaves badly

import { afterAll, beforeAll, expect, it } from "vitest";
import { QEMU, qemu } from "./kills.ts";
import { type MicrovMachine, machineWithMicrov } from "./machine.ts";

const LINUX = "-append 'console=ttyS0 quiet cryptomgr.notests reboot=t'";

let linux: MicrovMachine;

beforeAll(async () => {
  linux = await machineWithMicrov("amd");
});

afterAll(async () => {
  await linux?.close();
});

it("does for the library what Linux's own KVM does, test by test", async () => {
  const output = await linux.run("node --test-reporter=spec kvm-api.mjs");
  expect(output).toMatch(/pass \d\d\n/);
  expect(output).toMatch(/fail 0\n/);
});

it("boots Debian's kernel in Debian's QEMU, and by the library, and has all of its memory back", async () => {
  const before = await linux.freePages();
  const output = await linux.run(`timeout 300 ${QEMU} ${LINUX} 2>&1`);
  expect(output).toMatch(/GUEST-UP \d+\.\d+/);
  expect(output).not.toContain("interrupt lost");
  expect(await linux.freePages()).toBe(before);
  // With its own interrupt controllers, and with those of the KVM
  const library = await linux.run("node --test-reporter=spec linux-boot.mjs");
  expect(library).toMatch(/pass 2\n/);
  expect(await linux.freePages()).toBe(before);
});

it.each([
  { machine: "microvm,rtc=on,kernel-irqchip=split", processors: 1 },
  { machine: "q35,kernel-irqchip=on", processors: 2 },
])("has interrupt controllers for $processors of QEMU's processors: $machine", async ({ machine, processors }) => {
  const before = await linux.freePages();
  const loud = "-append 'console=ttyS0 cryptomgr.notests reboot=t'";
  const output = await linux.run(`timeout 300 ${qemu(machine)} -smp ${processors} ${loud} 2>&1`);
  expect(output).toMatch(/GUEST-UP \d+\.\d+/);
  expect(output).toMatch(new RegExp(`smp: Brought up 1 node, ${processors} CPU`));
  expect(output).not.toMatch(/soft lockup|rcu: INFO|unexpected IRQ|spurious|nobody cared/);
  expect(await linux.freePages()).toBe(before);
});

it("stays as long as a guest does, and does not mind how that ends", async () => {
  const before = await linux.freePages();
  const held = await linux.run(
    [
      `{ ${QEMU} ${LINUX} >/tmp/qemu.txt 2>&1 & }`,
      "until grep -q . /tmp/qemu.txt && lsmod | grep -q 'bareflank_kvm.* [1-9]'; do sleep 0.1; done",
      "sleep 1",
      "rmmod bareflank_kvm 2>&1; echo rmmod $?",
      "bfm stop 2>&1; echo stop $?",
      "echo 0 >/sys/devices/system/cpu/cpu0/online 2>/dev/null; true",
      "bfm status",
      "kill -9 $! && { wait $! || true; }",
      "rmmod bareflank_kvm && insmod /usr/lib/bareflank/bareflank_kvm.ko",
    ].join("; "),
  );
  expect(held).toMatch(/rmmod [1-9]/);
  expect(held).toMatch(/stop [1-9]/);
  expect(held).toContain("running on 1 of 1 processor");
  expect(await linux.freePages()).toBe(before);
});

it("goes when nobody needs it", async () => {
  const output = await linux.run("rmmod bareflank_kvm && bfm stop && bfm dump");
  expect(output).not.toContain("error");
});
