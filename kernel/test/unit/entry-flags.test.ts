// Ways from ring 3 into the kernel, as machine code: RFLAGS.AC is clear before memory is touched that ring 3 can reach
//
// SMAP does not hold while AC is set (APM volume 2, 5.6.6), which ring 3 may do, and an interrupt gate leaves it.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PP_AREA_BASE, VENDOR_INTEL } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { partPath } from "../../../bsl/test-support/index.ts";
import { inBootstrap } from "../machine/extension-life.ts";
import { MSR } from "../machine/processor.ts";

const RFLAGS_AC = 1n << 18n;
const VECTORS = 32;
const STUB_BYTES = 16;
const PUSH_FLAGS = "pushq $2";

const image = fileURLToPath(new URL("kernel.debug.elf", `file://${partPath("kernel")}`));

interface Instruction {
  readonly address: number;
  readonly text: string;
}

/** The instructions of a label of entry.S, up to the next one. */
function disassemble(label: string): Instruction[] {
  const flags = ["-d", "--no-show-raw-insn", `--disassemble-symbols=${label}`, image];
  const lines = execFileSync("llvm-objdump", flags).toString().split("\n");
  return lines.flatMap((line) => {
    const [, address, text] = /^\s*([0-9a-f]+):\s+(.*)/.exec(line) ?? [];
    return address === undefined || text === undefined
      ? []
      : [{ address: Number.parseInt(address, 16), text: text.replace(/\s+/g, " ").replace(/ #.*/, "") }];
  });
}

const upTo = (code: readonly Instruction[], end: (text: string) => boolean): string[] =>
  code
    .slice(
      0,
      code.findIndex(({ text }) => end(text)),
    )
    .map(({ text }) => text);

/** What a common entry does of its own before AC is clear may be nothing but pushes of registers and numbers. */
const isPush = (text: string) => /^pushq (%r|\$)/.test(text);

describe("an exception, which keeps AC as ring 3 had it,", () => {
  const stubs = disassemble("exception_stubs");
  const common = disassemble("exception");
  const entry = common[0]?.address ?? 0;

  test.each(Array.from({ length: VECTORS }, (_, vector) => [vector]))(
    "of vector %i only pushes on its way",
    (vector) => {
      const start = (stubs[0]?.address ?? 0) + vector * STUB_BYTES;
      const code = stubs.filter(({ address }) => address >= start && address < start + STUB_BYTES);
      const way = upTo(code, (text) => text.startsWith("jmp"));
      expect(way.filter((text) => !isPush(text))).toEqual([]);
      expect(way.at(-1)).toBe(`pushq $${vector}`);
      expect(code[way.length]?.text).toMatch(new RegExp(`^jmp 0x${entry.toString(16)} `));
    },
  );

  test("has it cleared behind its registers' pushes, before anything else", () => {
    const way = upTo(common, (text) => text === "popfq");
    expect(way.filter(isPush)).toHaveLength(16);
    // Before them NMIs are held back where they were open: by the processor's own block, which ring 3 has no page of
    expect(way.slice(0, -16)).toEqual([
      expect.stringMatching(/^cmpl \$0, \d+$/),
      expect.stringMatching(/^je /),
      "clgi",
    ]);
    expect(way.at(-1)).toBe(PUSH_FLAGS);
  });

  test("has no way that sets it again before the kernel's code", () => {
    const call = upTo(common, (text) => text.startsWith("callq"));
    expect(call.filter((text) => text === "popfq" || text.startsWith("stac"))).toEqual(["popfq"]);
  });
});

describe("a system call, which AC is masked of,", () => {
  test.each(["syscall_entry", "syscall_entry_open", "intel_syscall_entry"])(
    "touches nothing but the processor's block in %s",
    (label) => {
      const way = upTo(disassemble(label), (text) => text.startsWith("callq"));
      expect(way.length).toBeGreaterThan(8);
      for (const text of way) {
        expect(text).not.toMatch(/\(|popf|stac/);
        const memory = /, (\d+)$/.exec(text)?.[1];
        if (memory !== undefined) expect(BigInt(memory)).toBeGreaterThanOrEqual(PP_AREA_BASE);
      }
    },
  );

  test.each([undefined, VENDOR_INTEL])("masks AC by SFMASK in host mode (vendor %s)", (vendor) => {
    const { pp } = inBootstrap(vendor === undefined ? {} : { vendor });
    expect(pp.processor.rdmsr(MSR.SFMASK) & RFLAGS_AC).toBe(RFLAGS_AC);
  });

  test("on Intel, takes a guest's SFMASK only where that masks AC", () => {
    const tests = disassemble("intel_exit_entry").filter(({ text }) => text.startsWith("testl $"));
    const masks = tests.map(({ text }) => BigInt(/\$(\d+)/.exec(text)?.[1] ?? 0));
    expect(masks.filter((mask) => (mask & RFLAGS_AC) !== 0n)).toHaveLength(1);
  });
});
