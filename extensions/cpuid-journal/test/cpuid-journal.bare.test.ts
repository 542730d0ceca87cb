import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../kernel/test/bare/run.ts";
import { SymbolTable } from "../../../toolchain/src/index.ts";

const build = join(import.meta.dirname, "../../../build/extensions/cpuid-journal");
const elf = join(build, "cpuid-journal.elf");
const CPUIDS = 50;
const LEAF_COUNT = 0x4000_0020;
const LEAF_COUNT_STRICT = 0x4000_0021;

const eax = (output: string) => Number(/^bare: eax (0x[0-9a-f]+)$/m.exec(output)?.[1]);

describe("the journal of CPUIDs", () => {
  it("tells how often a leaf was asked for, and all of them at the end", async () => {
    const append = `leaf=7 eax=${LEAF_COUNT} ecx=7`;
    const { ring, output, ...result } = await run(elf, { cpuids: CPUIDS, append });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(eax(output)).toBe(CPUIDS);
    expect(ring).toContain(`PP 0: leaf 0x7: ${CPUIDS}`);
    const leaves = ring.flatMap((line) => /^PP 0: leaf (0x[0-9a-f]+): /.exec(line)?.[1] ?? []).map(Number);
    expect(leaves).toEqual([...leaves].sort((a, b) => a - b));
  });

  it("catches the error of a leaf that never was asked for", async () => {
    const { ring, output } = await run(elf, { cpuids: 1, append: `eax=${LEAF_COUNT} ecx=1234` });
    expect(eax(output)).toBe(0);
    expect(ring.join("\n")).not.toContain("error");
  });

  it("reports it, with the functions it went through, when nobody catches it", async () => {
    const append = `eax=${LEAF_COUNT_STRICT} ecx=1234`;
    const { ring, ...result } = await run(elf, { cpuids: 1, append });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    expect(ring).toContain("PP 0: error: RangeError: leaf 1234 was never asked for");
    const symbols = new SymbolTable(readFileSync(join(build, "cpuid-journal.debug.elf")));
    const names = ring.flatMap((line) => {
      const address = /^PP 0: error: {3}at (0x[0-9a-f]+)$/.exec(line)?.[1];
      return address === undefined ? [] : (symbols.symbolize(BigInt(address)) ?? "");
    });
    expect(names.join("\n")).toContain("extensions/cpuid-journal/src/journal/Journal#count");
    expect(names.join("\n")).toContain("extensions/cpuid-journal/src/main/answering~anonymous");
  });

  it("does not grow with the number of exits", async () => {
    const { ring, ...result } = await run(elf, { cpuids: 20_000, smp: 2 });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    for (const cpu of [0, 1]) expect(ring.some((line) => line.startsWith(`PP ${cpu}: leaf 0x0: `))).toBe(true);
  });
});
