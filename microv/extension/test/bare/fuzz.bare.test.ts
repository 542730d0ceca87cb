// Random hypercalls against the model (npm run fuzz -- --microv --seed S)

import { expect, it } from "vitest";
import { fuzzHypercalls } from "../fuzz/fuzz.ts";

const CALLS = 5000;

it.each([1, 2])("end as the model says, and each succeeds now and then, seed %i", async (seed) => {
  const { tallies, wrong, run } = await fuzzHypercalls({ machine: "amd", seed, calls: CALLS });
  expect(wrong).toEqual([]);
  expect(run).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const never = ["vm_create", "vp_create", "vs_create", "vm_map", "vm_unmap", "vs_run", "vs_reg_get_list"].filter(
    (name) => (tallies.get(name)?.succeeded ?? 0) < CALLS / 500,
  );
  expect(never).toEqual([]);
});

it.each([2, 4])("end so on %i processors at the same time, too", async (smp) => {
  const { tallies, wrong, run } = await fuzzHypercalls({ machine: "amd", seed: smp, calls: 2000, smp });
  expect(wrong).toEqual([]);
  expect(run).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(tallies.get("vs_destroy")?.succeeded).toBeGreaterThanOrEqual(10);
  expect(tallies.get("vs_run")?.succeeded).toBeGreaterThan(100);
});

it("end so on 2 processors that make and end the same objects, which leave nothing behind", async () => {
  const { tallies, wrong, run } = await fuzzHypercalls({ machine: "amd", seed: 1, calls: 2000, smp: 2, shared: true });
  expect(wrong).toEqual([]);
  expect(run).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const never = [...tallies].filter(([, { succeeded }]) => succeeded < 10);
  expect(never).toEqual([]);
});
