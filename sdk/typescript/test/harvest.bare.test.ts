// What a processor notes of a VM's accesses, page by page, and that it begins anew when it was told

import { beforeAll, expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { buildProbes, runProbe } from "./fixtures.ts";

const LEAF = 0x4000_0042;

beforeAll(() => buildProbes());

it.each(machines)("tells which pages were written, which accessed, and tells it once (%s)", async (machine) => {
  const result = await runProbe("harvest", `eax=${LEAF}`, { machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain("bare: eax 0x1\n");
  expect(result.ring.filter((line) => line.includes("dirty"))).toEqual([
    "PP 0: before dirty 0x0 accessed 0x0",
    "PP 0: first dirty 0x2 accessed 0x7",
    // The same page again: its translation has been forgotten
    "PP 0: second dirty 0x2 accessed 0x3",
    "PP 0: third dirty 0x8 accessed 0x9",
  ]);
});
