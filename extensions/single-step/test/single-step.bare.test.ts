import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/single-step/single-step.elf");

it.each(machines)("logs each instruction of a function, every time that it is called (%s)", async (machine) => {
  const { ring, ...result } = await run(elf, { machine, append: `hook=${0x4000_0050}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output.match(/^bare: called 0x1$/gm)).toHaveLength(2);
  const lines = ring.flatMap((line) => {
    const match = /^PP 0: RIP (0x[0-9a-f]+), RAX (0x[0-9a-f]+)$/.exec(line);
    return match === null ? [] : [{ rip: Number(match[1]), rax: Number(match[2]) }];
  });
  // MOV EAX, 1 has 5 bytes; RET is behind it
  const start = lines[0]?.rip ?? 0;
  expect(lines.map(({ rip }) => rip - start)).toEqual([0, 5, 0, 5]);
  expect(start % 0x1000).toBe(0);
  expect(lines[1]?.rax).toBe(1);
  expect(lines[3]?.rax).toBe(1);
  expect(ring).toContain("PP 0: instructions in the range: 4");
});

it("logs nothing when no range is named", async () => {
  const { ring } = await run(elf, { smp: 2, append: "hook=0" });
  expect(ring).toContain("PP 0: instructions in the range: 0");
});
