// The kernel elsewhere than it was linked, on emulated processors: it works, and no exit is longer for it

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
const PAGES = 2n ** 32n;

describe.each([
  ["amd", 173],
  ["intel", 200],
] as const)("on %s", (machine, instructions) => {
  it.each([1n, 100n + 77n * PAGES, 253n + 400n * PAGES])("by %i", async (slide) => {
    const result = await run(DEFAULT, { machine, icount: true, cpuids: 1000, append: `slide=${slide}` });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output).toContain(`in the root VM: ${instructions} each`);
    expect(result.output).toMatch(/^bare: slides: (?!0x0 0x0$)0x[0-9a-f]+ 0x[0-9a-f]+$/m);
  });
});
