// Names of functions

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuildError, demangle } from "../src/index.ts";
import { nameAddresses, readSymbols, SymbolTable } from "../src/symbols.ts";

it.each([
  ["w2c_kernel_kernel0x2Fsrc0x2Fvm0x2FcreateVm", "kernel/src/vm/createVm"],
  ["w2c_kernel_bsl0x2Fsrc0x2Fmemory0x2Fbuddy0x2FBuddyPool0x23freePages", "bsl/src/memory/buddy/BuddyPool#freePages"],
  ["w2c_kernel_bsl0x2Fsrc0x2Felf0x2Dnote0x2FfindNote.isra.0", "bsl/src/elf-note/findNote"],
  ["wrap_w2c_loader_start0x3Asrc0x2Fmain0x7Eanonymous0x7C0", "start:src/main~anonymous|0"],
  ["w2c_default_0x7Elib0x2Frt0x2Fstub0x2F_0x5Fnew", "~lib/rt/stub/__new"],
  ["kernel_entry", "kernel_entry"],
])("%s is %s", (symbol, name) => {
  expect(demangle(symbol)).toBe(name);
});

it("refuses what is no ELF file", () => {
  expect(() => readSymbols(new Uint8Array(10))).toThrow(BuildError);
});

/** One function, 32 bytes long. */
const table = {
  symbolize: (address: bigint) => {
    const offset = address - 0x4000_1000n;
    return offset >= 0n && offset < 0x20n ? `kernel/src/pool/Pool#allocate+${offset}` : undefined;
  },
};

it("addresses in functions get their name behind them, others stay", () => {
  const text = "rip 0x0000000040001008 0x40000fff 0x4000101f 0x40001020 0x1";
  expect(nameAddresses(text, [table])).toBe(
    "rip 0x0000000040001008 (kernel/src/pool/Pool#allocate+8) 0x40000fff 0x4000101f (kernel/src/pool/Pool#allocate+31) 0x40001020 0x1",
  );
});

it("without symbols the text stays as it is", () => {
  expect(nameAddresses("rip 0x40001000", [])).toBe("rip 0x40001000");
});

it.each([
  [
    "PP 0: error: system call 0x60003 refused: status 0xdead000000020003, REG1 0x7, REG2 0x61",
    "PP 0: error: system call vs_read refused: status INVALID_INPUT_REG1, REG1 0x7, REG2 0x61",
  ],
  ["PP 1: error: AMD exit 0x400 has no handler", "PP 1: error: AMD exit NESTED_PAGE_FAULT (0x400) has no handler"],
  ["PP 1: error: Intel exit 0x30 has no handler", "PP 1: error: Intel exit EPT_VIOLATION (0x30) has no handler"],
  ["PP 1: error: Intel exit 0x7fff", "PP 1: error: Intel exit 0x7fff"],
  ["PP 2: a system call refused: status 0xdead000000010002", "PP 2: a system call refused: status INVALID_PERM_DENIED"],
  [
    "PP 0: called `Result::unwrap()` on an `Err` value: status 0xdead000000080001",
    "PP 0: called `Result::unwrap()` on an `Err` value: status FAILURE_BUSY",
  ],
  ["PP 0: status 0xdead0000000200031", "PP 0: status 0xdead0000000200031"],
  ["system call 0xffff refused: status 0x5", "system call 0xffff refused: status 0x5"],
  ["  AMD register 97   0x40001008", "  rip 0x40001008 (kernel/src/pool/Pool#allocate+8)"],
  ["  AMD register 1 0x5", "  rbx 0x5"],
  ["  Intel register 1 0x5", "  rax 0x5"],
  ["  Intel register 22 0x10\r", "  kernel_gs_base 0x10\r"],
  ["  AMD register 999 0x5", "  AMD register 999 0x5"],
  ["AMD register 1 0x5", "AMD register 1 0x5"],
])("a register has its name: %j", (line, named) => {
  expect(nameAddresses(`vs 0\n${line}\n`, [table])).toBe(`vs 0\n${named}\n`);
});

it("names the instruction that is meant where an address lies behind it", () => {
  // A function's end is the beginning of the next one.
  const functions = {
    symbolize: (address: bigint, isBehind = false) => {
      const meant = isBehind ? address - 1n : address;
      return meant < 0x4000_2000n ? "former" : "latter";
    },
  };
  const report = (vector: number) => [
    `bareflank: the extension faulted on PP 0: vector ${vector}, error code 0x0, address 0x0`,
    "  rip 0x0000000040002000  rsp 0x1",
    "bareflank: PP 0: the extension faulted in vmexit",
    "  backtrace, newest first:",
    "    0x0000000040002000",
    "    0x0000000040002000",
    "bareflank: 0x0000000040002000",
  ];
  const namesOf = (lines: readonly string[]) =>
    nameAddresses(lines.join("\r\n"), [functions])
      .match(/former|latter/g)
      ?.join(" ");
  expect(namesOf(report(6))).toBe("latter latter former latter");
  expect(namesOf(report(3))).toBe("former former former latter");
  const exit = ["bareflank: PP 0: the extension called exit in vmexit", ...report(6).slice(3)];
  expect(namesOf(exit)).toBe("former former latter");
});

it("names both when two images have the address", () => {
  const tables = ["a", "b", "a"].map((name) => ({ symbolize: () => name }));
  expect(nameAddresses("0x123456", tables)).toBe("0x123456 (a, or b)");
});

describe("an image's symbols", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bf-symbols-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Code at 0x32800000_0000, then data; and a constant that is no address. */
  const table = () => {
    const source = join(folder, "image.S");
    const elf = join(folder, "image.elf");
    writeFileSync(
      source,
      `.set vector, 6
       .set low, 0x327fffffff00
       .text; .globl _start; .type _start, @function; _start: nop; ret; .size _start, . - _start
       .globl _ZN1a1bEv; .type _ZN1a1bEv, @function; _ZN1a1bEv: ud2
       .data; .globl data; data: .quad 0`,
    );
    const flags = ["-nostdlib", "-static", "-fuse-ld=lld", "-Wl,-Ttext=0x328000000000,-e,_start"];
    execFileSync("clang", [...flags, "-o", elf, source]);
    return new SymbolTable(readFileSync(elf));
  };

  it("name addresses in code alone, and are no numbers", () => {
    const symbols = table();
    expect(symbols.symbolize(0x3280_0000_0001n)).toBe("_start+0x1");
    expect(symbols.symbolize(0x3280_0000_0002n)).toBe("a::b()");
    expect(symbols.symbolize(0x3280_0000_0002n, true)).toBe("_start+0x2");
    for (const address of [6n, 0x26n, 0x1234n, 0x327f_ffff_ff00n, 0x327f_ffff_ffffn, 0x3280_0000_2000n]) {
      expect(symbols.symbolize(address)).toBeUndefined();
    }
  });
});
