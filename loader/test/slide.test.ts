// The kernel's place: another one at each start, and every address that its image names moved with it

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  BOOT_VERSION,
  ERROR_ELF,
  ERROR_NONE,
  IOCTL_STATUS,
  KERNEL_IMAGE_BASE,
  KERNEL_MEMORY_BASE,
  KERNEL_MEMORY_BYTES,
  NOTE_KERNEL,
  NOTE_RELOCATIONS,
  OPERATION_NO_SLIDE,
  SAVED_STATE_HOST_CR3,
  SAVED_STATE_KERNEL_ENTRY,
  STATUS_ARGS_IMAGE_SLIDE,
  STATUS_ARGS_MEMORY_SLIDE,
} from "@bareflank/abi";
import { buildElf, buildNote, littleEndian, PF, PT } from "@bareflank/bsl/test-support";
import { describe, expect, it } from "vitest";
import { partPath } from "../../bsl/test-support/index.ts";
import { kernelImage, Machine, toDirect } from "./machine/machine.ts";
import { walk } from "./machine/page-walk.ts";

const folder = new URL(`file://${partPath("kernel")}`);
const image = new Uint8Array(readFileSync(new URL("kernel.elf", folder)));
const TABLE = 0x20_0000n;

interface Segment {
  readonly offset: number;
  readonly address: bigint;
  readonly fileBytes: number;
  readonly memoryBytes: bigint;
}

/** PT_LOAD of a file. */
function segments(file: Uint8Array): Segment[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => 64 + index * 56)
    .filter((at) => view.getUint32(at, true) === PT.LOAD)
    .map((at) => ({
      offset: Number(view.getBigUint64(at + 8, true)),
      address: view.getBigUint64(at + 16, true),
      fileBytes: Number(view.getBigUint64(at + 32, true)),
      memoryBytes: view.getBigUint64(at + 40, true),
    }));
}

/** The linker's own list: where, type, and the symbol's address. */
function linkerRelocations(): { readonly place: bigint; readonly type: string; readonly symbol: bigint }[] {
  const path = fileURLToPath(new URL("kernel.debug.elf", folder));
  const text = execFileSync("llvm-readelf", ["-rW", path], { maxBuffer: 64 << 20 }).toString();
  const section = text.slice(0).split("\n");
  return section.flatMap((line) => {
    const [, place, type, symbol] = /^([0-9a-f]{16})\s+[0-9a-f]{16}\s+R_X86_64_(\S+)\s+([0-9a-f]{16})/.exec(line) ?? [];
    if (place === undefined || type === undefined || symbol === undefined) return [];
    return [{ place: BigInt(`0x${place}`), type, symbol: BigInt(`0x${symbol}`) }];
  });
}

/** What the image's loaded bytes become, from the linker's list: segment by segment. */
function movedImage(imageSlide: bigint, memorySlide: bigint): Map<bigint, Uint8Array> {
  const result = new Map<bigint, Uint8Array>();
  for (const { offset, address, fileBytes } of segments(image)) {
    const bytes = image.slice(offset, offset + fileBytes);
    const view = new DataView(bytes.buffer);
    for (const { place, type, symbol } of linkerRelocations()) {
      const at = Number(place - address);
      if (place < address || at >= fileBytes) continue;
      const isMemory = symbol >= KERNEL_MEMORY_BASE;
      const target = isMemory ? memorySlide : imageSlide;
      if (type === "64") view.setBigUint64(at, view.getBigUint64(at, true) + target, true);
      else if (type === "32" || type === "32S") view.setUint32(at, view.getUint32(at, true) + Number(target), true);
      else if (isMemory) view.setUint32(at, view.getUint32(at, true) + Number(memorySlide - imageSlide), true);
    }
    result.set(address, bytes);
  }
  return result;
}

function started(random: () => bigint, kernel: Uint8Array = image, flags = 0) {
  const machine = new Machine(1);
  machine.platform.randomNumber = random;
  expect(machine.load(kernel).error).toBe(ERROR_NONE);
  expect(machine.start(flags).error).toBe(ERROR_NONE);
  const state = machine.demotions.at(-1)?.state ?? 0n;
  const root = machine.memory.peek(state + BigInt(SAVED_STATE_HOST_CR3), 8);
  const entry = machine.memory.peek(state + BigInt(SAVED_STATE_KERNEL_ENTRY), 8);
  machine.operate(IOCTL_STATUS);
  const slides = { image: machine.long(STATUS_ARGS_IMAGE_SLIDE), memory: machine.long(STATUS_ARGS_MEMORY_SLIDE) };
  const { mappings } = walk(machine.memory, root, toDirect);
  /** The bytes at an address of host mode; undefined where nothing is mapped. */
  const bytesAt = (address: bigint, bytes: number): Uint8Array | undefined => {
    const result = new Uint8Array(bytes);
    for (let done = 0; done < bytes; done += 4096) {
      const page = mappings.find(({ virtual }) => virtual === address + BigInt(done));
      if (page === undefined) return undefined;
      result.set(machine.memory.read(toDirect(page.physical), Math.min(4096, bytes - done)), done);
    }
    return result;
  };
  return { machine, entry, slides, bytesAt, mappings };
}

