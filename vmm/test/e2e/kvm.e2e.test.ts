// The library on Linux's own KVM, on an emulated AMD processor

import { afterAll, beforeAll, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { machineWithKvm } from "./lab.ts";

let linux: LinuxMachine;

beforeAll(async () => {
  linux = await machineWithKvm("amd");
});

afterAll(async () => {
  await linux?.close();
});

it("runs code of 16, 32 and 64 bits, and says what is wrong", async () => {
  const { exitCode, output } = await linux.run("node --test-reporter=spec kvm-api.mjs");
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/tests \d\d\n/);
});

it("boots Linux by 64-bit entry, in both ways to interrupt it", async () => {
  const { exitCode, output } = await linux.run("node --test-reporter=spec linux-boot.mjs");
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/pass 2\n/);
});

it("ends with its process, whatever the guest does", async () => {
  const { exitCode, output } = await linux.run("timeout 120 node exit-while-running.mjs");
  expect(exitCode, output).toBe(7);
});

it("has an example that runs", async () => {
  const { stdout } = await linux.run("node hello.mjs");
  expect(stdout).toBe("Hello from 16 bits\nended by hlt\n");
});

it("is not the only one that runs guests there: QEMU boots the lab's", async () => {
  const { output } = await linux.run(
    `qemu-system-x86_64 -machine microvm,rtc=on,kernel-irqchip=off -accel kvm -cpu host,-kvm-asyncpf-int -m 256 \
     -nodefaults -no-user-config -no-reboot -display none -serial stdio -kernel /usr/lib/bareflank/guest/vmlinuz \
     -initrd /usr/lib/bareflank/guest/initrd.img -append "console=ttyS0 quiet cryptomgr.notests"`,
  );
  expect(output).toMatch(/GUEST-UP \d+\.\d+/);
});
