// Two VMs that write different values into one MSR of the processor, and the operating system between them

import { beforeAll, expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { buildProbes, runProbe } from "./fixtures.ts";

const LEAF = 0x4000_0041;

beforeAll(() => buildProbes());

it.each(machines)("each finds its own TSC_AUX, and the operating system its own (%s)", async (machine) => {
  const result = await runProbe("own-msrs", `eax=${LEAF}`, { machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain("bare: eax 0x1\n");
  expect(result.ring).toContain("PP 0: writes 0x0 0x2222");
  expect(result.ring).toContain("PP 0: reads 0x1111 0x1111");
  expect(result.ring).toContain("PP 0: root 0x42 0x2222");
});
