// As many objects of a kind as 16 bits can name: made, refused, and given back

import { STATUS_FAILURE_UNKNOWN } from "@bareflank/abi";
import { expect } from "vitest";
import { assemble } from "./assemble.ts";
import { type Run, run } from "./run.ts";

/** Makes objects until a call fails: prints the last identifier, and the status. */
const makeAll = (registers: string, call: string) =>
  `61: ${registers}; CALL_WITH_HANDLE(${call}); test rax, rax; jnz 62f; mov r14, rdi; inc r15; jmp 61b; 62: mov rbx, rax`;
/** Prints two registers. */
const print = (first: string, second: string) => `mov rdi, ${first}; mov rsi, ${second}; CALL(DEBUG_OUT)`;

const hex = (value: bigint) => `0x${value.toString(16).padStart(16, "0")}`;

/** What makes them, what a call needs in RSI and RDX, and how many there can be. */
export interface Limit {
  readonly create: string;
  readonly destroy: string;
  readonly registers: string;
  readonly most: number;
  /** What comes before anything is counted. */
  readonly prepare?: string;
}

/** Makes them all in the bootstrap of an extension of version 2, with one too many, and destroys them, the last one first. */
export async function expectLimit(
  { create, destroy, registers, most, prepare = "nop" }: Limit,
  options: Parameters<typeof run>[1],
): Promise<void> {
  const extension = assemble({
    version2: true,
    bootstrap: [
      // One page, and a table, likewise
      `${prepare}; ${registers}; CHECKED(${create}); mov rsi, rdi; CHECKED(${destroy})`,
      "CALL(DEBUG_DUMP_PAGE_POOL); xor r15d, r15d",
      makeAll(registers, create),
      print("r15", "rbx"),
      // Its index is the last one
      "movzx r14d, r14w; xor r12d, r12d",
      `63: mov rsi, r14; CALL_WITH_HANDLE(${destroy}); test rax, rax; jnz 64f; inc r12; 64: dec r14; jns 63b`,
      print("r12", "r14"),
      "CALL(DEBUG_DUMP_PAGE_POOL)",
    ].join("; "),
  });
  const { output, ...result }: Run = await run(extension, { cpuids: 1, ...options });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
  const lines = output.slice(0, output.indexOf("bare: debug ring"));
  const numbers = [...lines.matchAll(/^(0x[0-9a-f]{16}) (0x[0-9a-f]{16})/gm)].map((match) => match.slice(1));
  expect(numbers[0]).toEqual([hex(BigInt(most)), hex(STATUS_FAILURE_UNKNOWN)]);
  // The first one has another generation by now
  expect(numbers[1]).toEqual([hex(BigInt(most) - 1n), hex(0xffff_ffff_ffff_ffffn)]);
  const pages = [...lines.matchAll(/^page pool: (\d+) of/gm)].map((match) => Number(match[1]));
  // The last page of objects is kept at hand
  expect(pages[1]).toBeLessThanOrEqual((pages[0] ?? 0) + 1);
}
