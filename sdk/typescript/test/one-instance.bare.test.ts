// Extensions with one instance for all processors

import { beforeAll, describe, expect, it } from "vitest";
import { LOADER_CPUIDS, machines } from "../../../kernel/test/bare/expected.ts";
import { buildSharedFixtures, fixture, runFixture } from "./fixtures.ts";

beforeAll(() => buildSharedFixtures(["one-instance"]));

describe("one instance for two processors", () => {
  it.each(machines)("is initialised once, and loses no count: %s", async (machine) => {
    const cpuids = 2000;
    const result = await runFixture(fixture("one-instance"), "", { machine, smp: 2, cpuids });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    // PP 0 leaves last; when it says what it sees, one more CPUID of its own is to come
    expect(result.ring).toContain("PP 0: bootstraps: 2, initialised: 1");
    expect(result.ring).toContain(`PP 0: counted: ${2 * (cpuids + LOADER_CPUIDS) - 1}`);
  });

  it("has no handlers: the build says so", async () => {
    await expect(buildSharedFixtures(["cheap"])).rejects.toThrow(/handlers and messages belong to one processor/);
  });
});
