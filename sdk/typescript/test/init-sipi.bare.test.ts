// INIT and SIPI of the root VM: zero gap, too many, none, all shorthands and destinations

import { beforeAll, describe, expect, it } from "vitest";
import type { Options, Run } from "../../../kernel/test/bare/run.ts";
import { actionResult, buildProbes, runProbe } from "./fixtures.ts";

beforeAll(() => buildProbes());

const runSipi = (options: Options) => runProbe("init-sipi", "sipi=1", options);
const lines = (result: Run) =>
  result.output.split(/\r?\n/).flatMap((line) => (line.startsWith("bare: sipi: ") ? [line.slice(12)] : []));

/** What must have started, of so many other processors: at the first page, at the second. */
const BOTH_MODES = (others: number): string[] => [
  "INIT and SIPI without a gap: 1 and 0",
  // CR0.CD and NW stay as they are: clear
  "CS 0x8000, CR0 0x10, EDX the signature",
  "SIPI without INIT: 0 and 0",
  "second SIPI: 1 and 0",
  "INIT while it waits: 0 and 1",
  "INIT alone: 0 and 0",
  "SIPI later: 1 and 0",
  "SIPI for the sender alone: 0 and 0",
  `all but the sender: ${others} and 0`,
  `all: 0 and ${others}`,
  `broadcast: ${others} and 0`,
];
const XAPIC = (others: number) => [...BOTH_MODES(others), "group: 1 and 0", "cluster: 0 and 1"];

const X2APIC = (others: number) =>
  [...BOTH_MODES(others), "logical: 0 and 1"].map((line) => (line.startsWith("CS") ? line : `x2APIC: ${line}`));

describe.each(["amd", "intel"] as const)("on %s", (machine) => {
  it("the processor that started the hypervisor leaves long mode and comes back, with what it wants in CR0", async () => {
    const alone = await runProbe("cheap", "eax=0", { machine });
    const result = await runProbe("init-sipi", "unpaged=1", { machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    // PE, MP, ET, WP: neither PG nor NE, which VMX wants set
    expect(actionResult(result, "unpaged")).toBe(0x1_0013n);
    expect(actionResult(result, "leaf")).toBe(actionResult(alone, "eax"));
  });
});

describe("on Intel", () => {
  it("processors start and start again, in xAPIC mode and x2APIC mode", async () => {
    const result = await runSipi({ machine: "intel", smp: 2 });
    expect(lines(result)).toEqual([...XAPIC(1), ...X2APIC(1)]);
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  });
});

describe("on AMD", () => {
  it.each([2, 4])("%i processors start and start again, in xAPIC mode", async (smp) => {
    const result = await runSipi({ smp });
    expect(lines(result)).toEqual(XAPIC(smp - 1));
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  });

  it("they do on Bochs, where INIT changes CR2, of which the loader says so when it stops", async () => {
    const result = await runSipi({ machine: "amd-bochs", smp: 2 });
    expect(lines(result)).toEqual(XAPIC(1));
  });
});
