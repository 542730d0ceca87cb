// The library on Linux's own KVM, on an emulated Intel processor

import { afterAll, beforeAll, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { machineWithKvm } from "./lab.ts";

let linux: LinuxMachine;

beforeAll(async () => {
  linux = await machineWithKvm("intel");
});

afterAll(async () => {
  await linux?.close();
});

it("runs code of 16, 32 and 64 bits, and says what is wrong", async () => {
  const { exitCode, output } = await linux.run("BAREFLANK_KVM_IN=bochs node --test-reporter=spec kvm-api.mjs");
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/tests \d\d\n/);
});

it("boots Linux by its 64-bit entry", async () => {
  const guest = "/usr/lib/bareflank/guest";
  const { output } = await linux.run(
    `node linux.mjs ${guest}/vmlinuz ${guest}/initrd.img "console=ttyS0 quiet cryptomgr.notests"`,
  );
  expect(output).toMatch(/GUEST-UP \d+\.\d+/);
  expect(output).toContain('ended: {"kind":"halted"}');
});
