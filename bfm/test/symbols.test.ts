import { expect, test } from "vitest";
import { readSymbols } from "../src/symbols.ts";
import { elfFile } from "./elf-file.ts";

test("a stripped file and a file that is no ELF file are refused", () => {
  expect(() => readSymbols(elfFile("kernel"))).toThrow("it is stripped");
  expect(() => readSymbols(Buffer.from("no"))).toThrow("it is no ELF file");
});
