// Boots the lab's guest on a KVM, by the library: Linux's own, or the one that BAREFLANK_KVM names

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as abi from "@bareflank/abi/kvm";
import { Kvm, Machine } from "@bareflank/vmm";

const GUEST = "/usr/lib/bareflank/guest";

const boot = async (interruptControllers: "library" | "kernel", commandLine: string) => {
  let console = "";
  const machine = Machine.create({
    interruptControllers,
    onConsole: (bytes) => {
      console += Buffer.from(bytes).toString();
    },
  });
  machine.boot({
    kernel: readFileSync(`${GUEST}/vmlinuz`),
    initrd: readFileSync(`${GUEST}/initrd.img`),
    commandLine: `console=ttyS0 quiet cryptomgr.notests ${commandLine}`,
  });
  const result = await machine.run();
  machine.close();
  return { ...result, console };
};

test("boots Debian's Linux to its first process, with the library's interrupt controllers", async () => {
  const { ending, exits, console } = await boot("library", "");
  assert.match(console, /GUEST-UP \d+\.\d+/);
  assert.deepEqual(ending, { kind: "halted" });
  process.stderr.write(`exits: ${JSON.stringify(exits)}\n`);
});

test("boots it with KVM's interrupt controllers, to a reset", async (context) => {
  const kvm = Kvm.open();
  const hasControllers = kvm.capability(abi.KVM_CAP_IRQCHIP) > 0 && kvm.capability(abi.KVM_CAP_PIT2) > 0;
  kvm.close();
  if (!hasControllers) return context.skip("this KVM has no interrupt controllers");
  const { ending, console } = await boot("kernel", "reboot=t");
  assert.match(console, /GUEST-UP \d+\.\d+/);
  assert.deepEqual(ending, { kind: "shutdown" });
});
