import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../../kernel/test/bare/run.ts";

const manifest = join(import.meta.dirname, "../manifest.json");
const CPUIDS = 50;

it.each([
  { leaf: 0, denied: 0 },
  { leaf: 4, denied: CPUIDS },
])("asks the judge about leaf $leaf on every processor", async ({ leaf, denied }) => {
  const { ring, ...result } = await run([], { manifest, smp: 2, cpuids: CPUIDS, append: `leaf=${leaf} own=1` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  for (const cpu of [0, 1]) expect(ring).toContain(`PP ${cpu}: leaves denied: ${denied}`);
  expect(ring.filter((line) => line.includes("no VM for the judge"))).toHaveLength(2);
  expect(result.output).toContain("bare: not zero 0x0\n");
  const denial = "bareflank: extension 1 (leaf-judge): its policy denies call 0x40000 (0x0)";
  expect(ring.filter((line) => line === denial)).toHaveLength(1);
});
