import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/single-step/single-step.elf");

it("steps through a function of a Linux module, and Linux notices nothing", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }],
    command: [
      "insmod /usr/lib/bareflank/probe.ko && bfm quick single-step.elf",
      "taskset 2 sh -c 'echo 0x40000050 > /proc/bfhook' && cat /proc/bfhook",
      "bf-forkloop 10 && bfm stop && bfm dump && bfm unload",
    ].join(" && "),
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  expect(result.stdout).toContain("cpu1 answer=1 called=1 read=1 called=1 read=1\n");
  // MOV EAX, 1 has 5 bytes; RET is behind it
  const steps = [...result.stdout.matchAll(/^PP 1: RIP (0x[0-9a-f]+), RAX (0x[0-9a-f]+)$/gm)];
  const start = BigInt(steps[0]?.[1] ?? 0);
  expect(steps.map(([, rip = "0"]) => Number(BigInt(rip) - start))).toEqual([0, 5, 0, 5]);
  expect(steps[1]?.[2]).toBe("0x1");
  expect(result.stdout).toMatch(/^PP 1: instructions in the range: 4$/m);
  expect(result.stdout).toMatch(/^PP 0: instructions in the range: 0$/m);
});
