// Requests between extensions: client and service of fixtures/

import { join } from "node:path";
import { expect, it } from "vitest";
import { run } from "../../../kernel/test/bare/run.ts";
import { buildProbes } from "./fixtures.ts";

const NOTHING = "0x0 0x0 0x0 0x0";

it.each([
  { runtime: "none", file: "services.json", more: "" },
  // Each extension has two tables, and its messages change both
  { runtime: "none", file: "services.json", more: "isolate=1" },
  { runtime: "managed", file: "managed-services.json", more: "" },
] as const)("are answered on every processor, or the client hears why not: $runtime, $more", async (options) => {
  const { runtime, file, more } = options;
  await buildProbes(runtime);
  const manifest = join(import.meta.dirname, "fixtures", file);
  const { ring, ...result } = await run([], { manifest, smp: 2, cpuids: 1, append: `leaf=0x40000020 ${more}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
  for (const cpu of [0, 1]) {
    const prefix = `PP ${cpu}: `;
    const told = ring.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
    const answers = told.filter((line) => !line.startsWith("error: "));
    expect(answers).toEqual([
      "in a VM now",
      "sum: answered 0x2a 0x7fffffff00000000 0x1 0x0",
      `zeroes: answered ${NOTHING}`,
      "the service asks itself: busy",
      "one that may not ask: denied",
      `no service: refused ${NOTHING}`,
      `nobody: refused ${NOTHING}`,
      `dead now: dead ${NOTHING}`,
      `dead: dead ${NOTHING}`,
    ]);
  }
});
