// Every leaf and subleaf of CPUID as in leaves.bare.test.ts, on Bochs: an Intel processor says of SYSCALL in 64-bit code only

import { describe, it } from "vitest";
import { defaultExtensions, expectSameLeaves } from "./leaves.ts";

describe.each(["intel", "amd-bochs"])("on %s", (machine) => {
  it.each(defaultExtensions)("are the processor's with %s", async (name) => {
    await expectSameLeaves(name, machine);
  });
});
