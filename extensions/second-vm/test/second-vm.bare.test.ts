import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/second-vm/second-vm.elf");
const LEAF = 0x4000_0040;

it.each(machines)("executes 16-bit code in a VM of its own, and answers the root VM (%s)", async (machine) => {
  const { ring, ...result } = await run(elf, { machine, append: `eax=${LEAF} ecx=100 own=1` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain("bare: eax 0x133\n");
  // The root VM does not see the hypervisor
  expect(result.output).toContain("bare: not zero 0x0\n");
  expect(ring).toContain("PP 0: runs of the second VM: 1");
  expect(ring).toContain(`bareflank: PP 0: exits by reason: ${machine === "amd" ? "0x72=14 0x78=1" : "0xa=14 0xc=1"}`);
});

it.each(machines)("makes and ends VMs a thousand times on each processor of %s", async (machine) => {
  const { ring, ...result } = await run(elf, { machine, smp: 2, cpuids: 1000, append: `leaf=${LEAF}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
  expect(ring).toContain("PP 0: runs of the second VM: 1000");
  expect(ring).toContain("PP 1: runs of the second VM: 1000");
});
