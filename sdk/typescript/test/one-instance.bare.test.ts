// Extensions with one instance for all processors

import { beforeAll, describe, expect, it } from "vitest";
import { LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { buildSharedFixtures, fixture, MOST_KIB, runFixture } from "./fixtures.ts";

beforeAll(() => buildSharedFixtures(["one-instance", "shared-handlers", "shared-mail"]));

describe("one instance for two processors", () => {
  it.each(machines)("is initialised once, and loses no count: %s", async (machine) => {
    const cpuids = 2000;
    const result = await runFixture(fixture("one-instance"), "", { machine, smp: 2, cpuids });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    // PP 0 leaves last; when it says what it sees, one more CPUID of its own is to come
    expect(result.ring).toContain("PP 0: bootstraps: 2, initialised: 1");
    expect(result.ring).toContain(`PP 0: counted: ${2 * (cpuids + LOADER_CPUIDS) - 1}`);
  });

  it.each(machines)("grows one memory, in which each sees at once what the other has added: %s", async (machine) => {
    const cpuids = 300;
    const result = await runFixture(fixture("one-instance"), `leaf=${0x4000_1000} together=1`, {
      machine,
      smp: 2,
      cpuids,
    });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.ring).toContain(`PP 0: pages: ${MOST_KIB / 64}, touched: ${2 * cpuids}`);
  });

  it.each(machines)("has handlers, registered once for all, and each exit what is its own: %s", async (machine) => {
    const cpuids = 500;
    const append = `leaf=${0x4000_1000} together=1`;
    const result = await runFixture(fixture("shared-handlers"), append, { machine, smp: 2, cpuids });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    const calls = 2 * cpuids;
    const totals = `bootstraps 2, calls ${calls} and ${calls}, wrong 0, left 2, unloaded 1`;
    expect(result.ring.join("\n")).toContain(`PP 0: ${totals}`);
  });

  it.each(machines)("has messages, each processor its own, in order: %s", async (machine) => {
    const cpuids = 300;
    const result = await runFixture(fixture("shared-mail"), "", { machine, smp: 2, cpuids });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    const totals = (cpu: number) =>
      /count (\d+), sent (\d+), received (\d+), wrong (\d+)/
        .exec(result.ring.findLast((line) => line.startsWith(`PP ${cpu}: count`)) ?? "")
        ?.slice(1)
        .map(Number) ?? [];
    const [count, sent = -1, received, wrong] = totals(0);
    const [, sentToIt = -1, receivedThere = -1, wrongThere] = totals(1);
    // The exit by which a processor leaves sends one more, behind what it prints
    expect(count).toBe(cpuids + LOADER_CPUIDS - 1);
    expect([wrong, wrongThere]).toEqual([0, 0]);
    expect(sentToIt).toBeGreaterThan(0);
    // The first processor leaves last: by then all has come that was sent to it
    expect(received).toBeGreaterThanOrEqual(sentToIt);
    expect(received).toBeLessThanOrEqual(sentToIt + 1);
    expect(receivedThere).toBeLessThanOrEqual(sent + 1);
    expect(receivedThere).toBeGreaterThan(0);
  });

  it.each(["service"])("has no %s: the build says so", async (name) => {
    await expect(buildSharedFixtures([name])).rejects.toThrow(/belong to one processor/);
  });
});
