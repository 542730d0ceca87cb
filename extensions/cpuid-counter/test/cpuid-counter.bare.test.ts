import { join } from "node:path";
import { expect, it } from "vitest";
import { LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/cpuid-counter/cpuid-counter.elf");
const CPUIDS = 50;
/** The one that stops comes after the count was printed. */
const COUNTED = CPUIDS + LOADER_CPUIDS - 1;

const each = machines.flatMap((machine) => [
  { machine, leaf: 0, asked: 0 },
  { machine, leaf: 0x4000_0010, asked: CPUIDS },
]);

it.each(each)("counts CPUIDs of leaf $leaf on $machine, and those that ask", async ({ machine, leaf, asked }) => {
  const { ring, ...result } = await run(elf, { machine, smp: 2, cpuids: CPUIDS, append: `leaf=${leaf}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  for (const cpu of [0, 1]) {
    expect(ring).toContain(`PP ${cpu}: CPUIDs counted: ${COUNTED}`);
    expect(ring).toContain(`PP ${cpu}: of these for the count itself: ${asked}`);
  }
});
