import { join } from "node:path";
import { expect, it } from "vitest";
import { LOADER_CPUIDS } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/cpuid-counter/cpuid-counter.elf");
const CPUIDS = 50;
/** The one that stops comes after the count was printed. */
const COUNTED = CPUIDS + LOADER_CPUIDS - 1;

it.each([
  { leaf: 0, asked: 0 },
  { leaf: 0x4000_0010, asked: CPUIDS },
])("counts CPUIDs of leaf $leaf per processor, and those that ask for the count", async ({ leaf, asked }) => {
  const { ring, ...result } = await run(elf, { smp: 2, cpuids: CPUIDS, append: `leaf=${leaf}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  for (const cpu of [0, 1]) {
    expect(ring).toContain(`PP ${cpu}: CPUIDs counted: ${COUNTED}`);
    expect(ring).toContain(`PP ${cpu}: of these for the count itself: ${asked}`);
  }
});
