import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { type Run, run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/self-protection/self-protection.elf");
const COUNT = "leaf=0x40000020";

const hiddenPages = ({ ring }: Run) => Number(/hidden: (\d+) pages/.exec(ring.join("\n"))?.[1] ?? "0");
const own = ({ output }: Run) => Number(/^bare: own (0x[0-9a-f]+)$/m.exec(output)?.[1] ?? "0");

it.each(machines)("shows zeros where the hypervisor is, all of it, and counts its pages (%s)", async (machine) => {
  const result = await run(elf, { machine, append: `${COUNT} own=1` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain("bare: not zero 0x0\n");
  expect(hiddenPages(result)).toBeGreaterThanOrEqual(64);
  expect(result.ring).toContain("PP 0: writes refused: 0");
});

it("refuses writes there by a general protection fault", async () => {
  const page = own(await run(elf, { append: "own=1" }));
  expect(page).toBeGreaterThan(0);
  const { output } = await run(elf, { append: `poke=${page}` });
  expect(output).toContain(`PP 0: warning: refused: 0x${page.toString(16)} at RIP `);
  expect(output).toContain("bare: exception 13, error code 0x0, at ");
});

it("does the same on two processors", async () => {
  const result = await run(elf, { smp: 2, append: COUNT });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
  expect(result.ring).toContain("PP 1: writes refused: 0");
});
