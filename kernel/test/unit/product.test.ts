// The module under test is the one that ships

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BOOT_VERSION, KERNEL_MEMORY_BASE, NOTE_KERNEL } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { loadPart, partPath } from "../../../bsl/test-support/index.ts";
import { Machine } from "../machine/machine.ts";

const product = (name: string) => readFileSync(fileURLToPath(new URL(name, `file://${partPath("kernel")}`)));
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const manifest = JSON.parse(product("manifest.json").toString()) as {
  part: string;
  type: string;
  files: Record<string, { file: string; sha256: string; bytes: number }>;
};
const LOAD = 1;
const NOTE = 4;

/** Program headers of an ELF file. */
function segments(elf: Buffer) {
  const [table, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * 56;
    return {
      type: elf.readUInt32LE(at),
      offset: Number(elf.readBigUInt64LE(at + 8)),
      address: elf.readBigUInt64LE(at + 16),
      fileBytes: Number(elf.readBigUInt64LE(at + 32)),
      memoryBytes: elf.readBigUInt64LE(at + 40),
    };
  });
}

/** How the longer texts in a module's data begin, two bytes a character; the C compiler makes instructions of the rest. */
function texts(wasm: Uint8Array): Buffer[] {
  const data = Buffer.from(wasm).toString("latin1");
  const found = data.match(/(?:[ -~]\0){24,}/g) ?? [];
  return found.map((text) => Buffer.from(text.slice(0, 32), "latin1"));
}

describe("the tested module", () => {
  test("is the one whose digest the build recorded beside the image", () => {
    expect(manifest).toMatchObject({ part: "kernel", type: "kernel" });
    expect(new Machine().kernel.digest).toBe(manifest.files.wasm?.sha256);
    for (const { file, sha256, bytes } of Object.values(manifest.files)) {
      expect({ file, sha256: digest(product(file)), bytes: product(file).length }).toEqual({ file, sha256, bytes });
    }
  });

  test("is what kernel.elf was compiled from: its texts are there, and its linear memory fits", () => {
    const wasm = product("kernel.wasm");
    const elf = product("kernel.elf");
    const literals = texts(wasm);
    expect(literals.length).toBeGreaterThan(10);
    for (const literal of literals) expect(elf.includes(literal), literal.toString("utf16le")).toBe(true);
    const { linear } = loadPart<object>("kernel");
    const window = segments(elf).find(({ type, address }) => type === LOAD && address >= KERNEL_MEMORY_BASE);
    expect(window).toMatchObject({ address: KERNEL_MEMORY_BASE + 0x1_0000n, fileBytes: 0 });
    expect(window?.memoryBytes).toBe(BigInt(linear.buffer.byteLength - 0x1_0000));
  });
});

describe("kernel.elf", () => {
  test("says which BootArgs it understands", () => {
    const elf = product("kernel.elf");
    const note = Buffer.concat([
      Buffer.from([10, 0, 0, 0, 8, 0, 0, 0, NOTE_KERNEL, 0, 0, 0]),
      Buffer.from("Bareflank\0"),
    ]);
    const holder = segments(elf).find(
      ({ type, offset, fileBytes }) => type === NOTE && elf.subarray(offset, offset + fileBytes).includes(note),
    );
    const at = elf.indexOf(note, holder?.offset);
    expect(elf.readBigUInt64LE(at + 24)).toBe(BOOT_VERSION);
  });

  test("has at most 160 KiB", () => {
    expect(product("kernel.elf").length).toBeLessThanOrEqual(160 * 1024);
  });
});