const entryOf = (file: Uint8Array) => new DataView(file.buffer, file.byteOffset).getBigUint64(24, true);

describe("the kernel that ships", () => {
  it.each([
    ["where it was linked", 0n],
    ["a page on", 1n << 32n],
    ["a table on", 1n],
    ["anywhere", 0x1234_5678_9abc_def1n],
    ["at the end", 254n + (0xffff_0000n << 32n)],
  ])("runs %s, with every address that it names moved", (_, random) => {
    const { entry, slides, bytesAt } = started(() => random);
    expect(entry).toBe(entryOf(image) + slides.image);
    for (const [address, bytes] of movedImage(slides.image, slides.memory)) {
      const slide = address < KERNEL_MEMORY_BASE ? slides.image : slides.memory;
      expect(Buffer.compare(bytesAt(address + slide, bytes.length) ?? Buffer.alloc(0), bytes)).toBe(0);
    }
  });

  it("has all of its linear memory's windows below 2 GiB, wherever it lies", () => {
    const last = (0x8000_0000n - KERNEL_MEMORY_BASE - KERNEL_MEMORY_BYTES) / TABLE;
    const tables = [last - 1n, last, last + 1n].map((table) => started(() => table).slides.memory / TABLE);
    expect(tables).toEqual([last - 1n, 0n, 1n]);
  });

  it("lies at any page of its table, up to the last one that leaves it within", () => {
    const span = (memory: boolean) => {
      const own = segments(image).filter(({ address }) => address >= KERNEL_MEMORY_BASE === memory);
      const low = own.map(({ address }) => address).reduce((a, b) => (a < b ? a : b));
      const high = own.map((one) => one.address + one.memoryBytes).reduce((a, b) => (a > b ? a : b));
      return (TABLE - (low % TABLE) - (high - low)) / 4096n;
    };
    const within = (random: bigint) => {
      const { slides } = started(() => random << 32n);
      return [slides.image % TABLE, slides.memory % TABLE];
    };
    const [ofImage, ofMemory] = [span(false), span(true)];
    expect(within(ofImage)[0]).toBe(ofImage * 4096n);
    expect(within(ofImage + 1n)[0]).toBe(0n);
    expect(within(ofMemory)[1]).toBe(ofMemory * 4096n);
    expect(within(ofMemory + 1n)[1]).toBe(0n);
  });

  it("has relocations of each kind that the loader knows", () => {
    const kinds = new Set(linkerRelocations().map(({ type, symbol }) => `${type} ${symbol >= KERNEL_MEMORY_BASE}`));
    for (const kind of ["64 false", "32S false", "32S true", "PC32 true"]) expect(kinds).toContain(kind);
  });

  it("has nothing in its file but what is loaded, and a word or two for each relocation", () => {
    const end = Math.max(...segments(image).map(({ offset, fileBytes }) => (fileBytes === 0 ? 0 : offset + fileBytes)));
    const list = linkerRelocations().filter(({ type, symbol }) => type !== "PC32" || symbol >= KERNEL_MEMORY_BASE);
    expect(image.length - end).toBeLessThan(2 * list.length + 16);
    expect(
      segments(image)
        .filter(({ fileBytes }) => fileBytes === 0)
        .map(({ offset }) => offset),
    ).toEqual([0, 0]);
  });

  it("leaves nothing where it was linked, and keeps to its windows and one table each", () => {
    const { slides, mappings } = started(() => 0xfedc_ba98_7654_3210n);
    expect(slides.image).not.toBe(0n);
    expect(slides.memory).not.toBe(0n);
    const within = (from: bigint, to: bigint) =>
      mappings.map(({ virtual }) => virtual).filter((virtual) => virtual >= from && virtual < to);
    const code = within(KERNEL_IMAGE_BASE, KERNEL_MEMORY_BASE);
    const linear = within(KERNEL_MEMORY_BASE, 0x8000_0000n);
    const pages = (memory: boolean) =>
      segments(image)
        .filter(({ address }) => address >= KERNEL_MEMORY_BASE === memory)
        .reduce((sum, { memoryBytes }) => sum + Number((memoryBytes + 4095n) / 4096n), 0);
    expect([code.length, linear.length]).toEqual([pages(false), pages(true)]);
    for (const part of [code, linear]) expect(new Set(part.map((virtual) => virtual / TABLE)).size).toBe(1);
  });

  it("is put elsewhere at the next start, and by numbers of their own for image and memory", () => {
    let next = 0n;
    const random = () => (next += 0x3_0000_0005n);
    const { machine, slides } = started(random);
    expect(slides.image).not.toBe(slides.memory);
    machine.start(0);
    machine.operate(IOCTL_STATUS);
    expect(machine.long(STATUS_ARGS_IMAGE_SLIDE)).not.toBe(slides.image);
  });

  it("stays where it was linked when that is asked for", () => {
    const { entry, slides } = started(() => 77n, image, OPERATION_NO_SLIDE);
    expect(slides).toEqual({ image: 0n, memory: 0n });
    expect(entry).toBe(entryOf(image));
  });
});

