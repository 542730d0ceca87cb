// What C, C++ and Rust have of the SDK for TypeScript: one extension in each language, the same exits, the same lines

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { machines } from "../../kernel/test/bare/expected.ts";
import { run } from "../../kernel/test/bare/run.ts";
import { extensionPackages, PATIENCE } from "./extension-package.ts";

const packages = extensionPackages();
const sourceOf = (ending: string) => readFileSync(join(import.meta.dirname, "fixtures", `parity.${ending}`), "utf8");

/** What the platform does in the root VM; the order is its own. */
const ACTIONS =
  "outb=0x80 value=0xa5 outsb=0x3ff inb=0x21 rdmsr=0x1b cr4=0x204 vmmcall=0x4000 hlt=1 sti=1 ud=1 poke=0xa000008 " +
  `eax=${0x4000_0060}`;

/** A fault with its code, an interrupt, an NMI and that there is one: APM volume 2, 15.20. */
const BEGINNING = [
  `event ${0x1234_8000_0b0dn}`,
  `event ${0x8000_0040}`,
  `event ${0x8000_0202 + 1}`,
  "none 0",
  "shadow 1",
  "shadow 0",
  "broken 0",
  "in a VM now",
];
const EXITS = [`OUT ${0xa501}`, "CR 4", "changes 4", `write of ${0xa00_0008}`, "present 1"];
const HYPERCALL = [
  `translated ${0xa00_1000}`,
  "user 1",
  "beyond 1",
  "read 1",
  "written 1",
  `word ${0xddee_ff00_1122_3344n}`,
  `physical ${0x99aa_bbcc_ddee_ff00n}`,
  "copied 1",
  "refused 1",
  "decoded 1",
  `opcode ${0x0103}`, // VMMCALL and VMCALL: 0F 01, three bytes
  "general 1",
];
/** A VM beside the root VM, of 16-bit code: what it writes to port 80h, and to its memory. */
const SECOND = [`OUT ${0x3401}`, "mode 2", `stored ${0x1234}`, "outside 0", "root 0", "freed 1"];
const END = ["writes 2", "strings 1", "halts 1", "undefined 1", "windows 1", "steps 3"];

describe.each([
  ["c", "c"],
  ["cpp", "cpp"],
  ["rust", "rs"],
] as const)("an extension in %s", (template, ending) => {
  it(
    "handles exits, raises events, and reads the guest's memory and instructions as one in TypeScript does",
    async () => {
      const image = await packages.build(template, `parity-${ending}`, sourceOf(ending));
      for (const machine of machines) {
        const { ring, output, ...result } = await run(image, { machine, append: ACTIONS });
        expect(result, output).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
        const said = ring.filter((line) => line.startsWith("PP 0: ")).map((line) => line.slice("PP 0: ".length));
        expect(said).toEqual([...BEGINNING, ...EXITS, ...SECOND, ...HYPERCALL, ...END]);
        for (const [action, value] of Object.entries({
          ...{ rdmsr: "0x123456789", inb: "0xa5", poke: "0xa5", eax: "0x77", vmmcall: "0x4001" },
        })) {
          expect(output).toContain(`bare: ${action} ${value}`);
        }
        expect(Number(/bare: cr4 (\S+)/.exec(output)?.[1]) & 0x204).toBe(0x200);
      }
    },
    PATIENCE,
  );
});

describe("an extension in C with a handler", () => {
  it(
    "answers a CPUID in at most 225 instructions, and has at most 68 KiB",
    async () => {
      const source = [
        "#include <bareflank/extension.h>",
        "static _Thread_local uint64_t count;",
        "static bool on_cpuid(bf_exit exit) { count += bf_cpuid_exit_leaf(exit) == 0; return false; }",
        "enum bf_next bootstrap(bf_pp pp) { bf_root_start(pp); bf_on_cpuid(on_cpuid); return bf_run; }",
        "enum bf_next vmexit(bf_vs vs, uint64_t reason) { return bf_handle_exit(vs, reason); }",
      ];
      const image = await packages.build("c", "cheap", `${source.join("\n")}\n`);
      expect(statSync(image).size).toBeLessThanOrEqual(68 * 1024);
      const { output } = await run(image, { cpuids: 1000, icount: true });
      expect(Number(/in the root VM: (\d+) each/.exec(output)?.[1])).toBeLessThanOrEqual(225);
    },
    PATIENCE,
  );
});
