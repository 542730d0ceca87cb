import { expect, test } from "vitest";
import { nameAddresses, readSymbols, type SymbolFile, typescriptName } from "../src/symbols.ts";
import { elfFile } from "./elf-file.ts";

const file: SymbolFile = {
  buildId: undefined,
  functions: [
    { address: 0x4000_1000n, sizeBytes: 0x20n, name: "kernel/src/pool/Pool#allocate" },
    { address: 0x4000_1020n, sizeBytes: 0n, name: "vmexit_entry" },
  ],
};

test("addresses in functions get their name and offset, others stay", () => {
  const text = "rip 0x0000000040001000 0x40001008 0x40001020 0x4000101f 0x40000fff 0x40001021 0x40002020 0x1";
  expect(nameAddresses(text, [file])).toBe(
    "rip 0x0000000040001000 (kernel/src/pool/Pool#allocate) 0x40001008 (kernel/src/pool/Pool#allocate+0x8) " +
      "0x40001020 (vmexit_entry) 0x4000101f (kernel/src/pool/Pool#allocate+0x1f) 0x40000fff 0x40001021 (vmexit_entry+0x1) 0x40002020 0x1",
  );
});

test("without symbols the text stays as it is", () => {
  expect(nameAddresses("rip 0x40001000", [])).toBe("rip 0x40001000");
});

test("wasm2c's names become TypeScript's", () => {
  expect(typescriptName("w2c_kernel_kernel0x2Fsrc0x2Fpool0x2FPool0x23allocate.part.0")).toBe(
    "kernel/src/pool/Pool#allocate",
  );
  expect(typescriptName("vmexit_entry")).toBe("vmexit_entry");
});

test("a stripped file and a file that is no ELF file are refused", () => {
  expect(() => readSymbols(elfFile("kernel"))).toThrow("it is stripped");
  expect(() => readSymbols(Buffer.from("no"))).toThrow("it is no ELF file");
});
