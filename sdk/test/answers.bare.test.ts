// Exits that an extension did not ask for, in every language: each reason has the answer of abi/src/exit-answers.ts

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NEXT_ADVANCE_AND_RUN, NEXT_FAIL, NEXT_RUN } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { amdAnswers, intelAnswers } from "../../abi/src/exit-answers.ts";
import { machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();

const sourceOf = (ending: string) => readFileSync(join(import.meta.dirname, "fixtures", `answers.${ending}`), "utf8");

/** What the callback ends with; `undefined`: only who asks sees such an exit, and does more about it in TypeScript. */
const NEXT = {
  ...{ FAIL: NEXT_FAIL, UNDEFINED: NEXT_RUN, MISSING: NEXT_RUN, SKIP: NEXT_ADVANCE_AND_RUN, RUN: NEXT_RUN },
  ...{
    FLUSH: NEXT_ADVANCE_AND_RUN,
    CPUID: NEXT_ADVANCE_AND_RUN,
    TIME: NEXT_ADVANCE_AND_RUN,
    MSR: NEXT_ADVANCE_AND_RUN,
  },
  ...{ XSETBV: NEXT_ADVANCE_AND_RUN, NMI_WINDOW: NEXT_RUN, RESET: 15 },
  ...{ IO: undefined, CONTROL: undefined, EVENT: undefined, WINDOW: undefined },
} as const;

const answers = { amd: amdAnswers, intel: intelAnswers };
/** Of both: which of them they are, what has come does not say. */
const asked = (value: number | undefined, index: number, all: readonly (number | undefined)[]) =>
  all[index] === undefined ? undefined : value;

describe.each([
  ["c", "c"],
  ["cpp", "cpp"],
  ["rust", "rs"],
  ["minimal", "ts"],
] as const)("an extension made of the template %s", (template, ending) => {
  it(
    "answers every exit reason as the table says, and runs on behind another's kick",
    async () => {
      const image = await packages.build(template, `answers-${ending}`, sourceOf(ending));
      for (const machine of machines) {
        const { ring, ...result } = await run(image, { machine });
        expect(result, result.output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
        const words = ring.flatMap((line) => /answers: (\d+)$/.exec(line)?.[1] ?? []).map(BigInt);
        const found = words.flatMap((word) =>
          Array.from({ length: 16 }, (_, i) => Number((word >> BigInt(4 * i)) & 15n)),
        );
        const expected = Array.from({ length: 256 }, (_, reason) => NEXT[answers[machine].get(reason) ?? "MISSING"]);
        expect(found.map((value, index) => asked(value, index, expected))).toEqual(expected);
        expect(ring).toContain(`PP 0: kicked: ${NEXT_RUN}`);
      }
    },
    PATIENCE,
  );

  // What TypeScript writes to which ports a unit test sees
  it.skipIf(ending === "ts")(
    "resets the machine where the root VM's processor shuts down",
    async () => {
      const source = sourceOf(ending).replace(/return (Ok\()?15\)?; \/\/ the machine would be reset/, "{}");
      expect(source).not.toBe(sourceOf(ending));
      const image = await packages.build(template, `reset-${ending}`, source);
      const { kind, folder, output } = await run(image);
      rmSync(folder ?? "", { recursive: true });
      // QEMU ends instead, in the middle of the eighth word
      expect([kind, output.split("answers: ").length - 1], output).toEqual(["powered-off", 7]);
    },
    PATIENCE,
  );
});
