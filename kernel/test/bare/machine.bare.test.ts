import { ERROR_NO_MEMORY, ERROR_NO_NX, ERROR_NO_SVM, ERROR_VENDOR } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { EXIT_LOADER } from "./expected.ts";
import { type Options, run } from "./run.ts";

const NO_CPU = 0xffff_ffff;

/** The start is refused before a processor was touched: the kernel has not written a word. */
const refused = async (options: Options, error: number, cpu: number) => {
  const result = await run(assemble(), options);
  expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [], ring: [] });
  expect(result.report).toMatchObject({ operation: "start", error, cpu, phase: 0, file: 0 });
  return result.report?.detail;
};

describe("a processor", () => {
  it.each([
    ["without SVM", "EPYC,-svm", ERROR_NO_SVM],
    ["without NX", "EPYC,+svm,-nx", ERROR_NO_NX],
    ["of another vendor", "EPYC,+svm,vendor=CentaurHauls,tcg-cpuid=off", ERROR_VENDOR],
  ])("%s is refused", async (_name, cpu, error) => {
    expect(await refused({ cpu }, error, 0)).toBe(0n);
  });
});

describe("memory", () => {
  it.each([0, 1, 3])("that runs out for processor %i is noticed before any processor is touched", async (cpu) => {
    const detail = await refused({ smp: 4, append: `fail=${cpu}` }, ERROR_NO_MEMORY, cpu);
    expect(detail).toBeGreaterThan(0n);
  });

  it("that is not there at all is noticed, and how much was asked for", async () => {
    const detail = await refused({ memory: "101M" }, ERROR_NO_MEMORY, NO_CPU);
    expect(detail).toBeGreaterThanOrEqual(0x40_0000n);
  });
});
