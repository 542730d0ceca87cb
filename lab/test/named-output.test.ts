import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readSymbols } from "../../toolchain/src/symbols.ts";
import { NamedOutput } from "../src/named-output.ts";
import { debugFiles } from "../src/symbol-files.ts";

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

it("takes a file's own symbols when there is no other", () => {
  expect(debugFiles([process.execPath])).toEqual([kernel, process.execPath]);
});

it("leaves out the debug ring, which repeats what was written before", () => {
  let written = "";
  const output = new NamedOutput([], (text) => {
    written += text;
  });
  const ring = "bare: debug ring\r\nPP 0: in a VM now\r\nbare: end of debug ring\r\n";
  for (const byte of Buffer.from(`PP 0: in a VM now\r\n${ring}bare: exit 16\r\n`)) output.take(Buffer.of(byte));
  output.end();
  expect(written).toBe("PP 0: in a VM now\r\nbare: exit 16\r\n");
});
