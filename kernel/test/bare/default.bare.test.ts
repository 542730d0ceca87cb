import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { exitsLine, LOADER_CPUIDS } from "./expected.ts";
import { run } from "./run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");
/** The extension cannot count the CPUID that stops it before it prints its count. */
const ANSWERED = LOADER_CPUIDS - 1;

const count = (length: number) => Array.from({ length }, (_, cpu) => cpu);

describe("the default extension", () => {
  it.each([1, 2, 4])("answers every CPUID in ring 3, and nothing else exits, on %i processors", async (smp) => {
    const cpuids = 1000 + smp;
    const result = await run(DEFAULT, { smp, cpuids });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: count(smp) });
    expect(result.ring).toEqual([
      ...count(smp).map((cpu) => `PP ${cpu}: in a VM now`),
      ...count(smp)
        .reverse()
        .flatMap((cpu) => [
          `PP ${cpu}: leaving the VM, CPUIDs answered: ${cpuids + ANSWERED}`,
          exitsLine(cpuids + LOADER_CPUIDS, cpu),
        ]),
    ]);
    expect(result.output).toContain("bare: stopped, registers as before\n");
  });

  it.each([
    ["amd", 1],
    ["amd", 4],
    ["intel", 2],
  ] as const)("begins with 2 MiB of memory and 256 KiB for each processor (%s, %i)", async (machine, smp) => {
    const result = await run(DEFAULT, { machine, smp, append: "least=0" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: count(smp) });
    const held = Number(/^bare: started, memory (\d+)$/m.exec(result.output)?.[1]);
    expect(held).toBeLessThanOrEqual(0x20_0000 + smp * 0x4_0000);
  });

  it("starts and stops ten times without losing a page", async () => {
    const result = await run(DEFAULT, { smp: 2, append: "cycles=10" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    expect(result.output.match(/^bare: stopped, registers as before$/gm)).toHaveLength(10);
  });

  it.each([0x4000_0000, 0x4000_0001, 0x4000_00fe, 0x7fff_ffff, 0xffff_ffff])(
    "lives through CPUIDs of leaf %i, and counts them",
    async (leaf) => {
      const result = await run(DEFAULT, { cpuids: 7, append: `leaf=${leaf}` });
      expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
      expect(result.ring).toContain(exitsLine(7 + LOADER_CPUIDS));
    },
  );
});

describe("an extension in assembly, on the system call interface alone", () => {
  it.each([1, 2, 4])("does the same on %i processors", async (smp) => {
    const result = await run(assemble(), { smp, cpuids: 500 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: count(smp) });
    expect(result.ring).toEqual(
      count(smp)
        .reverse()
        .map((cpu) => exitsLine(500 + LOADER_CPUIDS, cpu)),
    );
  });
});
