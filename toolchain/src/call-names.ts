// The names of what an extension's SDK writes into the debug ring by number: system calls, statuses, reasons of exits

import { amdExits, intelExits } from "../../abi/src/callbacks.ts";
import type { Table } from "../../abi/src/schema.ts";
import { status, syscalls } from "../../abi/src/syscalls.ts";

/** As sdk/typescript/src/life/failure.ts, sdk/c/native/refused.c, sdk/rust/src/log.rs and exits/dispatch.ts write them. */
const CALL = /\bsystem call (0x[0-9a-f]+)(?= refused: )/;
const STATUS = /\bstatus (0x[0-9a-f]{16})\b/g;
const EXIT = /\b(AMD|Intel) exit (0x[0-9a-f]+)/;

const names = (prefix: string, ...tables: readonly Table[]) =>
  new Map(
    tables.flatMap(({ constants }) =>
      constants.map(({ name, value }) => [BigInt(value), name.slice(prefix.length)] as const),
    ),
  );

let tables: Record<"call" | "status" | "AMD" | "Intel", ReadonlyMap<bigint, string>> | undefined;

function known(): NonNullable<typeof tables> {
  tables ??= {
    call: names("SYSCALL_", syscalls),
    status: names("STATUS_", status),
    AMD: names("AMD_EXIT_", amdExits),
    Intel: names("INTEL_EXIT_", intelExits),
  };
  return tables;
}

/** `system call vs_write refused: status INVALID_INPUT_REG1`, `AMD exit NESTED_PAGE_FAULT (0x400)`; other lines stay. */
export function nameCallsAndExits(line: string): string {
  return line
    .replace(CALL, (_, call: string) => `system call ${known().call.get(BigInt(call))?.toLowerCase() ?? call}`)
    .replace(STATUS, (_, code: string) => `status ${known().status.get(BigInt(code)) ?? code}`)
    .replace(EXIT, (text, vendor: "AMD" | "Intel", reason: string) => {
      const name = known()[vendor].get(BigInt(reason));
      return name === undefined ? text : `${vendor} exit ${name} (${reason})`;
    });
}
