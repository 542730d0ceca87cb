import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/io-logger-rust/io-logger-rust.elf");

it("sees Linux ask the clock, which answers as ever, and counts for bfm", async () => {
  const result = await runLinux({
    put: [{ from: elf }],
    command:
      "bfm quick io-logger-rust.elf && cat /sys/class/rtc/rtc0/time && bfm status && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  expect(result.stdout).toMatch(/^\d\d:\d\d:\d\d$/m);
  expect(result.stdout).toMatch(/^PP 0: OUT 0x70, 1 bytes: 0x0 at RIP 0xffffffff[0-9a-f]+\nPP 0: IN 0x71, 1 bytes: /m);
  expect(result.stdout).toMatch(/port accesses\W+[1-9]/);
  expect(result.stdout).toMatch(/^PP 0: port accesses: [1-9]/m);
});
