import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/msr-monitor/msr-monitor.elf");
const STAR = 0xc000_0081;
const LSTAR = 0xc000_0082;
/** What the bare platform has in STAR (loader/bare/descriptors.ts): another value would be missed after stop. */
const VALUE = "0x23001000000000";

it.each(machines)("logs a write, and lets it happen (%s)", async (machine) => {
  const { ring, ...result } = await run(elf, { machine, smp: 2, append: `wrmsr=${STAR} rdmsr=${STAR} value=${VALUE}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain(`bare: rdmsr ${VALUE}\n`);
  expect(ring).toContainEqual(expect.stringContaining(`PP 0: MSR 0xc0000081 := ${VALUE} at RIP 0x`));
  expect(ring).toContain("PP 0: MSR writes allowed: 1");
  expect(ring).toContain("PP 1: MSR writes allowed: 0");
});

it.each(machines)("refuses to move the entry of system calls (%s)", async (machine) => {
  const { output } = await run(elf, { machine, append: `wrmsr=${LSTAR} value=0x1234` });
  expect(output).toContain("PP 0: warning: refused: MSR 0xc0000082 := 0x1234 at RIP ");
  expect(output).toContain("bare: exception 13, error code 0x0, at ");
});
