import { join } from "node:path";
import { HYPERCALL_COUNTER } from "@bareflank/abi";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/io-logger-rust/io-logger-rust.elf");

it.each(machines)("logs accesses to its ports, which happen all the same (%s)", async (machine) => {
  // Register 14 of the clock is memory that nobody uses here
  const append = `outb=0x70 value=14 inb=0x70 vmmcall=${HYPERCALL_COUNTER}`;
  const { ring, output, ...result } = await run(elf, { machine, append });
  expect(result, output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(ring).toContainEqual(expect.stringMatching(/^PP 0: OUT 0x70, 1 bytes: 0xe at RIP 0x[0-9a-f]+$/));
  expect(ring).toContainEqual(expect.stringMatching(/^PP 0: IN 0x70, 1 bytes: 0x[0-9a-f]+ at RIP 0x[0-9a-f]+$/));
  expect(ring).toContain("PP 0: port accesses: 2");
  expect(output).toContain("bare: vmmcall 0x0\n");
});

it("does not see other ports", async () => {
  const { ring } = await run(elf, { smp: 2, append: "inb=0x21" });
  expect(ring).toContain("PP 0: port accesses: 0");
  expect(ring).toContain("PP 1: port accesses: 0");
});

it.each(machines)("carries out REP OUTS as the processor does while the VM single-steps (%s)", async (machine) => {
  const { ring, output } = await run(elf, { machine, append: "outsb=0x80 steps=2" });
  // As io-logger: twice three iterations, and three other instructions
  expect(output.match(/^bare: steps .*$/gm)).toEqual(["bare: steps 0xc", "bare: steps 0xc"]);
  expect(ring).toContain("PP 0: port accesses: 7");
});
