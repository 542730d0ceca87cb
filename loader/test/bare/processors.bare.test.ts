// Processors that lack something are refused by what they lack, before anything is touched

import { join } from "node:path";
import {
  ERROR_NO_EPT,
  ERROR_NO_SVM,
  ERROR_NO_UNRESTRICTED_GUEST,
  ERROR_NO_VMX,
  ERROR_VENDOR,
  PHASE_NONE,
} from "@bareflank/abi";
import { expect, it } from "vitest";
import { EXIT_LOADER } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const DEFAULT = join(import.meta.dirname, "../../../build/extensions/default/default.elf");

it.each([
  ["AMD's without SVM", "amd", "EPYC,-svm,-hypervisor,tcg-cpuid=off", ERROR_NO_SVM],
  ["one of neither vendor", "amd", "max,vendor=CentaurHauls,tcg-cpuid=off", ERROR_VENDOR],
  ["Intel's without VMX", "amd", "Skylake-Server,-vmx,-hypervisor,tcg-cpuid=off", ERROR_NO_VMX],
  ["Intel's without EPT", "intel", "core2_penryn_t9600", ERROR_NO_EPT],
  ["Intel's without unrestricted guest", "intel", "corei5_lynnfield_750", ERROR_NO_UNRESTRICTED_GUEST],
])("%s", async (_, machine, cpu, error) => {
  const result = await run(DEFAULT, { machine, cpu });
  expect(result.exitCode).toBe(EXIT_LOADER);
  expect(result.report).toEqual({ operation: "start", error, cpu: 0, phase: PHASE_NONE, file: 0, detail: 0n });
  expect(result.ring).toEqual([]);
});
