import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/memory-watch/memory-watch.elf");

it("watches a page of Linux's, on each processor, and Linux works and stops as ever", async () => {
  const result = await runLinux({
    smp: 2,
    put: [{ from: elf }],
    command: "bfm quick memory-watch.elf && bf-forkloop 20 && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  for (const cpu of [0, 1]) {
    expect(result.stdout).toMatch(new RegExp(`^PP ${cpu}: watching 0x[0-9a-f]+000$`, "m"));
    expect(result.stdout).toMatch(new RegExp(`^PP ${cpu}: writes to the watched page: \\d+$`, "m"));
  }
});
