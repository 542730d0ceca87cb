// Names of functions

import { expect, it } from "vitest";
import { BuildError, demangle } from "../src/index.ts";
import { nameAddresses, readSymbols } from "../src/symbols.ts";

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
