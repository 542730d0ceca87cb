// Random ioctls from several threads, on one processor and on several: Linux and MicroV work on, and nothing is lost

import { expect, it } from "vitest";
import { machineWithMicrov } from "./machine.ts";

const TROUBLE = /BUG|Oops|WARNING: CPU|Call Trace|blocked for more|soft lockup|trap \d+ in the core/;

it.each([
  [1, 1],
  [4, 2],
])("leave nothing behind on %i processors, seed %i", async (smp, seed) => {
  const linux = await machineWithMicrov("amd", { smp });
  // The first guests have tables split and caches filled
  await linux.run(`node ioctl-fuzz.mjs ${seed + 1000} 2 3`);
  const before = await linux.kept();
  const output = await linux.run(`node ioctl-fuzz.mjs ${seed} 30 4`);
  for (const done of [
    "create_vm 0",
    "create_vcpu 0",
    "slot 0",
    "filter 0",
    "enable 0",
    "set_sregs 0",
    "set_regs 0",
    "run -4",
    "exit 2 0",
  ]) {
    expect(output).toMatch(new RegExp(`^${done} \\d+$`, "m"));
  }
  expect(await linux.kept()).toBe(before);
  expect((await linux.run("dmesg")).split("\n").filter((line) => TROUBLE.test(line))).toEqual([]);
  expect(await linux.run("node --test-name-pattern='runs 16-bit code' kvm-api.mjs")).toContain("fail 0");
  await linux.run("rmmod bareflank_kvm && bfm stop");
  await linux.close();
});
