import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/syscall-tracer/syscall-tracer.elf");

it("counts what Linux's programs call, on each processor, and Linux gets its system calls back", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }],
    command: "bfm quick syscall-tracer.elf && bf-forkloop 25 && bfm stop && bfm dump && bfm unload && bf-forkloop 5",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  const counts = new Map<string, number>();
  for (const [, name = "", count] of result.stdout.matchAll(/^PP \d: (\w+): (\d+)$/gm)) {
    counts.set(name, (counts.get(name) ?? 0) + Number(count));
  }
  // One for each child, and the shell's for bf-forkloop and bfm
  expect(counts.get("execve")).toBeGreaterThanOrEqual(26);
  expect(counts.get("execve")).toBeLessThan(40);
  expect(counts.get("wait4") ?? 0).toBeGreaterThanOrEqual(25);
  expect(counts.get("exit_group")).toBeGreaterThanOrEqual(25);
});
