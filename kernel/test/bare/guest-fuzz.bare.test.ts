// Random instructions of a processor's master, executed by a second VM

import { expect, it } from "vitest";
import { fuzzGuest } from "../fuzz/guest/guest.ts";

const AMD_EXIT_IO = 0x7b;
const AMD_EXIT_MSR = 0x7c;
const AMD_EXIT_SHUTDOWN = 0x7f;
const AMD_EXIT_VMSAVE = 0x83;

it("a guest changes nothing that is not its own", async () => {
  const { exits, wrong } = await fuzzGuest({ machine: "amd", cases: 1500, seed: 7 });
  expect(wrong).toEqual([]);
  for (const reason of [AMD_EXIT_MSR, AMD_EXIT_SHUTDOWN, AMD_EXIT_VMSAVE]) expect(exits.get(reason)).toBeGreaterThan(5);
}, 120_000);

it("a guest changes nothing, either, that only the microkernel has closed", async () => {
  const { exits, wrong } = await fuzzGuest({ machine: "amd", cases: 1000, seed: 11, settings: { closed: 0 } });
  expect(wrong).toEqual([]);
  for (const reason of [AMD_EXIT_MSR, AMD_EXIT_IO]) expect(exits.get(reason)).toBeGreaterThan(5);
}, 120_000);

it("the fuzzer sees what a guest could change", async () => {
  const { wrong } = await fuzzGuest({ machine: "amd", cases: 20, seed: 7, settings: { plant: 1 } });
  expect(wrong).toContain("fuzz: WRONG: page 0x3000000 changed");
  expect(wrong.join("\n")).toContain("fuzz: WRONG: memory beside the guest's changed at");
}, 120_000);
