import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/page-hook/page-hook.elf");
const hook = "echo 0x40000030 > /proc/bfhook && cat /proc/bfhook";

it("patches a function of a Linux module for whoever calls it, and hides that from whoever reads it", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }],
    command: [
      "insmod /usr/lib/bareflank/probe.ko && bfm quick page-hook.elf",
      `for cpu in 0 1; do taskset $((1 << cpu)) sh -c '${hook}' || exit 1; done`,
      "bf-forkloop 10 && bfm stop && bfm dump && bfm unload && cat /proc/bfhook",
    ].join(" && "),
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  for (const cpu of [0, 1]) {
    expect(result.stdout).toContain(`cpu${cpu} answer=1 called=2 read=1 called=2 read=1\n`);
    expect(result.stdout).toMatch(new RegExp(`^PP ${cpu}: hooked 0x[0-9a-f]+000$`, "m"));
    expect(result.stdout).toMatch(new RegExp(`^PP ${cpu}: executions of the hooked page: 2$`, "m"));
  }
});
