// As many objects as 16 bits can name: an extension of version 2 makes them all, on the processor's own page tables

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INVALID_ID, MAX_EXTENSIONS, STATUS_FAILURE_UNKNOWN } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { run } from "./run.ts";

/** Makes objects until a call fails: prints the last identifier, and the status. */
const makeAll = (registers: string, call: string) =>
  `61: ${registers}; CALL_WITH_HANDLE(${call}); test rax, rax; jnz 62f; mov r14, rdi; inc r15; jmp 61b; 62: mov rbx, rax`;
/** Prints two registers. */
const print = (first: string, second: string) => `mov rdi, ${first}; mov rsi, ${second}; CALL(DEBUG_OUT)`;

const ENOUGH_MEMORY = `least=${24 * 1024 * 1024}`;
const hex = (value: bigint) => `0x${value.toString(16).padStart(16, "0")}`;

describe.each([
  ["VMs", "nop", "VM_CREATE", "VM_DESTROY", INVALID_ID - 1, ""],
  ["VPs", "mov esi, BF_ROOT_VMID", "VP_CREATE", "VP_DESTROY", INVALID_ID, ""],
  // Where their windows begin in the middle of a table
  ["VMs elsewhere", "nop", "VM_CREATE", "VM_DESTROY", INVALID_ID - 1, ` slide=${300n << 32n}`],
])("of %s", (_, registers, create, destroy, count, place) => {
  it("there are 65,535, one more is refused, and all pages come back", async () => {
    const extension = assemble({
      version2: true,
      bootstrap: [
        // One page, and a table, come before anything is counted
        `${registers}; CHECKED(${create}); mov rsi, rdi; CHECKED(${destroy})`,
        "CALL(DEBUG_DUMP_PAGE_POOL); xor r15d, r15d",
        makeAll(registers, create),
        print("r15", "rbx"),
        // Its index is the last one; all of them go, the last one first
        "movzx r14d, r14w; xor r12d, r12d",
        `63: mov rsi, r14; CALL_WITH_HANDLE(${destroy}); test rax, rax; jnz 64f; inc r12; 64: dec r14; jns 63b`,
        print("r12", "r14"),
        "CALL(DEBUG_DUMP_PAGE_POOL)",
      ].join("; "),
    });
    const { output, ...result } = await run(extension, { cpuids: 1, append: ENOUGH_MEMORY + place });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0 });
    const lines = output.slice(0, output.indexOf("bare: debug ring"));
    const numbers = [...lines.matchAll(/^(0x[0-9a-f]{16}) (0x[0-9a-f]{16})/gm)].map((match) => match.slice(1));
    expect(numbers[0]).toEqual([hex(BigInt(count)), hex(STATUS_FAILURE_UNKNOWN)]);
    // The first one has another generation by now
    expect(numbers[1]).toEqual([hex(BigInt(count) - 1n), hex(0xffff_ffff_ffff_ffffn)]);
    const pages = [...lines.matchAll(/^page pool: (\d+) of/gm)].map((match) => Number(match[1]));
    // The last page of objects is kept at hand
    expect(pages[1]).toBeLessThanOrEqual((pages[0] ?? 0) + 1);
  });
});

it("loads 64 extensions, all but one of which are services", async () => {
  const owner = assemble({ version2: true });
  const service = assemble({ version2: true, bootstrap: "CALL(CONTROL_WAIT)", without: ["vmexit"] });
  const folder = mkdtempSync(join(tmpdir(), "bareflank-extensions-"));
  try {
    const manifest = join(folder, "many.json");
    const extensions = Array.from({ length: MAX_EXTENSIONS }, (_, id) => ({
      file: id === 0 ? owner : service,
      name: `extension-${id}`,
    }));
    writeFileSync(manifest, JSON.stringify({ extensions }));
    const { output, ...result } = await run([], { cpuids: 10, manifest, append: "least=0" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0] });
    expect(output).toContain("bare: stopped, registers as before");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
