// Every leaf and subleaf of CPUID, asked by the root VM from 64-bit, 32-bit and 16-bit code, against what the processor said before

import { it } from "vitest";
import { defaultExtensions, expectSameLeaves } from "./leaves.ts";

it.each(defaultExtensions)("are the processor's with %s", async (name) => {
  await expectSameLeaves(name, "amd");
});
