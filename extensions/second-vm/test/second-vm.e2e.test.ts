import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/second-vm/second-vm.elf");

it("runs beside Linux, on every processor", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }],
    command: "bfm quick second-vm.elf && bf-cpuid --leaf 0x40000040 && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  const answers = [...result.stdout.matchAll(/"cpu":(\d).*"subleaf":"(\w+)","eax":"(\w+)","ebx":"(\w+)"/g)];
  expect(answers.length).toBeGreaterThanOrEqual(2);
  for (const [, , subleaf, eax, ebx] of answers) {
    expect(Number(eax)).toBe(3 * Number(subleaf) + 7);
    expect(Number(ebx)).toBe(Number(eax));
  }
  for (const cpu of [0, 1]) expect(result.stdout).toMatch(new RegExp(`^PP ${cpu}: runs of the second VM: [1-9]`, "m"));
});
