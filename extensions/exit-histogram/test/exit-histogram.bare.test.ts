import { join } from "node:path";
import { expect, it } from "vitest";
import { LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/exit-histogram/exit-histogram.elf");

it.each(machines)("counts the exits of both processors of %s, and writes them when both have left", async (machine) => {
  const result = await run(elf, { machine, smp: 2, cpuids: 50 });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const rows = result.ring.filter((line) => line.includes("of reason"));
  const reason = machine === "amd" ? "0x72" : "0xa";
  expect(rows).toEqual([`PP 0:      ${2 * (50 + LOADER_CPUIDS)} of reason ${reason} #######`]);
  expect(result.output).toContain("bare: stopped, registers as before\n");
});
