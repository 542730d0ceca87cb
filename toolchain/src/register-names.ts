// The names of a VS's registers, which the microkernel prints by number

import { amdRegisters, intelRegisters } from "../../abi/src/registers.ts";
import type { Table } from "../../abi/src/schema.ts";

/** A register as kernel/src/syscall/dump.ts prints it. */
const REGISTER = /^ {2}(AMD|Intel) register (\d+) +/;

const names = ({ constants }: Table, prefix: string) =>
  new Map(constants.map(({ name, value }) => [Number(value), name.slice(prefix.length).toLowerCase()]));

let tables: Record<string, ReadonlyMap<number, string>> | undefined;

/** `  rip 0x8000` for `  AMD register 97 0x8000`; other lines stay. */
export function nameRegister(line: string): string {
  return line.replace(REGISTER, (text, vendor: string, number: string) => {
    tables ??= { AMD: names(amdRegisters, "AMD_REG_"), Intel: names(intelRegisters, "INTEL_REG_") };
    const name = tables[vendor]?.get(Number(number));
    return name === undefined ? text : `  ${name} `;
  });
}
