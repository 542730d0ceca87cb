// Messages that go round and round between two extensions: a watchdog ends that

import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../../kernel/test/bare/run.ts";
import { buildProbes } from "./fixtures.ts";

const manifest = join(import.meta.dirname, "fixtures/rounds.json");

it("are taken off the processor, whoever runs at that moment, and the VM goes on", async () => {
  await buildProbes();
  const result = await run([], { manifest, smp: 2, cpuids: 1, append: "leaf=0x40000021 watchdog=100" });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
  for (const cpu of [0, 1]) {
    expect(result.ring).toContain(`PP ${cpu}: no more rounds`);
    expect(result.output).toContain(`bareflank: the extension is overdue on PP ${cpu}: vector 2`);
  }
});
