// Enumerations for bare-metal TypeScript: the registers and intercepts of the tables, as types

import { amdExits } from "./callbacks.ts";
import { intercepts, registers } from "./portable.ts";
import { amdRegisters, intelRegisters } from "./registers.ts";
import type { Constant, Table } from "./schema.ts";
import { banner, hex } from "./spelling.ts";

/** Exit reasons of AMD that are bits of the two words of intercepted instructions: 32 each, from here on. */
const FIRST_INSTRUCTION = 0x60n;
const LAST_INSTRUCTION = 0x9fn;

interface Enumeration {
  readonly name: string;
  readonly doc: string;
  readonly members: readonly Constant[];
}

const without = (prefix: string, constants: readonly Constant[]): Constant[] =>
  constants.map((constant) => ({ ...constant, name: constant.name.slice(prefix.length) }));

/** Constants of one vendor whose number is not in either half of a portable one. */
function vendorOnly(own: Table, prefix: string, half: (both: bigint) => bigint): Constant[] {
  const shared = new Set(registers.constants.filter(({ name }) => name !== "REG_CPL").map(({ value }) => half(value)));
  return without(
    prefix,
    own.constants.filter(({ value }) => !shared.has(value)),
  );
}

const amdHalf = (both: bigint) => both & 0xffffn;
const intelHalf = (both: bigint) => both >> 16n;

/** Instructions and events that only SVM can intercept, as `register << 5 | bit`. */
function amdInstructions(): Constant[] {
  const shared = new Set(intercepts.constants.map(({ value }) => amdHalf(value)));
  const word = amdRegisters.constants.find(({ name }) => name === "AMD_REG_INTERCEPT_INSTRUCTION1")?.value ?? 0n;
  return without(
    "AMD_EXIT_",
    amdExits.constants
      .filter(({ name, value }) => value >= FIRST_INSTRUCTION && value <= LAST_INSTRUCTION && !name.includes("_TRAP"))
      .map(({ name, value }) => ({ name, value: (word << 5n) + (value - FIRST_INSTRUCTION) }))
      .filter(({ value }) => !shared.has(value)),
  );
}

const enumerations: readonly Enumeration[] = [
  {
    name: "Register",
    doc: "A register that every processor has: an argument of Vs.get and Vs.set.",
    members: without("REG_", registers.constants),
  },
  {
    name: "AmdRegister",
    doc: "A register that only AMD has: an argument of vs.amd.read and write (APM volume 2, appendix B).",
    members: vendorOnly(amdRegisters, "AMD_REG_", amdHalf).filter(({ name }) => name !== "CPL"),
  },
  {
    name: "IntelRegister",
    doc: "A register that only Intel has: an argument of vs.intel.read and write (SDM volume 3, appendix B).",
    members: vendorOnly(intelRegisters, "INTEL_REG_", intelHalf),
  },
  {
    name: "Instruction",
    doc: "An instruction or event that a VM can be made to exit for: an argument of Vs.intercept and Vs.release.",
    members: without("INTERCEPT_", intercepts.constants),
  },
  {
    name: "AmdInstruction",
    doc: "One that only SVM can intercept: an argument of vs.amd.intercept (APM volume 2, 15.9).",
    members: amdInstructions(),
  },
];

const camel = (name: string) =>
  name
    .split("_")
    .map((word) => `${word[0]}${word.slice(1).toLowerCase()}`)
    .join("");

const member = ({ name, value, doc }: Constant) =>
  `${doc === undefined ? "" : `  /** ${doc} */\n`}  ${camel(name)} = ${hex(value)},\n`;

/** enumerations.ts */
export function enumerationsFile(): string {
  const texts = enumerations.map(
    ({ name, doc, members }) => `\n/** ${doc} */\nexport enum ${name} {\n${members.map(member).join("")}}\n`,
  );
  return banner("//") + texts.join("");
}
