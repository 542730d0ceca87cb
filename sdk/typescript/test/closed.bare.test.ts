// A hostile VM beside the operating system: nothing of the machine reaches it but what its extension gives

import { beforeAll, expect, it } from "vitest";
import { machines } from "../../../kernel/test/bare/expected.ts";
import { buildProbes, runProbe } from "./fixtures.ts";

const LEAF = 0x4000_0040;

beforeAll(() => buildProbes());

it.each(machines)(
  "has no port, no MSR and no memory of the machine's, and may be destroyed in its handler (%s)",
  async (machine) => {
    const result = await runProbe("hostile", `eax=${LEAF}`, { machine });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
    expect(result.output).toContain("bare: eax 0x1\n");
    expect(result.ring).toContain("PP 0: port 0xff, refused 2, found no memory at 0x8000");
    expect(result.output).not.toContain("\u0001");
  },
);
