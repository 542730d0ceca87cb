// The extensions that docs/extensions.md shows: each is built and run

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HYPERCALL_COUNTER } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { exitsLine, LOADER_CPUIDS, machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const manual = readFileSync(join(import.meta.dirname, "../../docs/extensions.md"), "utf8");
/** The manual's piece of code with these words. */
function pieceWith(words: string): string {
  const pieces = [...manual.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, code = ""]) => code);
  return pieces.find((code) => code.includes(words)) ?? "";
}

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

describe("the handlers that the manual shows", () => {
  const good = { kind: "exit", exitCode: 0, report: undefined };

  it(
    "in C hide a port, count, and tell from where it was used",
    async () => {
      const image = await packages.build("c", "c-handlers", pieceWith("bf_on_io(hide)"));
      for (const machine of machines) {
        const append = `outb=0x80 value=5 inb=0x80 vmmcall=${HYPERCALL_COUNTER}`;
        const { ring, output, ...result } = await run(image, { machine, append });
        expect(result).toMatchObject(good);
        expect(output).toContain("bare: inb 0xff\n");
        expect(output).toContain("bare: vmmcall 0x0\n");
        expect(ring.filter((line) => / at 0x/.test(line))).toEqual([
          expect.stringMatching(/^PP 0: OUT at 0x[0-9a-f]+$/),
          expect.stringMatching(/^PP 0: IN at 0x[0-9a-f]+$/),
        ]);
      }
    },
    PATIENCE,
  );

  it(
    "in C++ refuse what clears SMEP, and nothing else",
    async () => {
      const source = pieceWith("on_control_write(keep_smep)");
      const image = await packages.build("cpp", "cpp-handlers", source);
      // The bare machine has no SMEP to clear: here it is said to be on
      const said = source.replace("exit.vs().get(BF_REG_CR4)", "exit.vs().get(BF_REG_CR4) | smep");
      expect(said).not.toBe(source);
      const refusing = await packages.build("cpp", "cpp-refusing", said);
      for (const machine of machines) {
        const { ring, ...result } = await run(image, { machine, append: "cr4=8" });
        expect(result).toMatchObject(good);
        expect(result.output).toMatch(/^bare: cr4 0x[0-9a-f]*[89a-f]$/m);
        expect(ring).toContain("PP 0: SMEP stays");
        const { output } = await run(refusing, { machine, append: "cr4=8" });
        expect(output).toContain("bare: exception 13, error code 0x0, at ");
        expect(output).toMatch(/^PP 0: CR4 is 0x[0-9a-f]+, and not to be 0x[0-9a-f]+: RIP 0x[0-9a-f]+$/m);
      }
    },
    PATIENCE,
  );
});
