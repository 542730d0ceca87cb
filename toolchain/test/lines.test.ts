// Lines of TypeScript in images for development: what debuggers and backtraces are told

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { Builder, findWorkspace, readSymbols, SymbolTable, selectParts } from "../src/index.ts";
import { markLines } from "../src/line-markers.ts";
import { LineTable } from "../src/line-table.ts";
import { Sample } from "./sample.ts";

let sample: Sample;
const read = (name: string) => readFileSync(sample.path("build/extensions/hello", name));

beforeAll(async () => {
  sample = new Sample("lines");
  const { root, cache } = sample;
  const builder = new Builder(findWorkspace(root), { cache, compilers: COMPILERS, development: true });
  const { failures } = await builder.build(selectParts(builder.workspace, ["hello"]));
  await builder.close();
  expect(failures).toEqual([]);
});

afterAll(() => sample.close());

/** Address of the function that TypeScript calls so, and the one behind its end. */
function rangeOf(name: string): readonly [first: bigint, end: bigint] {
  const mangled = name.replace(/\//g, "0x2F");
  const found = readSymbols(read("hello.debug.elf")).find((symbol) => symbol.name === `w2c_hello_${mangled}`);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return [found.address, found.address + found.size];
}

function linesOf(name: string): string[] {
  const table = new LineTable(read("hello.debug.elf"));
  const [first, end] = rangeOf(name);
  const lines: string[] = [];
  for (let address = first; address < end; address++) {
    const place = table.find(address);
    const line = `${place?.file}:${place?.line}`;
    if (lines.at(-1) !== line) lines.push(line);
  }
  return lines;
}

it("has each line of a function, in the order of its code", () => {
  const own = linesOf("extension/src/main/vmexit").filter((line) => line.startsWith("extension/src/main.ts:"));
  expect([...new Set(own)]).toEqual([9, 10, 11].map((line) => `extension/src/main.ts:${line}`));
  expect(linesOf("extension/src/main/more")).toContain("extension/src/main.ts:15");
});

it("names a line behind a function's name", () => {
  const [first] = rangeOf("extension/src/main/vmexit");
  const table = new SymbolTable(read("hello.debug.elf"));
  expect(table.symbolize(first)).toBe("extension/src/main/vmexit, extension/src/main.ts:9");
  expect(table.symbolize(first + 1n)).toBe("extension/src/main/vmexit+0x1, extension/src/main.ts:9");
});

it("says what llvm-symbolizer says, of each byte of the code", () => {
  const elf = sample.path("build/extensions/hello/hello.debug.elf");
  const symbols = readSymbols(read("hello.debug.elf"));
  const last = symbols.at(-1)?.address ?? 0n;
  const addresses: bigint[] = [];
  for (let address = symbols[0]?.address ?? 0n; address < last; address++) addresses.push(address);
  const { stdout } = spawnSync("llvm-symbolizer", [`--obj=${elf}`, "--no-inlines", "--functions=none"], {
    input: addresses.map((address) => `0x${address.toString(16)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const theirs = stdout.split("\n").filter((line) => line !== "");
  expect(theirs.length).toBe(addresses.length);
  const table = new LineTable(read("hello.debug.elf"));
  const differences = addresses.flatMap((address, index) => {
    const place = table.find(address);
    const [, file = "", line = ""] = /^(.*):(\d+):\d+$/.exec(theirs[index] ?? "") ?? [];
    const isNone = line === "0" || file.endsWith("<generated>");
    const isSame = isNone
      ? place === undefined
      : resolve(file) === resolve(sample.root, place?.file ?? "") && line === String(place?.line);
    return isSame ? [] : [`0x${address.toString(16)}: ${theirs[index]}, not ${place?.file}:${place?.line}`];
  });
  expect(differences).toEqual([]);
});

it("tells the same bytes apart in no way: another folder, another build", async () => {
  const image = read("hello.debug.elf");
  const { root } = sample;
  const builder = new Builder(findWorkspace(root), { fresh: true, compilers: COMPILERS, development: true });
  await builder.build(selectParts(builder.workspace, ["hello"]));
  await builder.close();
  expect(read("hello.debug.elf").equals(image)).toBe(true);
});

it("marks a module without changing what it does", () => {
  const wasm = read("hello.wasm");
  const { wasm: marked, places } = markLines(wasm, read("hello.wasm.map").toString("utf8"));
  expect(places.length).toBeGreaterThan(3);
  const imports = { call: { debugOut: (value: bigint) => value * 2n } };
  for (const bytes of [wasm, marked]) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), imports);
    const { vmexit } = instance.exports as { vmexit(reason: bigint): number };
    expect([vmexit(1n), vmexit(1n)]).toEqual([2, 4]);
  }
});
