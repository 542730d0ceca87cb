import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/self-protection/self-protection.elf");

it("hides the hypervisor from Linux's own view of physical memory", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }, { from: join(import.meta.dirname, "read-physical.cjs") }],
    command: [
      "bfm quick self-protection.elf",
      "bf-cpuid --leaf 0x40000020 > hidden.json",
      "node read-physical.cjs hidden.json",
      "bfm stop",
      "node read-physical.cjs hidden.json",
      "bfm dump",
      "bfm unload",
    ].join(" && "),
  });
  expect(result.message).toBe("");
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toMatch(/of \d{7}$/m);
  // Hidden at first, and then given back without what was in it
  expect([...result.stdout.matchAll(/^not zero: (\d+) of \d+$/gm)].map(([, count]) => Number(count))).toEqual([0, 0]);
  expect(result.stdout).toContain("PP 0: writes refused: 0\n");
  expect(result.stdout).toContain("PP 1: writes refused: 0\n");
  expect(result.console).not.toContain("general protection");
});
