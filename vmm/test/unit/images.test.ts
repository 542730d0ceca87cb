// ELF files that begin by PVH, and multiboot images of both kinds

import { describe, expect, it } from "vitest";
import { Block } from "../../src/block.ts";
import { findNote, isElf, readElf } from "../../src/boot/elf.ts";
import { isMultiboot, loadMultiboot } from "../../src/boot/multiboot.ts";
import { loadPvh, pvhEntry } from "../../src/boot/pvh.ts";
import { loadSystem } from "../../src/machine.ts";
import { elfFile, memoryOf, noteOf, text } from "./guest.ts";

const MIB = 1024 * 1024;
const code = Uint8Array.of(1, 2, 3, 4, 5);
const load = { type: 1, address: 0x10_0000n, content: code, memoryBytes: 16 };
const note = (entry: number) => noteOf("Xen", 18, new Block(4).set32(0, entry).bytes);

describe.each([32, 64] as const)("an ELF file of %i bits", (bits) => {
  it("tells its segments and its entry", () => {
    const elf = readElf(elfFile(bits, 0x10_0004n, [load]));
    expect(elf).toMatchObject({ is64: bits === 64, entry: 0x10_0004n });
    expect(elf.segments).toMatchObject([{ type: 1, physicalAddress: 0x10_0000n, memoryBytes: 16 }]);
    expect([...(elf.segments[0]?.content ?? [])]).toEqual([1, 2, 3, 4, 5]);
  });

  it("tells its notes by owner and type", () => {
    const notes = Uint8Array.of(...noteOf("GNU", 18, Uint8Array.of(9)), ...noteOf("Xen", 18, Uint8Array.of(7, 8)));
    const elf = readElf(elfFile(bits, 0n, [load, { type: 4, address: 0n, content: notes }]));
    expect([...(findNote(elf, "Xen", 18) ?? [])]).toEqual([7, 8]);
    expect(findNote(elf, "Xen", 17)).toBeUndefined();
  });

  it("is refused when it is cut off", () => {
    const file = elfFile(bits, 0n, [load]);
    expect(() => readElf(file.subarray(0, -1))).toThrow(/reaches? beyond its end/);
    expect(() => readElf(file.subarray(0, 64))).toThrow(/beyond its end/);
  });
});

it("is no ELF file when it is short, or begins otherwise", () => {
  expect(isElf(new Uint8Array(63))).toBe(false);
  expect(isElf(new Uint8Array(100))).toBe(false);
  expect(() => readElf(new Uint8Array(100))).toThrow("This is no ELF file.");
});

describe("PVH", () => {
  const kernel = elfFile(64, 0n, [load, { type: 4, address: 0n, content: note(0x10_0002) }]);

  it("enters where the note says, in 32-bit mode, with a start info in EBX", () => {
    const memory = memoryOf(4 * MIB);
    memory.bytes(0x10_0000, 32).fill(0xee);
    const { registers, specialRegisters } = loadPvh(memory, {
      kernel,
      module: Uint8Array.of(6, 6),
      commandLine: "words",
    });
    expect(registers).toEqual({ rip: 0x10_0002n, rflags: 2n, rbx: 0x6000n });
    expect(specialRegisters).toMatchObject({
      cr0: 0x11n,
      cs: { selector: 0x10, db: true, l: false },
      ss: { selector: 0x18 },
    });
    // The rest of the segment is zeros, and what is behind it stays.
    expect([...memory.read(0x10_0000, 17)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xee]);
    const info = new Block(memory.read(0x6000, 0x200));
    expect([info.get32(0), info.get32(4), info.get32(12)]).toEqual([0x336e_c578, 1, 1]);
    expect(text(memory.read(info.get64(24), 20))).toBe("words");
    const module = new Block(memory.read(info.get64(16), 32));
    expect([module.get64(0), module.get64(8)]).toEqual([BigInt(4 * MIB - 0x1000), 2n]);
    expect([...memory.read(module.get64(0), 2)]).toEqual([6, 6]);
    expect(info.get32(48)).toBe(3);
    const last = new Block(memory.read(info.get64(40) + 48n, 24));
    expect([last.get64(0), last.get64(8), last.get32(16)]).toEqual([0x10_0000n, BigInt(3 * MIB), 1]);
  });

  it("is found by its note", () => {
    expect(pvhEntry(kernel)).toBe(0x10_0002);
    expect(pvhEntry(elfFile(64, 0n, [load]))).toBeUndefined();
    expect(() => loadPvh(memoryOf(2 * MIB), { kernel: elfFile(64, 0n, [load]) })).toThrow(
      /no note of owner Xen and type 18/,
    );
  });

  it("needs memory where its segments go", () => {
    expect(() => loadPvh(memoryOf(MIB), { kernel })).toThrow(/no memory for 16 bytes at 0x100000: 0x0 to 0x100000/);
    expect(() => loadPvh(memoryOf(MIB + 0x1000), { kernel, module: new Uint8Array(0x1001) })).toThrow(
      /no room for a module/,
    );
  });
});

