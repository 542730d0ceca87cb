// The KVM API for long, and on Intel

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QEMU, qemu } from "./kills.ts";
import { type MicrovMachine, machineWithMicrov } from "./machine.ts";

const AGAIN = "node --test-name-pattern='gives everything back' kvm-api.mjs";
const UP = /GUEST-UP \d+\.\d+/;
/** Of microv/driver/test/guest/rough.c. */
const CASES = [
  ...["fork", "orphan", "exec", "munmap", "hole", "mremap", "truncate", "read-only", "hugetlb", "slots", "contention"],
  ...["moving", "limit"],
];

it("makes, runs and closes a thousand machines, and loses no page", async () => {
  const linux = await machineWithMicrov("amd");
  await linux.run(AGAIN);
  const before = await linux.freePages();
  expect(await linux.run(`BAREFLANK_KVM_ROUNDS=1000 ${AGAIN}`)).toContain("fail 0");
  expect(await linux.freePages()).toBe(before);
  await linux.close();
});

describe("on Intel", () => {
  let linux: MicrovMachine;

  beforeAll(async () => {
    linux = await machineWithMicrov("intel");
    // Linux has some to make of the emulator's processor
    await linux.run("dmesg -c >/dev/null");
  });

  afterAll(async () => {
    await linux?.close();
  });

  it("does for the library what Linux's own KVM does", async () => {
    const output = await linux.run("node --test-reporter=spec kvm-api.mjs");
    expect(output).toMatch(/pass \d\d\n/);
    expect(output).toMatch(/fail 0\n/);
  });

  it("bears what a rough user does, and keeps nothing of it", async () => {
    await linux.run("echo 8 >/proc/sys/vm/nr_hugepages");
    const before = await linux.kept();
    const output = await linux.run(`BAREFLANK_KVM_IN=bochs ./rough ${CASES.join(" ")}`);
    expect(output).toBe(CASES.map((name) => `ok ${name}\n`).join(""));
    expect(await linux.kept()).toBe(before);
  });

  it("boots Debian's kernel in Debian's QEMU, and by the library, and has all of its memory back", async () => {
    const before = await linux.freePages();
    // Not quiet: each line is a sign of life, without which the machine is given up
    expect(await linux.run(`${QEMU} -append 'console=ttyS0 cryptomgr.notests reboot=t' 2>&1`)).toMatch(UP);
    expect(await linux.freePages()).toBe(before);
    expect(await linux.run("node --test-reporter=spec linux-boot.mjs")).toMatch(/pass 2\n/);
    expect(await linux.freePages()).toBe(before);
  });

  it.each(["microvm,rtc=on,kernel-irqchip=on", "q35,kernel-irqchip=split"])(
    "has interrupt controllers for QEMU's machine %s",
    async (machine) => {
      const before = await linux.freePages();
      expect(await linux.run(`${qemu(machine)} -append 'console=ttyS0 cryptomgr.notests reboot=t' 2>&1`)).toMatch(UP);
      expect(await linux.freePages()).toBe(before);
    },
  );

  it("leaves no complaint behind", async () => {
    expect(await linux.run("dmesg | grep -e BUG -e WARNING -e Oops -e 'Call Trace' -e lockup -e stall; true")).toBe("");
    await linux.run("rmmod bareflank_kvm && bfm stop");
  });
});
