import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const repository = join(import.meta.dirname, "../../..");

it("keeps Linux's entry of system calls where it is", async () => {
  const result = await runLinux({
    put: [
      { from: join(repository, "build/extensions/msr-monitor/msr-monitor.elf") },
      { from: join(import.meta.dirname, "move-lstar.cjs") },
    ],
    command:
      "bfm quick msr-monitor.elf && modprobe msr allow_writes=on && node move-lstar.cjs && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ exitCode: 0 });
  expect(result.stdout).toContain("the same value: written\nanother value: EIO\n");
  expect(result.stdout).toContain("MSR writes allowed: 1\n");
  expect(result.stdout).toContain("MSR writes refused: 1\n");
});
