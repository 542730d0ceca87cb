import { expect, test } from "vitest";
import { nameAddresses, readSymbols, type SymbolFile } from "../src/symbols.ts";
import { elfFile } from "./elf-file.ts";

/** One function, 32 bytes long. */
const file: SymbolFile = {
  buildId: undefined,
  table: {
    symbolize: (address) => {
      const offset = address - 0x4000_1000n;
      return offset >= 0n && offset < 0x20n ? `kernel/src/pool/Pool#allocate+${offset}` : undefined;
    },
  },
};

test("addresses in functions get their name behind them, others stay", () => {
  const text = "rip 0x0000000040001008 0x40000fff 0x4000101f 0x40001020 0x1";
  expect(nameAddresses(text, [file])).toBe(
    "rip 0x0000000040001008 (kernel/src/pool/Pool#allocate+8) 0x40000fff 0x4000101f (kernel/src/pool/Pool#allocate+31) 0x40001020 0x1",
  );
});

test("without symbols the text stays as it is", () => {
  expect(nameAddresses("rip 0x40001000", [])).toBe("rip 0x40001000");
});

test("a stripped file and a file that is no ELF file are refused", () => {
  expect(() => readSymbols(elfFile("kernel"))).toThrow("it is stripped");
  expect(() => readSymbols(Buffer.from("no"))).toThrow("it is no ELF file");
});
