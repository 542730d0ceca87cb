// INIT and SIPI of the root VM: zero gap, too many, none, all shorthands and destinations

import { beforeAll, describe, expect, it } from "vitest";
import type { Options } from "../../../kernel/test/bare/run.ts";
import { actionResult, buildProbes, buildSharedFixtures, fixture, runFixture, runProbe } from "./fixtures.ts";
import { lines, X2APIC, XAPIC } from "./sipi-lines.ts";

beforeAll(async () => {
  await buildProbes();
  await buildSharedFixtures(["init-sipi"]);
});

const runSipi = (options: Options) => runProbe("init-sipi", "sipi=1", options);

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

  it("they do with one instance for all of them", async () => {
    const result = await runFixture(fixture("init-sipi"), "sipi=1", { smp: 4 });
    expect(lines(result)).toEqual(XAPIC(3));
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  });

  it("they do on Bochs, where INIT changes CR2, of which the loader says so when it stops", async () => {
    const result = await runSipi({ machine: "amd-bochs", smp: 2 });
    expect(lines(result)).toEqual(XAPIC(1));
  });
});
