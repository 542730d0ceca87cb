import { expect, it } from "vitest";
import { hasBootedState } from "../src/linux/booted.ts";
import { machineOptions } from "../src/linux/launch.ts";
import type { LinuxOptions } from "../src/linux/options.ts";

const has = (options: LinuxOptions) => hasBootedState(options, machineOptions(options));

it("QEMU's machines go on from a saved state, whatever files they get", () => {
  expect(has({})).toBe(true);
  expect(has({ smp: 4, memory: "2G", put: ["a"], keep: true, bootTimeout: 5, terminal: true })).toBe(true);
});

it.each<LinuxOptions>([
  { machine: "intel" },
  { fresh: true },
  { machine: "uefi" },
  { append: "x" },
  { cpu: "EPYC" },
  { icount: true },
  { plugin: "count.so" },
  { restarts: true },
  { gdbPort: 1234 },
  { crashKernel: true },
])("%j boots", (options) => {
  expect(has(options)).toBe(false);
});
