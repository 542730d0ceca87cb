// Every rule of the catalogue as a processor refuses it: what the microkernel says of the state that breaks it
//
// One boot tries all of them. The states are those of the unit tests of the checks; here it is the processor that refuses.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as abi from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { amdRules, intelRules } from "../../../abi/src/entry-rules.ts";
import * as amd from "../../../bsl/test/entry-cases-amd.ts";
import * as intel from "../../../bsl/test/entry-cases-intel.ts";
import type { Registers } from "../../../bsl/test/entry-checks.ts";
import { compile } from "./compile.ts";
import { run } from "./run.ts";

type Vendor = "AMD" | "INTEL";
const ALL = 0xffff_ffffn;
const constants = abi as unknown as Readonly<Record<string, number>>;

interface Case {
  readonly rule: string;
  readonly registers: Registers;
  readonly register: string;
}

/** What became of a case: the rule's sentence, or that the processor took the state, or that it cannot be written. */
interface Result extends Case {
  readonly said: string;
}

/** What Bochs 2.7 neither refuses nor runs: it ends where MTF is to be injected, and halts for good with a trap pending. */
const MTF = 7n << 8n;
const isMtf = ({ vmentry_interrupt_information_field: event = 0n }: Registers) => (event & 0x700n) === MTF;
const isHalted = (rule: string, { activity_state = 0n }: Registers) => rule === "DEBUG_STEP" && activity_state !== 0n;

/** States that differ in registers alone, and not in the processor. */
const CASES: Readonly<Record<Vendor, readonly Case[]>> = {
  AMD: amd.cases.flatMap(([rule, registers, register, other]) =>
    other === undefined ? [{ rule, registers, register }] : [],
  ),
  INTEL: intel.cases.flatMap(([rule, registers, register, other]) =>
    other === undefined && !isMtf(registers) && !isHalted(rule, registers) ? [{ rule, registers, register }] : [],
  ),
};

/** A state that the processors here take; whatever it would do then exits at once. */
const GOOD: Readonly<Record<Vendor, Registers>> = {
  AMD: {
    ...Object.fromEntries(Object.keys(zeroes("AMD")).map((name) => [name, 0n])),
    ...amd.linux,
    cr3: 0x1000n,
    cr4: 0x6f0n,
    msrpm_base_pa: 0x2000n,
    iopm_base_pa: 0x4000n,
    guest_asid: 2n,
    rflags: 2n,
    intercept_exception: ALL,
    intercept_instruction1: ALL,
  },
  INTEL: {
    ...zeroes("INTEL"),
    ...intel.linux,
    address_of_msr_bitmaps: 0x3000n,
    virtual_processor_identifier: 2n,
    exception_bitmap: ALL,
  },
};

/** Registers that some case changes, and the good state does not name. */
function zeroes(vendor: Vendor): Registers {
  const names = new Set(CASES[vendor].flatMap(({ registers }) => Object.keys(registers)));
  return Object.fromEntries([...names].map((name) => [name, 0n]));
}

/** Path of the extension with the states in it. */
function build(vendor: Vendor, cases: readonly Case[]): string {
  const rows: string[] = [];
  const put = (registers: Registers) => {
    const first = rows.length;
    for (const [name, value] of Object.entries(registers)) {
      rows.push(`{BF_${vendor}_REG_${name.toUpperCase()}, 0x${value.toString(16)}u}`);
    }
    return `{${first}, ${rows.length}}`;
  };
  const good = put(GOOD[vendor]);
  const states = cases.map(({ registers }) => `{${put(registers)}}`);
  const fixtures = join(import.meta.dirname, "fixtures");
  const text = [
    `#include "${join(fixtures, "entry-rules.h")}"`,
    `const struct value values[] = {${rows.join(", ")}};`,
    `const struct part good = ${good};`,
    `const struct state states[] = {${states.join(", ")}};`,
    `const u32 state_count = ${cases.length};`,
  ];
  const folder = resolve(import.meta.dirname, "../../../build/test/bare/entry-rules");
  mkdirSync(folder, { recursive: true });
  const generated = join(folder, `${vendor.toLowerCase()}.c`);
  writeFileSync(generated, `${text.join("\n")}\n`);
  const shared = join(import.meta.dirname, "../conformance/extension");
  return compile({
    sources: [join(fixtures, "entry-rules.c"), generated, join(shared, "entry.S"), join(shared, "vendor.c")],
    script: join(shared, "layout.ld"),
  });
}

