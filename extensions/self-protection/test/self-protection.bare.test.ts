import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { type Run, run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/self-protection/self-protection.elf");
const HIDE = "leaf=0x40000020";

/** Where the longest run of hidden pages begins: with the loader's page tables, which are never empty. */
const longestRun = ({ ring }: Run) =>
  Number(/hidden: \d+ pages, most of them from (0x[0-9a-f]+)/.exec(ring.join("\n"))?.[1] ?? "0");

it("hides more than the loader's first chunk, and gives it back when it leaves", async () => {
  const result = await run(elf, { append: HIDE });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const pages = Number(/pages that were hidden: (\d+)/.exec(result.ring.join("\n"))?.[1]);
  expect(pages).toBeGreaterThanOrEqual(1024);
  expect(result.ring).toContain("PP 0: writes refused: 0");
});

it.each(machines)("shows zeros where the hypervisor is, until it hides nothing (%s)", async (machine) => {
  const page = longestRun(await run(elf, { machine, append: HIDE }));
  expect(page).toBeGreaterThan(0);
  const shown = await run(elf, { machine, append: `peek=${page}` });
  const hidden = await run(elf, { machine, append: `${HIDE} peek=${page}` });
  expect(hidden.output).toContain("bare: peek 0x0\n");
  expect(shown.output).toMatch(/^bare: peek 0x[0-9a-f]{2,}$/m);
  expect(shown).toMatchObject({ kind: "exit", exitCode: 0 });
  expect(hidden).toMatchObject({ kind: "exit", exitCode: 0 });
});

it("refuses writes there by a general protection fault", async () => {
  const page = longestRun(await run(elf, { append: HIDE }));
  const { output } = await run(elf, { append: `${HIDE} poke=${page}` });
  expect(output).toContain(`PP 0: warning: refused: 0x${page.toString(16)} at RIP `);
  expect(output).toContain("bare: exception 13, error code 0x0, at ");
});

it("does the same on two processors", async () => {
  const result = await run(elf, { smp: 2, append: HIDE });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
  expect(result.ring).toContain("PP 1: writes refused: 0");
});
