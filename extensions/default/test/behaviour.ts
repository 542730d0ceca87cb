// What the default extension does, whatever it is written in

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitsLine, LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const build = join(import.meta.dirname, "../../../build/extensions");

const CPUIDS = 1000;
/** The extension cannot count the CPUID that stops it before it prints its count. */
const ANSWERED = CPUIDS + LOADER_CPUIDS - 1;

const count = (length: number) => Array.from({ length }, (_, cpu) => cpu);

/** Tests an extension that claims to do the same as `default`. */
export function describeBehaviour(name: string): void {
  const elf = join(build, name, `${name}.elf`);

  describe(name, () => {
    const each = machines.flatMap((machine) => [1, 2].map((smp) => ({ machine, smp })));
    it.each(each)("answers and counts CPUIDs, and stops, on $smp processors of $machine", async ({ machine, smp }) => {
      const result = await run(elf, { machine, smp, cpuids: CPUIDS });
      expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: count(smp) });
      expect(result.ring).toEqual([
        ...count(smp).map((cpu) => `PP ${cpu}: in a VM now`),
        ...count(smp)
          .reverse()
          .flatMap((cpu) => [
            `PP ${cpu}: leaving the VM, CPUIDs answered: ${ANSWERED}`,
            exitsLine(CPUIDS + LOADER_CPUIDS, cpu, machine),
          ]),
      ]);
      expect(result.output).toContain("bare: stopped, registers as before\n");
    });

    it("gives the operating system each NMI once, whatever mode it finds its processor in", async () => {
      const result = await run(elf, { machine: "intel", smp: 2, append: "nmis=200" });
      expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
      expect(result.output).toContain("bare: processor 1: NMIs sent 200, received 200");
    });

    it.each([0x1, 0x7, 0x4000_0000, 0x4000_0001, 0x4000_00fe, 0xffff_ffff])(
      "answers CPUID leaf %i, and counts it",
      async (leaf) => {
        const result = await run(elf, { cpuids: 7, append: `leaf=${leaf}` });
        expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
        expect(result.ring).toContain(exitsLine(7 + LOADER_CPUIDS));
      },
    );
  });
}
