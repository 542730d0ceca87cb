// A VS and its processor as a test describes them, and what the checks that ship say of it

import { expect } from "vitest";
import { loadPart } from "../test-support/index.ts";

interface Checks {
  setRegister(number: number, value: bigint): void;
  setMsr(index: number, value: bigint): void;
  setCpuid(leaf: number, result: number, value: number): void;
  explain(isIntel: number): number;
  describe(isIntel: number, what: number, isSection: number): number;
  character(index: number): number;
}

/** Registers by their names in the ABI, in small letters, without the vendor's prefix. */
export type Registers = Readonly<Record<string, bigint>>;
export type Msrs = Readonly<Record<number, bigint>>;
/** CPUID results: EAX, EBX, ECX, EDX by leaf. */
export type Cpuid = Readonly<Record<number, readonly [number, number, number, number]>>;

export interface Described {
  readonly registers: Registers;
  readonly msrs?: Msrs;
  readonly cpuid: Cpuid;
}

/** What a broken rule says. */
export interface Explanation {
  readonly rule: string;
  readonly register: string;
  readonly section: string;
  readonly sentence: string;
}

/** Makes a function that explains why a VS is refused; undefined when no rule is broken. */
export function explainer(vendor: "INTEL" | "AMD", constants: Readonly<Record<string, unknown>>) {
  const numbers = (prefix: string) =>
    Object.entries(constants).filter(([name]) => name.startsWith(prefix)) as [string, number][];
  const registers = numbers(`${vendor}_REG_`);
  const rules = numbers(`${vendor}_RULE_`);
  const named = (list: [string, number][], wanted: number) => list.find(([, number]) => number === wanted)?.[0] ?? "";
  const isIntel = vendor === "INTEL" ? 1 : 0;
  return ({ registers: values, msrs = {}, cpuid }: Described): Explanation | undefined => {
    const checks = loadPart<Checks>("entry-checks").exports;
    for (const [name, value] of Object.entries(values)) {
      const register = registers.find(([constant]) => constant === `${vendor}_REG_${name.toUpperCase()}`);
      expect(register, name).toBeDefined();
      checks.setRegister(register?.[1] ?? 0, value);
    }
    for (const [index, value] of Object.entries(msrs)) checks.setMsr(Number(index), value);
    for (const [leaf, results] of Object.entries(cpuid)) {
      for (const [result, value] of results.entries()) checks.setCpuid(Number(leaf), result, value);
    }
    const what = checks.explain(isIntel);
    if (what === 0) return undefined;
    const text = (isSection: number) =>
      String.fromCharCode(
        ...Array.from({ length: checks.describe(isIntel, what, isSection) }, (_, i) => checks.character(i)),
      );
    return {
      rule: named(rules, what & 0xfff).slice(`${vendor}_RULE_`.length),
      register: named(registers, (what >> 12) & 0xfff)
        .slice(`${vendor}_REG_`.length)
        .toLowerCase(),
      section: text(1),
      sentence: text(0),
    };
  };
}
