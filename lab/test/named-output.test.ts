import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readSymbols } from "../../toolchain/src/symbols.ts";
import { debugFiles, NamedOutput } from "../src/named-output.ts";

const [kernel = ""] = debugFiles([]);
const { address } = readSymbols(readFileSync(kernel)).find(({ name }) => name === "syscall_entry") ?? { address: 0n };

it("puts names behind addresses, however the output is cut into pieces", () => {
  let written = "";
  const output = new NamedOutput([kernel], (text) => {
    written += text;
  });
  const text = `first\nrip 0x${address.toString(16)} grüße\n0x1\nlast`;
  for (const byte of Buffer.from(text)) output.take(Buffer.of(byte));
  expect(written).toBe(`first\nrip 0x${address.toString(16)} (syscall_entry) grüße\n0x1\n`);
  output.end();
  expect(written.endsWith("\nlast")).toBe(true);
});

it("takes the files with symbols that lie beside extensions", () => {
  expect(debugFiles(["/nowhere/my.elf"])).toEqual([kernel]);
});