const LINE = /^0x([0-9a-f]{16}) 0x([0-9a-f]{16})$/;
const REFUSAL = /the processor refuses VS \d+: (.*)$/;
const UNWRITABLE = 0xbad0n;
const NOT_WRITTEN = "cannot be written";
const TAKEN = "taken";
/** Milliseconds for all states of a vendor on a busy machine. */
const PATIENCE = 270_000;

/** Runs all states in one boot. */
async function tryAll(machine: string, vendor: Vendor): Promise<Result[]> {
  const cases = CASES[vendor];
  const { output } = await run(build(vendor, cases), { machine, cpuids: 1, timeout: 200 });
  const results: Result[] = [];
  let refusal: string | undefined;
  for (const line of output.split("bare: debug ring")[0]?.split(/\r?\n/) ?? []) {
    refusal = REFUSAL.exec(line)?.[1] ?? refusal;
    const [, state = "", what = ""] = LINE.exec(line) ?? [];
    const chosen = cases[Number(`0x${state}`)];
    if (state === "" || chosen === undefined) continue;
    const isUnwritable = BigInt(`0x${what}`) >> 48n === UNWRITABLE;
    results.push({ ...chosen, said: isUnwritable ? NOT_WRITTEN : (refusal ?? TAKEN) });
    refusal = undefined;
  }
  return results;
}

/** The rule whose sentence the microkernel said, naming the register; or what became of the state otherwise. */
function outcomeOf(vendor: Vendor, { said, register }: Result): string {
  const number = constants[`${vendor}_REG_${register.toUpperCase()}`];
  const manual = vendor === "AMD" ? "APM 2" : "SDM 3";
  const { constants: rules } = vendor === "AMD" ? amdRules : intelRules;
  const rule = rules.find(({ doc = "" }) => {
    const [section = "", ...words] = doc.split(" ");
    const [head = "", tail = ""] = words.join(" ").split("%");
    return said.startsWith(head) && said.includes(`${tail} (${manual}, ${section}); register ${number} is `);
  });
  return rule?.name.replace(/^[A-Z]+_RULE_/, "") ?? said;
}

/** Rules that no state here can break: why, and which. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  // What a VS gets is sanitised; QEMU's processor lacks the bits of CR4, and does not check what only nested paging has
  amd: ["EFER_SVME", "LONG_PAE", "CET", "N_CR3", "G_PAT"],
  intel: [
    // Controls and control registers are sanitised
    ...["PIN_RESERVED", "PRIMARY_RESERVED", "SECONDARY_RESERVED", "EXIT_RESERVED", "ENTRY_RESERVED", "HOST_64"],
    ...["VIRTUAL_NMIS", "NMI_WINDOW", "CR4_FIXED", "CR4_CET", "LONG_PG"],
    // The processor has no such feature, or only the processor writes the register
    ...["POSTED_CONTROLS", "POSTED_VECTOR", "POSTED_DESCRIPTOR", "SUB_PAGE", "BNDCFGS", "HOST_STATE", "LOAD_MSR"],
    "PDPTE_IN_MEMORY",
    // Bochs 2.7 does not check it
    ...["DEBUGCTL", "RIP", "DEBUG_STEP"],
  ],
};

describe.each([
  ["amd", "AMD"],
  ["intel", "INTEL"],
] as const)("a state that the processor of %s refuses", (machine, vendor) => {
  it(
    "is explained by the rule that it breaks, and each rule was seen that can be",
    async () => {
      const results = await tryAll(machine, vendor);
      expect(results.map(({ rule }) => rule)).toEqual(CASES[vendor].map(({ rule }) => rule));
      const wrong = results.map((result) => ({ ...result, outcome: outcomeOf(vendor, result) })).filter(isWrong);
      expect(wrong).toEqual([]);
      const seen = new Set(results.map((result) => outcomeOf(vendor, result)));
      const unseen = new Set(CASES[vendor].map(({ rule }) => rule).filter((rule) => !seen.has(rule)));
      expect([...unseen].sort()).toEqual([...(UNSEEN[machine] ?? [])].sort());
    },
    PATIENCE,
  );
});

/** Whether a refusal was explained by another rule; where a bit that the processor lacks is the first, by that. */
function isWrong({ rule, outcome }: { rule: string; outcome: string }): boolean {
  return outcome !== rule && outcome !== TAKEN && outcome !== NOT_WRITTEN && outcome !== "CR4_RESERVED";
}
