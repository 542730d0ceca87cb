// bfm vmcall: a hypercall, with eight registers there and back

import type { Driver } from "../driver.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Outcome } from "../outcome.ts";

/** What is asked of the extension. */
export interface Hypercall {
  readonly cpu: string;
  /** Values of the first registers, as they were typed; the others are zero. */
  readonly values: readonly string[];
}

/** Registers of a hypercall, in the order in which they are typed and shown. */
export const REGISTERS = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9"] as const;

export function vmcall(openDriver: () => Driver, { cpu, values }: Hypercall): Outcome {
  if (!/^\d+$/.test(cpu)) throw wrong(`"${cpu}" is no processor's number`);
  if (values.length > REGISTERS.length)
    throw wrong(`${values.length} registers are too many: there are ${REGISTERS.length}`);
  const given = values.map(parse);
  const results = openDriver().vmcall(
    Number(cpu),
    REGISTERS.map((_, index) => given[index] ?? 0n),
  );
  const shown = REGISTERS.map((name, index) => [name, `0x${(results[index] ?? 0n).toString(16)}`] as const);
  return {
    text: shown.map(([name, value]) => `${name} ${value}`).join("\n"),
    facts: { cpu: Number(cpu), registers: Object.fromEntries(shown) },
  };
}

function parse(text: string): bigint {
  if (!/^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(text) || BigInt(text) > 0xffff_ffff_ffff_ffffn) {
    throw wrong(`"${text}" is no register's value: write it in decimal, or in hexadecimal with 0x in front`);
  }
  return BigInt(text);
}

function wrong(message: string): Failure {
  return new Failure("USAGE", exitCodes.usage, message, "See what can be typed: bfm vmcall --help");
}
