// A hostile VM beside the operating system, of an extension in C: nothing of the machine reaches it but what it is given

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const LEAF = 0x4000_0040;
const LEAF_WITHOUT_MEMORY = 0x4000_0041;
const packages = extensionPackages();
let image = "";

beforeAll(async () => {
  image = await packages.build("c", "hostile", readFileSync(join(import.meta.dirname, "fixtures/hostile.c"), "utf8"));
}, PATIENCE);

it.each(machines)("has no port, no MSR and no memory of the machine's (%s)", async (machine) => {
  const result = await run(image, { machine, append: `eax=${LEAF}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.output).toContain("bare: eax 0x1\n");
  // OUT, OUTS, IN and RDMSR
  expect(result.ring).toContain("PP 0: port 0x0, refused 4, found no memory at 0x8000");
  expect(result.output).not.toContain("\u0001");
});

it.each(machines)("executes nothing when it is given no memory (%s)", async (machine) => {
  const result = await run(image, { machine, append: `eax=${LEAF_WITHOUT_MEMORY}` });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(result.ring).toContain("PP 0: port 0x0, refused 0, found no memory at 0x7c00");
});
