import { join } from "node:path";
import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/cpuid-journal/cpuid-journal.elf");

it("writes down what Linux asked for", async () => {
  const result = await runLinux({
    put: [{ from: elf }],
    command: "bfm quick cpuid-journal.elf && bf-cpuid --leaf 0x77 && bfm stop && bfm dump && bfm unload",
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  expect(result.stdout).toMatch(/^PP 0: leaf 0x77: [1-9]/m);
});
