// Random instructions, compared with the processor of this machine

import { describe, expect, it } from "vitest";
import { Random } from "../../test-support/index.ts";
import { randomCase, randomString } from "./cases.ts";
import { type Case, execute, ripOf } from "./oracle.ts";
import { beginAnew, emulate, describe as told } from "./processors.ts";
import { ALL_FLAGS, FLAG, GROUPS, STRINGS } from "./templates.ts";

/** Declares the tests: `count` cases for each group of instructions and each size of code. */
export function compareWithProcessor(count: number, seed: number): void {
  describe.each([64, 32, 16] as const)("in %i-bit code", (bits) => {
    it.each(Object.entries(GROUPS))("%s are what the processor makes of them", (_, group) => {
      const random = new Random(seed + bits);
      compare(
        Array.from({ length: count }, () => randomCase(random, group, bits)),
        group.undefinedFlags,
      );
    });

    it.each(Object.entries(STRINGS))("%s is what the processor makes of it", (_, opcodes) => {
      const random = new Random(seed + bits);
      compare(
        Array.from({ length: count }, () => randomString(random, opcodes, bits)),
        0n,
      );
    });
  });
}

function compare(cases: readonly Case[], undefinedFlags: bigint): void {
  const definedFlags = ALL_FLAGS & ~undefinedFlags;
  const outcomes = execute(cases);
  beginAnew();
  cases.forEach((one, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error("no outcome");
    // Between two repetitions the flags are those before the first on some processors
    const flags = outcome.rip === ripOf(one.bits) ? FLAG.DF : definedFlags;
    const expected = told(one, outcome, flags);
    for (const kind of ["ram", "device"] as const) {
      const found = told(one, emulate(one, kind, index % 2 === 0), flags);
      if (found !== expected) {
        const name = `case ${index} (${kind}), ${one.bits} bits, ${Buffer.from(one.code).toString("hex")}, flags ${one.rflags.toString(16)}, ${one.general.map((value) => value.toString(16)).join(" ")}`;
        expect(`${name}\n${found}`).toBe(`${name}\n${expected}`);
      }
    }
  });
}
