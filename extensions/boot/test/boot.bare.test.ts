import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";
import { actionResult } from "../../../sdk/typescript/test/fixtures.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/boot/boot.elf");

const each = machines.flatMap((machine) => [1, 2].map((smp) => ({ machine, smp })));

it.each(each)("starts and stops on $smp processors of $machine", async ({ machine, smp }) => {
  const { ring, ...result } = await run(elf, { machine, smp, cpuids: 50 });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const processors = Array.from({ length: smp }, (_, cpu) => cpu);
  expect(ring.slice(0, smp)).toEqual(processors.map((cpu) => `PP ${cpu}: in a VM now`));
});

it("shows nothing of SVM, whose leaf is all zeroes", async () => {
  const result = await run(elf, { append: "eax=0x8000000a" });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
  expect(actionResult(result, "eax")).toBe(0n);
});
