// The comparison of CPUID's answers that the bare platform makes (loader/bare/leaves.ts)

import { join } from "node:path";
import { expect } from "vitest";
import { run } from "./run.ts";

/** The same extension in four languages. */
export const defaultExtensions = ["default", "default-c", "default-cpp", "default-rust"] as const;

/** Leaves 0 to Ah at least, and as many extended ones: 16 subleaves each, from code of three widths. */
const LEAST_ANSWERS = 2 * 11 * 16 * 3;

/** Holds that the root VM is answered as the processor answered before the start. */
export async function expectSameLeaves(name: string, machine: string): Promise<void> {
  const file = join(import.meta.dirname, `../../../build/extensions/${name}/${name}.elf`);
  const { output, kind, exitCode } = await run(file, { machine, append: "leaves=1" });
  expect({ kind, exitCode }).toEqual({ kind: "exit", exitCode: 0 });
  expect(output.match(/^bare: CPUID 0x.*$/gm) ?? []).toEqual([]);
  const [, answers, differences] = /^bare: (\d+) answers of CPUID, (\d+) of them not as before$/m.exec(output) ?? [];
  expect(Number(answers)).toBeGreaterThan(LEAST_ANSWERS);
  expect(differences).toBe("0");
}
