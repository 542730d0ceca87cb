// The kernel elsewhere than it was linked, on emulated processors: it works, and no exit is longer for it

import { join } from "node:path";
import { KERNEL_MEMORY_BASE, KERNEL_MEMORY_BYTES } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
const PAGES = 2n ** 32n;
const TABLE = 0x20_0000n;

describe.each([
  ["amd", 176],
  ["intel", 203],
] as const)("on %s", (machine, instructions) => {
  it.each([1n, 100n + 77n * PAGES, 253n + 400n * PAGES])("by %i", async (slide) => {
    const result = await run(DEFAULT, { machine, icount: true, cpuids: 1000, append: `slide=${slide}` });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output).toContain(`in the root VM: ${instructions} each`);
    expect(result.output).toMatch(/^bare: slides: (?!0x0 0x0$)0x[0-9a-f]+ 0x[0-9a-f]+$/m);
  });

  // The second processor has the first one's objects only where both have the tables of the start
  it("as far up as linear memory may lie, on two processors", async () => {
    const result = await run(DEFAULT, { machine, smp: 2, cpuids: 1, append: `slide=${191n + 400n * PAGES}` });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    const memorySlide = BigInt(/^bare: slides: \S+ (\S+)$/m.exec(result.output)?.[1] ?? 0);
    const end = 0x8000_0000n - KERNEL_MEMORY_BASE - KERNEL_MEMORY_BYTES;
    expect(memorySlide / TABLE).toBe(end / TABLE - 1n);
  });
});
