// Memory in a row that no chunk has: asked for in one exit, there in a later one, and the operating system's again when it is freed

import { join } from "node:path";
import { expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { run } from "../../../kernel/test/bare/run.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/memory-user/memory-user.elf");
const TAKE_RUN = 0x4000_0014;
const GIVE_RUN = 0x4000_0015;
const MIB = 1 << 20;
/** What the machine of 256 MiB lends besides a start, at most, is a quarter. */
const RUN_MIB = 33;
/** A run is whole pages of 2 MiB. */
const RUN_BYTES = 34 * MIB;

const values = (output: string, name: string) =>
  [...output.matchAll(new RegExp(`^bare: ${name} (0x[0-9a-f]+)\\r?$`, "gm"))].map(([, value]) => Number(value));

it.each(machines)(
  "a run of 33 MiB comes and goes, and what the hypervisor holds is as before (%s)",
  async (machine) => {
    const append = `balance=3 ask=${TAKE_RUN} subleaf=${RUN_MIB} back=${GIVE_RUN}`;
    const result = await run(elf, { machine, append });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(values(result.output, "ask")).toEqual([0, RUN_MIB, RUN_MIB]);
    expect(values(result.output, "back")).toEqual([0]);
    const [, start = 0] = /^bare: started, memory (\d+)/m.exec(result.output)?.map(Number) ?? [];
    expect(values(result.output, "held")).toEqual([start + RUN_BYTES, start + RUN_BYTES, start + RUN_BYTES, start]);
  },
);

it.each([
  ["more than the hypervisor may hold", 128],
  ["more than a call takes", 1025],
  ["nothing", 0],
  ["more than the register can say in bytes", 0xffff_ffff],
])("%s is not to be had, and nothing is lost (%s MiB)", async (_, mib) => {
  const result = await run(elf, {
    machine: "amd",
    append: `balance=3 ask=${TAKE_RUN} subleaf=${mib} back=${GIVE_RUN}`,
  });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(values(result.output, "ask")).toEqual([0, 0, 0]);
  const [, start = 0] = /^bare: started, memory (\d+)/m.exec(result.output)?.map(Number) ?? [];
  expect(new Set(values(result.output, "held"))).toEqual(new Set([start]));
});
