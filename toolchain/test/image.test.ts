// Images and objects: segments, notes, machine code, and what a module does when it runs

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { BOOT_VERSION } from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProductManifest, symbolize } from "../src/index.ts";
import { readSymbols } from "../src/symbols.ts";
import { disassemble, FIXTURES, output, Sample } from "./sample.ts";

let sample: Sample;

beforeAll(async () => {
  sample = new Sample("image");
  const { failures } = await sample.build();
  expect(failures).toEqual([]);
});

afterAll(() => sample.close());

/** Program headers as `TYPE virtual-address memory-size flags`. */
function segments(elf: string): string[] {
  const text = output("llvm-readelf", "-lW", elf);
  return [...text.matchAll(/^ {2}(\w+) +0x\w+ (0x\w+) 0x\w+ 0x\w+ (0x\w+) (.{3}) 0x(\w+)$/gm)].map((match) =>
    match.slice(1).join(" "),
  );
}

function notes(elf: string): string {
  return output("llvm-readelf", "-nW", elf).replace(/\s+/g, " ");
}

describe("kernel image", () => {
  const elf = () => sample.path("build/kernel/kernel.elf");
  const debug = () => sample.path("build/kernel/kernel.debug.elf");

  it("has one segment per permission, pages of their own, and its linear memory", () => {
    expect(segments(elf()).filter((line) => line.startsWith("LOAD"))).toEqual([
      expect.stringMatching(/^LOAD 0x0*40000000 0x\w+ R E 1000$/),
      expect.stringMatching(/^LOAD 0x0*40001000 0x\w+ R {3}1000$/),
      expect.stringMatching(/^LOAD 0x0*40002000 0x\w+ RW {2}1000$/),
      "LOAD 0x0000000060010000 0x010000 RW  1000",
    ]);
  });

  it("says which version of BootArgs it wants, and has a build id", () => {
    expect(notes(elf())).toMatch(/GNU 0x00000014 NT_GNU_BUILD_ID/);
    const version = Number(BOOT_VERSION).toString(16).padStart(2, "0");
    expect(notes(elf())).toContain(`description data: ${version} 00 00 00 00 00 00 00`);
  });

  it("has no symbols, its twin has", () => {
    expect(readSymbols(readFileSync(elf()))).toEqual([]);
    expect(symbolize(debug(), 0x3000_0000n)).toBeUndefined();
    const boot = readSymbols(readFileSync(debug())).find(({ name }) => name === "kernel_boot");
    expect(symbolize(debug(), (boot?.address ?? 0n) + 5n)).toMatch(/^kernel_boot\+0x5, kernel\/[\w./]+:\d+$/);
  });

  it("reaches its memory with one instruction", () => {
    expect(disassemble(debug(), "loadWord")).toEqual(["add edi, 8", "mov rax, qword ptr [rdi + 1610612736]", "ret"]);
    expect(disassemble(debug(), "taskStart")).toEqual(["mov eax, edi", "mov rax, qword ptr [rax + 1610612744]", "ret"]);
  });

  it("has its intrinsics and small functions inside their callers", () => {
    const code = disassemble(debug(), "kernel_boot").join("\n");
    expect(code).toContain("rdmsr");
    expect(code).not.toContain("call");
    const names = readSymbols(readFileSync(debug())).map(({ name }) => name);
    expect(names.filter((name) => name.includes("rdmsr") || name.includes("slot"))).toEqual([]);
  });
});

describe("extension image", () => {
  const elf = () => sample.path("build/extensions/hello/hello.elf");

  it("lies in the window of extensions, nothing writable and executable, no relocations", () => {
    const lines = segments(elf());
    expect(lines.filter((line) => line.startsWith("LOAD"))).toEqual([
      expect.stringMatching(/^LOAD 0x0000328000000000 0x\w+ R E 1000$/),
      expect.stringMatching(/^LOAD 0x0000328000001000 0x\w+ R {3}1000$/),
      expect.stringMatching(/^LOAD 0x0000328000002000 0x\w+ RW {2}1000$/),
    ]);
    expect(lines.some((line) => line.startsWith("DYNAMIC"))).toBe(false);
    expect(output("llvm-readelf", "-rW", elf())).toContain("no relocations");
  });

  it("asks for memory per processor: 16 pages now, since it may grow, 48 at most, from 64 KiB on", () => {
    expect(notes(elf())).toContain(
      "description data: 01 00 00 00 01 00 00 00 10 00 00 00 30 00 00 00 00 00 01 00 00 00 00 00",
    );
  });

  it("has its globals in thread-local storage and its memory at a constant address", () => {
    const code = disassemble(sample.path("build/extensions/hello/hello.debug.elf"), "vmexit").join("\n");
    expect(code).toContain("fs:");
    expect(code).toContain("movabs rax, 17179869184");
  });
});

describe("loader object", () => {
  it("checks memory, traps as WebAssembly does, and calls its platform", () => {
    const program = sample.path("harness");
    const loader = sample.path("build/loader");
    const include = [`-I${FIXTURES}/../../runtime`, `-I${loader}`, "-Wno-incompatible-library-redeclaration"];
    output("clang", "-no-pie", ...include, `${FIXTURES}/harness.c`, `${loader}/loader.o`, "-o", program);
    expect(output(program).trimEnd().split("\n")).toEqual([
      "readWord(0) traps 1",
      "readWord(65532) traps 1",
      "readWord(65535) traps 1",
      "(writeWord(65536 + 4092, 0x12345678), readWord(65536 + 4092)) = 305419896",
      "lastByte() = 18",
      "readWord(65536 + 4093) traps 1",
      "readWord(0xffffffff) traps 1",
      "(writeWord(65536 + 4093, 0), 1) traps 1",
      "(copyTo(65536 + 4092, 4), 1) = 1",
      "(copyTo(65536 + 4092, 5), 1) traps 1",
      "(copyTo(65536, 0xffffffff), 1) traps 1",
      "(copyTo(0, 0), 1) = 1",
      "divide(7, 0) traps 3",
      "divide(0x80000000, (u32)-1) traps 2",
      "remainder(0x80000000, (u32)-1) = 0",
      "askPlatform(4) = 15",
      "virtualCall() = 25",
      "indirectCall(41) = 42",
      "narrow(0x1ff) = 0",
      "(int)grow() == -1 = 1",
      "bits(0x00f0000000000010ull) = 17293822569510713736",
    ]);
  });
});

describe("module for unit tests", () => {
  it("is the one that the image was made of", () => {
    const folder = sample.path("build/kernel");
    const manifest = JSON.parse(readFileSync(`${folder}/manifest.json`, "utf8")) as ProductManifest;
    const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
    expect(manifest.files.wasm?.sha256).toBe(sha256(`${folder}/kernel.wasm`));
    expect(manifest.files.elf?.sha256).toBe(sha256(`${folder}/kernel.elf`));
  });

  it("runs in Node.js, for parts of every kind", () => {
    const wasm = readFileSync(sample.path("build/arithmetic/arithmetic.wasm"));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {});
    const { add } = instance.exports as unknown as { add(a: bigint, b: bigint): bigint };
    expect(add(2n ** 63n - 1n, 2n)).toBe(-(2n ** 63n) + 1n);
  });
});
