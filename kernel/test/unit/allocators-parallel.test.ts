// Several processors that allocate and free at once: processes on the same memory, which run the allocators' machine code

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { allocatorImage, compileProgram } from "../native/compile.ts";

const OPERATIONS = 60_000;
const SEED = 20_261_129;
const MINUTES = 60_000;

interface Sums {
  readonly taken: number;
  readonly given: number;
  readonly failures: number;
  readonly asBefore: boolean;
}

/** Faults of locks: kernel/test/native/layout.h. */
const FAULTS = [
  { name: "ticket locks that let everybody in", fault: 1 },
  { name: "locks of stores that do so", fault: 2 },
  { name: "a lock given back twice", fault: 3 },
  { name: "two locks taken in both orders", fault: 4 },
];

function run(processors: number, fault = 0): Sums {
  const program = compileProgram("parallel", [join(import.meta.dirname, "../native/parallel.c")]);
  const words = [allocatorImage("kernel-memory-locks"), processors, OPERATIONS, SEED, fault].map(String);
  return JSON.parse(execFileSync(program, words, { encoding: "utf8", timeout: 4 * MINUTES, stdio: "pipe" })) as Sums;
}

describe("allocators under a checker of locks", () => {
  test.each([1, 2, 4])(
    "with %i processors: nobody gets what another has, and nothing is missing in the end",
    (processors) => {
      const { taken, given, failures, asBefore } = run(processors);
      expect(given).toBe(taken);
      expect(taken).toBeGreaterThan((OPERATIONS * processors) / 3);
      // All memory was used up at times, so pages were looked for in others' stores
      expect(failures).toBeGreaterThan(100);
      expect(asBefore).toBe(true);
    },
    5 * MINUTES,
  );

  test.each(FAULTS)(
    "and it notices $name",
    ({ fault }) => {
      const isAsItShould = () => {
        const { taken, given, asBefore } = run(4, fault);
        return given === taken && asBefore;
      };
      expect(() => expect(isAsItShould()).toBe(true)).toThrow();
    },
    5 * MINUTES,
  );
});
