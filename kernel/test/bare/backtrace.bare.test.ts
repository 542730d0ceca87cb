// What the ring says of an extension that fails for good: where it was, and who had called

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { nameAddresses, SymbolTable } from "../../../toolchain/src/symbols.ts";
import { assemble, type Changes } from "./assemble.ts";
import { run } from "./run.ts";

/** The lines of the backtrace, with names instead of addresses. */
async function backtrace(changes: Changes): Promise<string[]> {
  const elf = assemble(changes);
  const { output } = await run(elf);
  const text = /backtrace, newest first:\r?\n((?: {4}0x[0-9a-f]+\r?\n)*)/.exec(output)?.[1] ?? "";
  const named = nameAddresses(text, [new SymbolTable(readFileSync(elf))]);
  return named.split(/\r?\n/).flatMap((line) => /\((\w+)/.exec(line)?.[1] ?? (line === "" ? [] : [line.trim()]));
}

/** Functions that call each other in three ways; the stack of one has an address that no CALL left there. */
const nested = (innermost: string) =>
  [
    "call outer; ud2",
    ".type outer, @function; outer: sub rsp, 24; lea rax, [rip + inner]; mov [rsp], rax; call middle; ud2",
    ".type middle, @function; middle: lea rax, [rip + inner]; push rax; call [rsp]; ud2",
    ".type inner, @function; inner: push 0; lea r12, [rip + last]; call r12; ud2",
    `.type last, @function; last: ${innermost}`,
  ].join("; ");

it.each([
  ["faults in bootstrap", { bootstrap: nested("ud2") }, "bootstrap"],
  ["faults in _start", { registered: nested("mov rax, [0x1000]") }, "_start"],
  ["exits", { bootstrap: nested("CALL(CONTROL_EXIT)") }, "bootstrap"],
  ["waits where that ends nothing", { bootstrap: nested("CALL(CONTROL_WAIT)") }, "bootstrap"],
])("names all callers when an extension %s", async (_, changes, outermost) => {
  expect(await backtrace(changes)).toEqual(["last", "inner", "middle", "outer", outermost]);
});

it.each([
  ["points nowhere", "mov rsp, 0x123456789000; ud2"],
  ["is no address", "mov rsp, 0x8000000000000000; ud2"],
  ["points below the stack", "sub rsp, 0x100000; ud2"],
  ["points at the stack's end", "and rsp, -4096; add rsp, 4096; ud2"],
  ["is -1", "mov rsp, -1; ud2"],
])("reads nothing when the stack pointer %s", async (_, code) => {
  const lines = await backtrace({ bootstrap: code });
  expect(lines).toEqual(["bootstrap"]);
});

it("says where the fail callback failed when that is what failed last", async () => {
  const lines = await backtrace({ bootstrap: "ud2", fail: nested("ud2") });
  expect(lines).toEqual(["last", "inner", "middle", "outer", "fail"]);
});
