// A guest that tries to reach past its nested page tables, beside a page that it must not change (fixtures/hostile-guest.S)

import { join } from "node:path";
import { expect, it } from "vitest";
import { compile } from "./compile.ts";
import { run } from "./run.ts";

const LEAF = 0x4000_0050;
const fixtures = join(import.meta.dirname, "fixtures");
const conformance = join(import.meta.dirname, "../conformance/extension");

/** What came of its attempts: executed, #UD, #GP; nothing above, or the canary was changed, or SVME seen. */
const outcome = (executed: number, undefinedOpcodes: number, protections: number) =>
  `bare: eax 0x${((executed << 16) | (undefinedOpcodes << 8) | protections).toString(16)}\n`;

it.each([
  // INVD, WBINVD and a read of EFER; six instructions of SVM; MSRs, RDPMC and ports
  ["amd", "version 2", ["VERSION_2", "HOSTILE_AMD"], outcome(3, 6, 9)],
  // Ports, RDPMC and the APIC's base are a guest's of version 1
  ["amd", "version 1", ["HOSTILE_AMD"], outcome(3, 6, 4)],
  ["amd-bochs", "version 2", ["VERSION_2", "HOSTILE_AMD"], outcome(3, 6, 9)],
  // WBINVD; MSRs, RDPMC and ports
  ["intel", "version 2", ["VERSION_2"], outcome(1, 0, 5)],
] as const)("changes nothing on %s in %s", async (machine, _, defines, expected) => {
  const extension = compile({
    sources: [
      join(fixtures, "hostile.c"),
      join(fixtures, "hostile-guest.S"),
      join(conformance, "entry.S"),
      join(conformance, "vendor.c"),
    ],
    script: join(conformance, "layout.ld"),
    defines,
  });
  const result = await run(extension, { machine, append: `eax=${LEAF}` });
  expect(result.output).toContain(expected);
  expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
});
