// What an extension does and what comes while it runs, with an isolated kernel: the same on every machine

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { type Options, run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
export const ISOLATED = "isolate=1";
export const RUN_ON = "CHECKED(VS_ADVANCE_IP_AND_RUN_CURRENT)";

const later = (code: string) => `inc dword ptr [rip + divisor]; cmp dword ptr [rip + divisor], 5; jne 8f; ${code}; 8:`;
const stops = (output: string) => output.match(/^bare: stopped, registers as before$/gm)?.length;

/** Tests on machines and numbers of processors. */
export function describeIsolated(...cases: readonly (readonly ["amd" | "amd-bochs" | "intel", number])[]): void {
  describe.each(cases)("on %s with %i processors", (machine, smp) => {
    const options: Options = { machine, smp, cpuids: 50 };

    it("the default extension starts, works on all at once, stops, and starts again", async () => {
      const watched = smp === 1 ? "" : "watchdog=2000 ";
      const append = `${ISOLATED} ${watched}together=1 cycles=2${machine === "amd" && smp > 1 ? " nmis=100" : ""}`;
      const result = await run(DEFAULT, { ...options, append });
      expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(stops(result.output)).toBe(2);
      if (machine === "amd" && smp > 1) expect(result.output).toContain("NMIs sent 100, received 100");
    });

    it("a fault is the fail callback's, and the exit goes on behind it", async () => {
      const vendor = machine === "intel" ? "intel" : "amd";
      const extension = assemble({ vmexit: later("ud2"), fail: RUN_ON }, vendor);
      const result = await run(extension, { ...options, append: `${ISOLATED} together=1` });
      expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
      expect(result.output).toContain("vector 6, error code 0x0");
    });
  });
}
