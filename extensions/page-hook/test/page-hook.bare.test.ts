import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/page-hook/page-hook.elf");
const results = (output: string, what: string) =>
  [...output.matchAll(new RegExp(`^bare: ${what} (0x[0-9a-f]+)$`, "gm"))].map(([, value]) => Number(value));

it.each(machines)("executes the patched page, and reads the real one, in turns (%s)", async (machine) => {
  const { ring, ...result } = await run(elf, { machine, append: "hook=0x40000030" });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(results(result.output, "called")).toEqual([2, 2]);
  expect(results(result.output, "read")).toEqual([1, 1]);
  expect(ring).toContainEqual(expect.stringMatching(/^PP 0: hooked 0x[0-9a-f]+000$/));
  expect(ring).toContain("PP 0: executions of the hooked page: 2");
});

it("leaves the function alone when it was not asked", async () => {
  const { output } = await run(elf, { smp: 2, append: "hook=0" });
  expect(results(output, "called")).toEqual([1, 1]);
  expect(results(output, "read")).toEqual([1, 1]);
});
