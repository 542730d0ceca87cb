// Linux's image by the 64-bit boot protocol: what lies where in the guest's memory

import { describe, expect, it } from "vitest";
import { Block } from "../../src/block.ts";
import { isLinuxImage, loadLinux } from "../../src/boot/linux.ts";
import { memoryOf, text } from "./guest.ts";

const MIB = 1024 * 1024;
const KERNEL_AT = 16 * MIB;
const SETUP_SECTORS = 2;

/** Three sectors of setup with a header, and a body of marked bytes. */
const image = (change: (header: Block) => void = () => undefined): Uint8Array => {
  const header = new Block((SETUP_SECTORS + 1) * 512 + 1000);
  header.bytes.fill(0x5a, (SETUP_SECTORS + 1) * 512);
  header
    .set8(0x1f1, SETUP_SECTORS)
    .set16(0x1fe, 0xaa55)
    .set8(0x201, 0x6a)
    .set32(0x202, 0x5372_6448)
    .set16(0x206, 0x20f)
    .set32(0x22c, 0x7fff_ffff)
    .set16(0x236, 1)
    .set32(0x238, 2047)
    .set64(0x258, BigInt(KERNEL_AT))
    .set32(0x260, 2 * MIB);
  change(header);
  return header.bytes;
};

describe("a bzImage", () => {
  it("is known by its header", () => {
    expect(isLinuxImage(image())).toBe(true);
    expect(isLinuxImage(image((header) => header.set16(0x1fe, 0)))).toBe(false);
    expect(isLinuxImage(new Uint8Array(10))).toBe(false);
  });

  it("lies where it wants to lie, and is entered 512 bytes behind that in 64-bit mode", () => {
    const memory = memoryOf(32 * MIB);
    const { registers, specialRegisters } = loadLinux(memory, { kernel: image() });
    expect([...new Set(memory.read(KERNEL_AT, 1000))]).toEqual([0x5a]);
    expect(memory.read(KERNEL_AT + 1000, 1)).toEqual(Uint8Array.of(0));
    expect(registers).toEqual({ rip: BigInt(KERNEL_AT + 0x200), rflags: 2n, rsi: 0x7000n });
    expect(specialRegisters).toMatchObject({
      cr0: 0x8000_0011n,
      cr3: 0x9000n,
      cr4: 0x20n,
      efer: 0x500n,
      cs: { selector: 0x10, type: 0xb, l: true, db: false },
      ds: { selector: 0x18, type: 3 },
      gdt: { base: 0x1000n, limit: 31 },
    });
    // The GDT's entries are what the segments say: APM volume 2, 4.8.1.
    const gdt = new Block(memory.read(0x1000, 32));
    expect([gdt.get64(0x10), gdt.get64(0x18)]).toEqual([0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn]);
  });

  it("finds the first 4 GiB where they are", () => {
    const memory = memoryOf(32 * MIB);
    loadLinux(memory, { kernel: image() });
    const word = (address: bigint) => new Block(memory.read(address, 8)).get64(0);
    const pages = (entry: bigint) => entry & ~0xfffn;
    for (const address of [0n, 0x1234_5678n, 0xfee0_0000n, 0xffff_f000n]) {
      const directory = pages(word(0x9000n));
      const table = pages(word(directory + ((address >> 30n) & 511n) * 8n));
      const entry = word(table + ((address >> 21n) & 511n) * 8n);
      expect(entry & 0x83n).toBe(0x83n);
      expect((entry & ~0x1f_ffffn) + (address & 0x1f_ffffn)).toBe(address);
    }
  });

  it("gets boot_params with its own header, the command line, and a map of memory", () => {
    const memory = memoryOf(32 * MIB);
    loadLinux(memory, { kernel: image(), commandLine: "console=ttyS0 quiet" });
    const params = new Block(memory.read(0x7000, 0x1000));
    expect(params.get32(0x202)).toBe(0x5372_6448);
    expect(params.get8(0x210)).toBe(0xff);
    expect(params.get8(0x211) & 1).toBe(1);
    expect(text(memory.read(params.get32(0x228), 100))).toBe("console=ttyS0 quiet");
    expect(params.get8(0x1e8)).toBe(3);
    const ranges = [0, 1, 2].map((index) => {
      const at = 0x2d0 + 20 * index;
      return [params.get64(at), params.get64(at + 8), params.get32(at + 16)];
    });
    expect(ranges).toEqual([
      [0n, 0x9_fc00n, 1],
      [0x9_fc00n, 0x6_0400n, 2],
      [0x10_0000n, BigInt(31 * MIB), 1],
    ]);
  });

  it("finds its initial file system at the end of memory, on a page's beginning", () => {
    const memory = memoryOf(32 * MIB);
    loadLinux(memory, { kernel: image(), initrd: new Uint8Array(5000).fill(7) });
    const params = new Block(memory.read(0x7000, 0x1000));
    expect([params.get32(0x218), params.get32(0x21c)]).toEqual([32 * MIB - 0x2000, 5000]);
    expect([...new Set(memory.read(32 * MIB - 0x2000, 5000))]).toEqual([7]);
  });

  it("has its initial file system below what it can reach", () => {
    const memory = memoryOf(32 * MIB);
    loadLinux(memory, { kernel: image((header) => header.set32(0x22c, 20 * MIB - 1)), initrd: new Uint8Array(100) });
    expect(new Block(memory.read(0x7000, 0x1000)).get32(0x218)).toBe(20 * MIB - 0x1000);
  });

  it.each<[string, (header: Block) => void, RegExp]>([
    ["no header", (header) => header.set32(0x202, 0), /no bzImage/],
    ["an old protocol", (header) => header.set16(0x206, 0x20b), /boot protocol 2\.11/],
    ["no 64-bit entry", (header) => header.set16(0x236, 0), /no 64-bit entry/],
    [
      "too little memory",
      (header) => header.set32(0x260, 17 * MIB),
      /needs memory up to 34 MiB, and the guest has 32 MiB/,
    ],
    ["a short command line", (header) => header.set32(0x238, 4), /has 7 characters, and the kernel takes 4/],
    ["no room for the initial file system", (header) => header.set32(0x22c, 16 * MIB), /no room for 5 bytes/],
  ])("is refused with a sentence: %s", (_, change, sentence) => {
    const load = () =>
      loadLinux(memoryOf(32 * MIB), { kernel: image(change), commandLine: "console", initrd: new Uint8Array(5) });
    expect(load).toThrow(sentence);
  });
});
