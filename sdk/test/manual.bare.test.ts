// The extensions that docs/extensions.md shows: each is built and run

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitsLine, LOADER_CPUIDS, machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const manual = readFileSync(join(import.meta.dirname, "../../docs/extensions.md"), "utf8");
const packages = extensionPackages();
const CPUIDS = 20;

describe("the extension that the manual shows", () => {
  it.each([
    ["minimal", "ts"],
    ["c", "c"],
    ["cpp", "cpp"],
    ["rust", "rust"],
  ] as const)(
    "(%s) counts CPUIDs",
    async (template, word) => {
      const source = new RegExp(`^\`\`\`${word}\n(.*?)^\`\`\``, "ms").exec(manual)?.[1] ?? "";
      const image = await packages.build(template, template, source);
      for (const machine of machines) {
        const { ring, ...result } = await run(image, { machine, cpuids: CPUIDS });
        expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
        // The CPUID that stops comes after the count was printed.
        const lines = [`PP 0: CPUIDs: ${CPUIDS + LOADER_CPUIDS - 1}`, exitsLine(CPUIDS + LOADER_CPUIDS, 0, machine)];
        expect(ring.filter((line) => !line.endsWith(": in a VM now"))).toEqual(lines);
      }
    },
    PATIENCE,
  );
});