/** A multiboot header with its checksum. */
const header = (flags: number, ...fields: number[]): Uint8Array => {
  const block = new Block(12 + 4 * fields.length);
  block
    .set32(0, 0x1bad_b002)
    .set32(4, flags)
    .set32(8, -(0x1bad_b002 + flags) >>> 0);
  for (const [index, field] of fields.entries()) block.set32(12 + 4 * index, field);
  return block.bytes;
};

describe("multiboot", () => {
  it("loads an ELF file by its segments, and tells about memory, command line and modules", () => {
    const memory = memoryOf(4 * MIB);
    const content = Uint8Array.of(...header(3), ...code);
    const kernel = elfFile(32, 0x10_000cn, [{ type: 1, address: 0x10_0000n, content }]);
    const modules = [{ content: Uint8Array.of(8), commandLine: "first" }, { content: new Uint8Array(0x1001) }];
    const { registers } = loadMultiboot(memory, { kernel, modules, commandLine: "kernel words" });
    expect(registers).toEqual({ rip: 0x10_000cn, rflags: 2n, rax: 0x2bad_b002n, rbx: 0x6000n });
    expect([...memory.read(0x10_000c, 5)]).toEqual([...code]);
    const info = new Block(memory.read(0x6000, 0x200));
    expect([info.get32(0), info.get32(4), info.get32(8)]).toEqual([0x4d, 639, 3 * 1024]);
    expect(text(memory.read(info.get32(16), 20))).toBe("kernel words");
    expect(info.get32(20)).toBe(2);
    const list = new Block(memory.read(info.get32(24), 32));
    expect([list.get32(0), list.get32(4)]).toEqual([4 * MIB - 0x1000, 4 * MIB - 0x1000 + 1]);
    expect(text(memory.read(list.get32(8), 20))).toBe("first");
    expect([list.get32(16), list.get32(20)]).toEqual([4 * MIB - 0x3000, 4 * MIB - 0x3000 + 0x1001]);
    const map = new Block(memory.read(info.get32(48), info.get32(44)));
    expect([map.get32(48), map.get64(52), map.get64(60), map.get32(68)]).toEqual([20, 0x10_0000n, BigInt(3 * MIB), 1]);
  });

  it("loads another file by the header's addresses, with zeros behind it", () => {
    const memory = memoryOf(4 * MIB);
    memory.bytes(0x20_0000, 0x100).fill(0xee);
    const begin = 8;
    const fields = [0x20_0000 + begin, 0x20_0000, 0x20_0000 + 48, 0x20_0000 + 64, 0x20_0028];
    const kernel = new Uint8Array(100).fill(3);
    kernel.set(header(0x1_0000, ...fields), begin);
    expect(isMultiboot(kernel)).toBe(true);
    const { registers } = loadMultiboot(memory, { kernel });
    expect(registers.rip).toBe(0x20_0028n);
    expect([...memory.read(0x20_0028, 8)]).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
    expect([...memory.read(0x20_0030, 17)]).toEqual([...new Uint8Array(16), 0xee]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["no header", new Uint8Array(100), /no multiboot header/],
    ["a wrong checksum", header(0).with(8, 1), /no multiboot header/],
    ["a wish for video", header(4, 0, 0, 0, 0, 0), /asks for what there is not: flags 0x4/],
    ["addresses below the file", header(0x1_0000, 100, 50, 0, 0, 0), /fit no file/],
  ])("refuses %s", (_, kernel, sentence) => {
    expect(() => loadMultiboot(memoryOf(2 * MIB), { kernel })).toThrow(sentence);
  });

  it("needs its header in the first 8 KiB, at a multiple of four", () => {
    const at = (offset: number) => {
      const file = new Uint8Array(9000);
      file.set(header(0), offset);
      return isMultiboot(file);
    };
    expect([at(8180), at(8184), at(2)]).toEqual([true, false, false]);
  });
});

describe("a system", () => {
  it("is booted by what its file is", () => {
    const pvh = elfFile(64, 0n, [load, { type: 4, address: 0n, content: note(0x10_0002) }]);
    expect(loadSystem(memoryOf(2 * MIB), { kernel: pvh }).registers.rbx).toBe(0x6000n);
    const multiboot = elfFile(32, 0n, [{ ...load, content: header(0) }]);
    const { registers } = loadSystem(memoryOf(2 * MIB), { kernel: multiboot, initrd: Uint8Array.of(1) });
    expect(registers.rax).toBe(0x2bad_b002n);
    expect(() => loadSystem(memoryOf(MIB), { kernel: new Uint8Array(9000) })).toThrow(/no bzImage, no ELF file/);
  });
});