describe("a kernel", () => {
  it("without relocations stays where it was linked", () => {
    expect(started(() => 77n, kernelImage()).slides).toEqual({ image: 0n, memory: 0n });
  });

  /** An image of two pages of code, with a table behind it. */
  const withTable = (words: readonly number[], count = words.length, linearBytes = 0x1000n): Uint8Array => {
    const build = (offset: number) =>
      buildElf({
        entry: KERNEL_IMAGE_BASE,
        segments: [
          { type: PT.LOAD, flags: PF.R | PF.X, address: KERNEL_IMAGE_BASE, data: new Uint8Array(0x2000).fill(0x11) },
          { type: PT.LOAD, flags: PF.R | PF.W, address: KERNEL_MEMORY_BASE + 0x1_0000n, memoryBytes: linearBytes },
          { type: PT.NOTE, data: buildNote("Bareflank", NOTE_KERNEL, littleEndian(8, BOOT_VERSION)) },
          {
            type: PT.NOTE,
            data: buildNote("Bareflank", NOTE_RELOCATIONS, littleEndian(4, BigInt(offset), BigInt(count))),
          },
        ],
      });
    const file = build(0);
    const whole = new Uint8Array(file.length + 2 * words.length);
    whole.set(build(file.length));
    words.forEach((word, index) => {
      new DataView(whole.buffer).setUint16(file.length + 2 * index, word, true);
    });
    return whole;
  };
  const word = (bytes: Uint8Array | undefined, at: number) =>
    new DataView((bytes ?? new Uint8Array(0)).buffer).getUint32(at, true);

  it("has words moved that lie across two pages", () => {
    const { slides, bytesAt } = started(() => 3n + (5n << 32n), withTable([0xffe, 0x4000 | 0x20]));
    const bytes = bytesAt(KERNEL_IMAGE_BASE + slides.image, 0x2000);
    expect(word(bytes, 0xffe)).toBe(0x1111_1111 + Number(slides.image));
    expect(word(bytes, 0x101e)).toBe(0x1111_1111 + Number(slides.image));
    expect(word(bytes, 0x1002)).toBe(0x1111_1111);
    expect(word(bytes, 0xffa)).toBe(0x1111_1111);
  });

  it("has far words moved, and none that its table puts outside of its bytes", () => {
    // Twice "nothing is there", then one that ends behind the last byte
    const { slides, bytesAt } = started(() => 3n, withTable([0x1000, 0xffd, 1, 0x3fff, 0x3fff, 0]));
    const bytes = bytesAt(KERNEL_IMAGE_BASE + slides.image, 0x2000);
    expect(word(bytes, 0x1000)).toBe(0x1111_1111 + Number(slides.image));
    expect(word(bytes, 0x1ffc)).toBe(0x1111_1111);
  });

  it("that leaves no page of its table, or has more than one, stays where it is there", () => {
    const room = TABLE - 0x1_0000n;
    const memorySlide = (bytes: bigint) => started(() => 7n << 32n, withTable([0], 1, bytes)).slides.memory;
    expect([room - 0x1000n, room, room + 0x1000n].map(memorySlide)).toEqual([0x1000n, 0n, 0n]);
    const tables = (bytes: bigint) => started(() => 3n, withTable([0], 1, bytes)).slides.memory;
    expect([room, room + 0x1000n].map(tables)).toEqual([3n * TABLE, 0n]);
  });

  it("whose table is not in the file is refused", () => {
    const machine = new Machine(1);
    expect(machine.load(withTable([1], 0x10_0000)).error).toBe(ERROR_ELF);
  });
});
