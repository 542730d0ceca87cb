// Every rule for kernel images and extensions, broken one at a time

import {
  BOOT_VERSION,
  ELF_ABI,
  ELF_CLASS,
  ELF_ENDIANNESS,
  ELF_ENTRY,
  ELF_MACHINE,
  ELF_MAGIC,
  ELF_NO_KERNEL_NOTE,
  ELF_NO_SEGMENTS,
  ELF_NOTE,
  ELF_OK,
  ELF_PROGRAM_HEADERS,
  ELF_SEGMENT_ALIGNMENT,
  ELF_SEGMENT_OVERLAP,
  ELF_SEGMENT_SIZE,
  ELF_SEGMENT_WINDOW,
  ELF_SEGMENT_WX,
  ELF_STACK_EXECUTABLE,
  ELF_TLS,
  ELF_TOO_LARGE,
  ELF_TOO_SMALL,
  ELF_TRUNCATED,
  ELF_TYPE,
  EXT_CODE_BASE,
  EXT_CODE_BYTES,
  KERNEL_IMAGE_BASE,
  KERNEL_IMAGE_BYTES,
  KERNEL_MEMORY_BASE,
  MODULE_MEMORY_WINDOW,
  NOTE_EXTENSION_MEMORY,
  NOTE_EXTENSION_VERSIONS,
  NOTE_KERNEL,
} from "@bareflank/abi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildElf,
  buildNote,
  type ElfSpec,
  littleEndian,
  loadPart,
  PF,
  PT,
  type SegmentSpec,
} from "../test-support/index.ts";

interface ElfCheck {
  checkKernel(file: bigint, bytes: bigint): number;
  checkExtension(file: bigint, bytes: bigint): number;
  kernelVersion(file: bigint): bigint;
}

const FILE = 0x12_3456_7000n;

/** Puts a file directly before an unmapped page, so that a read behind its end faults, and lets `check` look at it. */
function withFile<T>(bytes: Uint8Array, check: (part: ElfCheck, file: bigint) => T): T {
  const { exports, memory } = loadPart<ElfCheck>("elf-check");
  const pages = Math.ceil(bytes.length / 4096);
  memory.map(FILE, pages * 4096, {});
  const file = FILE + BigInt(pages * 4096 - bytes.length);
  memory.write(file, bytes);
  return check(exports, file);
}

const checkKernel = (bytes: Uint8Array) =>
  withFile(bytes, (part, file) => part.checkKernel(file, BigInt(bytes.length)));
const checkExtension = (bytes: Uint8Array) =>
  withFile(bytes, (part, file) => part.checkExtension(file, BigInt(bytes.length)));

const load = (address: bigint, flags: number, more: Partial<SegmentSpec> = {}): SegmentSpec => ({
  type: PT.LOAD,
  address,
  flags,
  data: new Uint8Array(64).fill(0x90),
  ...more,
});
const noteSegment = (data: Uint8Array, more: Partial<SegmentSpec> = {}): SegmentSpec => ({
  type: PT.NOTE,
  data,
  ...more,
});
const RX = PF.R | PF.X;
const RW = PF.R | PF.W;

const text = load(EXT_CODE_BASE, RX);
const data = load(EXT_CODE_BASE + 0x1000n, RW, { memoryBytes: 0x2345n });
const stack: SegmentSpec = { type: PT.GNU_STACK, flags: RW };
const extension = (...more: SegmentSpec[]): ElfSpec => ({ segments: [text, data, stack, ...more] });

const kernelNote = (version: bigint) => noteSegment(buildNote("Bareflank", NOTE_KERNEL, littleEndian(8, version)));
const kernelText = load(KERNEL_IMAGE_BASE, RX);
const kernelMemory = load(KERNEL_MEMORY_BASE + 0x1_0000n, RW, { data: new Uint8Array(0), memoryBytes: 0x4_0000n });
const kernel = (...more: SegmentSpec[]): ElfSpec => ({
  segments: [kernelText, kernelMemory, kernelNote(BOOT_VERSION), stack, ...more],
});

const memoryNote = (...words: number[]) =>
  noteSegment(buildNote("Bareflank", NOTE_EXTENSION_MEMORY, littleEndian(4, ...words)));

const versionsNote = (...words: number[]) =>
  noteSegment(buildNote("Bareflank", NOTE_EXTENSION_VERSIONS, littleEndian(4, ...words)));

describe("a file that is accepted", () => {
  test.each<[string, Uint8Array]>([
    ["text, data with zeros behind, stack", buildElf(extension())],
    ["only code", buildElf({ segments: [text] })],
    ["segments in any order", buildElf({ entry: EXT_CODE_BASE, segments: [data, text] })],
    [
      "a segment of no bytes, wherever it is",
      buildElf(extension(load(5n, PF.W | PF.X, { data: new Uint8Array(0), align: 1n }))),
    ],
    [
      "a segment that ends with the window",
      buildElf(extension(load(EXT_CODE_BASE + EXT_CODE_BYTES - 0x1000n, RW, { memoryBytes: 0x1000n }))),
    ],
    ["neighbours that share no page", buildElf(extension(load(EXT_CODE_BASE + 0x4000n, RW)))],
    ["any place in the file", buildElf({ segments: [{ ...text, offset: 1n }] })],
    [
      "an unknown segment type, however wrong",
      buildElf(extension({ type: 0x6474_e553, offset: 1n << 60n, fileBytes: 9n })),
    ],
    ["memory of its own", buildElf(extension(memoryNote(1, 3, 16, 256, 0x1_0000, 0)))],
    ["memory up to 4 GiB", buildElf(extension(memoryNote(1, 0, 0, 0x10_0000 - 16, 0x1_0000, 0)))],
    ["versions that it knows", buildElf(extension(versionsNote(6)))],
    ["a foreign note", buildElf(extension(noteSegment(buildNote("GNU", 3, new Uint8Array(20)))))],
    [
      "notes without the last one's padding",
      buildElf(extension(noteSegment(buildNote("GNU", 3, new Uint8Array(21)).subarray(0, 37)))),
    ],
    [
      "notes that are aligned to 8",
      buildElf(extension(noteSegment(buildNote("GNU", 5, new Uint8Array(16)), { align: 8n }))),
    ],
    [
      "thread-local storage of a page",
      buildElf(extension({ type: PT.TLS, address: EXT_CODE_BASE + 0x1000n, memoryBytes: 4096n, align: 4096n })),
    ],
  ])("%s", (_, bytes) => {
    expect(checkExtension(bytes)).toBe(ELF_OK);
  });

  test("a kernel image", () => {
    const bytes = buildElf(kernel());
    expect(checkKernel(bytes)).toBe(ELF_OK);
    expect(withFile(bytes, (part, file) => part.kernelVersion(file))).toBe(BOOT_VERSION);
  });

  test("a kernel image of another version, whose version is told", () => {
    const bytes = buildElf({ segments: [kernelText, kernelNote(0x1234_5678_9abcn)] });
    expect(checkKernel(bytes)).toBe(ELF_OK);
    expect(withFile(bytes, (part, file) => part.kernelVersion(file))).toBe(0x1234_5678_9abcn);
  });

  test("a kernel note behind one whose end is padded to 8", () => {
    const notes = [
      buildNote("GNU", 5, new Uint8Array(4), 8),
      buildNote("Bareflank", NOTE_KERNEL, littleEndian(8, 7n), 8),
    ];
    const bytes = buildElf({ segments: [kernelText, noteSegment(Buffer.concat(notes), { align: 8n })] });
    expect(checkKernel(bytes)).toBe(ELF_OK);
    expect(withFile(bytes, (part, file) => part.kernelVersion(file))).toBe(7n);
  });

  test("a kernel note behind other notes", () => {
    const notes = [buildNote("GNU", 3, new Uint8Array(20)), buildNote("Other", NOTE_KERNEL, new Uint8Array(3))];
    const own = buildNote("Bareflank", NOTE_KERNEL, littleEndian(8, 7n));
    const bytes = buildElf({ segments: [kernelText, noteSegment(Buffer.concat([...notes, own]))] });
    expect(checkKernel(bytes)).toBe(ELF_OK);
    expect(withFile(bytes, (part, file) => part.kernelVersion(file))).toBe(7n);
  });
});

/** A kernel's note whose owner fills the place of its NUL, too. */
function unendedOwner(): Uint8Array {
  const note = buildNote("Bareflank", NOTE_KERNEL, new Uint8Array(8));
  note[12 + 9] = 0x73;
  return note;
}

describe("thread-local storage that shares its address", () => {
  const at = EXT_CODE_BASE + 0x8000n;
  const tls: SegmentSpec = { type: PT.TLS, address: at, memoryBytes: 24n, align: 8n };
  const tbss = load(at, RW, { data: new Uint8Array(0), memoryBytes: 24n });
  const bss = load(at, RW, { data: new Uint8Array(0), memoryBytes: 0x3000n });

  test.each<[string, SegmentSpec[]]>([
    [".tbss in a PT_LOAD of its own, .bss at the same address", [tls, tbss, bss]],
    [".bss alone", [tls, bss]],
    [".bss alone and as large as .tbss", [tls, tbss]],
    ["two that both look like .tbss", [tls, tbss, tbss]],
  ])("%s is accepted", (_, segments) => {
    expect(checkExtension(buildElf(extension(...segments)))).toBe(ELF_OK);
  });

  test("two segments that overlap and are no template are refused", () => {
    expect(checkExtension(buildElf(extension(tls, bss, bss)))).toBe(ELF_SEGMENT_OVERLAP);
  });
});

describe("a header that is refused", () => {
  test.each<[string, number, Uint8Array]>([
    ["no bytes at all", ELF_TOO_SMALL, new Uint8Array(0)],
    ["three bytes", ELF_TOO_SMALL, new Uint8Array([0x7f, 0x45, 0x4c])],
    ["a header without its end", ELF_TOO_SMALL, buildElf(extension()).subarray(0, 63)],
    ["a script", ELF_MAGIC, new TextEncoder().encode("#!/bin/sh\n")],
    ["another magic", ELF_MAGIC, buildElf({ ...extension(), magic: 0x7f45_4c47 })],
    ["32 bits", ELF_CLASS, buildElf({ ...extension(), class: 1 })],
    ["big endian", ELF_ENDIANNESS, buildElf({ ...extension(), endianness: 2 })],
    ["Linux's ABI", ELF_ABI, buildElf({ ...extension(), abi: 3 })],
    ["a version of the ABI", ELF_ABI, buildElf({ ...extension(), abiVersion: 1 })],
    ["another version of ELF in its identification", ELF_ABI, buildElf({ ...extension(), identVersion: 0 })],
    ["another version of ELF", ELF_ABI, buildElf({ ...extension(), version: 2 })],
    ["relocatable", ELF_TYPE, buildElf({ ...extension(), type: 1 })],
    ["position independent", ELF_TYPE, buildElf({ ...extension(), type: 3 })],
    ["for AArch64", ELF_MACHINE, buildElf({ ...extension(), machine: 183 })],
    ["no program headers", ELF_PROGRAM_HEADERS, buildElf({ ...extension(), programHeaderCount: 0 })],
    ["too many program headers", ELF_PROGRAM_HEADERS, buildElf({ segments: Array(65).fill(stack) })],
    ["program headers of another size", ELF_PROGRAM_HEADERS, buildElf({ ...extension(), programHeaderBytes: 32 })],
    [
      "program headers that begin behind the end",
      ELF_PROGRAM_HEADERS,
      buildElf({ ...extension(), programHeaderOffset: 1n << 40n }),
    ],
    [
      "program headers that wrap around",
      ELF_PROGRAM_HEADERS,
      buildElf({ ...extension(), programHeaderOffset: (1n << 64n) - 8n }),
    ],
    [
      "program headers that end behind the end",
      ELF_PROGRAM_HEADERS,
      buildElf({ segments: [text, data] }).subarray(0, 175),
    ],
    ["a dynamic linker", ELF_TYPE, buildElf(extension({ type: PT.INTERP, data: new Uint8Array(8) }))],
    ["a dynamic section", ELF_TYPE, buildElf(extension({ type: PT.DYNAMIC, data: new Uint8Array(16) }))],
    [
      "an executable stack",
      ELF_STACK_EXECUTABLE,
      buildElf({ segments: [text, { type: PT.GNU_STACK, flags: RW | PF.X }] }),
    ],
  ])("%s", (_, error, bytes) => {
    expect(checkExtension(bytes)).toBe(error);
    expect(checkKernel(bytes)).toBe(error);
  });

  test("a file of more than 8 MiB, while one of 8 MiB is none", () => {
    const bytes = new Uint8Array(8 * 1024 * 1024 + 1);
    bytes.set(buildElf(extension()));
    expect(checkExtension(bytes)).toBe(ELF_TOO_LARGE);
    expect(checkExtension(bytes.subarray(0, bytes.length - 1))).toBe(ELF_OK);
  });
});

describe("a segment that is refused", () => {
  const more = EXT_CODE_BASE + 0x1_0000n;

  test.each<[string, number, SegmentSpec]>([
    ["reaches behind the file's end", ELF_TRUNCATED, load(more, RW, { fileBytes: 65n, memoryBytes: 65n })],
    ["begins behind the file's end", ELF_TRUNCATED, load(more, RW, { offset: 1n << 33n })],
    ["wraps around in the file", ELF_TRUNCATED, load(more, RW, { offset: (1n << 64n) - 32n })],
    ["is larger than any file", ELF_TRUNCATED, load(more, RW, { fileBytes: (1n << 64n) - 1n })],
    ["has more bytes in the file than in memory", ELF_SEGMENT_SIZE, load(more, RW, { memoryBytes: 63n })],
    ["has bytes in the file, none in memory", ELF_SEGMENT_SIZE, load(more, RW, { memoryBytes: 0n })],
    ["wraps around in memory", ELF_SEGMENT_SIZE, load((1n << 64n) - 0x1000n, RW, { memoryBytes: 0x1001n })],
    ["has another alignment", ELF_SEGMENT_ALIGNMENT, load(more, RW, { align: 0x20_0000n })],
    ["has no alignment", ELF_SEGMENT_ALIGNMENT, load(more, RW, { align: 0n })],
    ["begins within a page", ELF_SEGMENT_ALIGNMENT, load(more + 0x10n, RW)],
    ["is writable and executable", ELF_SEGMENT_WX, load(more, PF.R | PF.W | PF.X)],
    ["is below the window", ELF_SEGMENT_WINDOW, load(EXT_CODE_BASE - 0x1000n, RW)],
    ["begins at the window's end", ELF_SEGMENT_WINDOW, load(EXT_CODE_BASE + EXT_CODE_BYTES, RW)],
    [
      "leaves the window by a byte",
      ELF_SEGMENT_WINDOW,
      load(EXT_CODE_BASE + EXT_CODE_BYTES - 0x1000n, RW, { memoryBytes: 0x1001n }),
    ],
    ["is larger than the window", ELF_SEGMENT_WINDOW, load(EXT_CODE_BASE, RW, { memoryBytes: EXT_CODE_BYTES + 1n })],
    ["lies in the kernel", ELF_SEGMENT_WINDOW, load(KERNEL_IMAGE_BASE, RW)],
    ["repeats another one", ELF_SEGMENT_OVERLAP, text],
    ["begins in another one's last page", ELF_SEGMENT_OVERLAP, load(EXT_CODE_BASE + 0x3000n, RW)],
    ["has another one inside", ELF_SEGMENT_OVERLAP, load(EXT_CODE_BASE, RX, { memoryBytes: 0x10_0000n })],
  ])("%s", (_, error, segment) => {
    expect(checkExtension(buildElf(extension(segment)))).toBe(error);
  });

  test.each<[string, number, SegmentSpec]>([
    [
      "lies behind the image's window and across the memory's begin",
      ELF_SEGMENT_WINDOW,
      load(KERNEL_IMAGE_BASE + KERNEL_IMAGE_BYTES - 0x1000n, RW, { memoryBytes: 0x2000n }),
    ],
    [
      "leaves the memory's window",
      ELF_SEGMENT_WINDOW,
      load(KERNEL_MEMORY_BASE + MODULE_MEMORY_WINDOW - 0x1000n, RW, { memoryBytes: 0x1001n }),
    ],
    ["is below the image's window", ELF_SEGMENT_WINDOW, load(KERNEL_IMAGE_BASE - 0x1000n, RW)],
    ["lies where extensions do", ELF_SEGMENT_WINDOW, text],
    ["lies across the kernel's memory", ELF_SEGMENT_OVERLAP, load(KERNEL_MEMORY_BASE, RW, { memoryBytes: 0x1_0001n })],
    ["is writable and executable", ELF_SEGMENT_WX, load(KERNEL_IMAGE_BASE + 0x1000n, PF.W | PF.X)],
  ])("in a kernel image: %s", (_, error, segment) => {
    expect(checkKernel(buildElf(kernel(segment)))).toBe(error);
  });

  test("none is left", () => {
    const empty = load(EXT_CODE_BASE, RX, { data: new Uint8Array(0) });
    expect(checkExtension(buildElf({ segments: [stack] }))).toBe(ELF_NO_SEGMENTS);
    expect(checkExtension(buildElf({ segments: [empty] }))).toBe(ELF_NO_SEGMENTS);
  });
});

describe("an entry point that is refused", () => {
  test.each<[string, bigint]>([
    ["nowhere", 0n],
    ["in data", data.address ?? 0n],
    ["directly behind the code", EXT_CODE_BASE + 64n],
    ["directly before the code", EXT_CODE_BASE - 1n],
  ])("%s", (_, entry) => {
    expect(checkExtension(buildElf({ ...extension(), entry }))).toBe(ELF_ENTRY);
  });

  test("but not the code's last byte", () => {
    expect(checkExtension(buildElf({ ...extension(), entry: EXT_CODE_BASE + 63n }))).toBe(ELF_OK);
  });
});

describe("thread-local storage that is refused", () => {
  const tls = (more: Partial<SegmentSpec>): SegmentSpec => ({ type: PT.TLS, address: EXT_CODE_BASE, ...more });

  test.each<[string, number, SegmentSpec[]]>([
    ["larger than a page", ELF_TLS, [tls({ memoryBytes: 4097n })]],
    ["larger than a page with its alignment", ELF_TLS, [tls({ memoryBytes: 4096n, align: 8192n })]],
    ["beyond a page where it begins", ELF_TLS, [tls({ address: EXT_CODE_BASE + 8n, memoryBytes: 4096n, align: 16n })]],
    ["an alignment that is no power of two", ELF_TLS, [tls({ memoryBytes: 8n, align: 24n })]],
    ["executable", ELF_TLS, [tls({ flags: RX })]],
    ["more bytes in the file than in memory", ELF_TLS, [tls({ data: new Uint8Array(8), memoryBytes: 7n })]],
    ["two of them", ELF_TLS, [tls({}), tls({})]],
    ["a template behind the file's end", ELF_TRUNCATED, [tls({ fileBytes: 8n })]],
  ])("%s", (_, error, segments) => {
    expect(checkExtension(buildElf(extension(...segments)))).toBe(error);
  });
});

describe("a note that is refused", () => {
  const build = (spec: SegmentSpec) => checkExtension(buildElf(extension(spec)));
  const whole = buildNote("GNU", 3, new Uint8Array(20));

  test.each<[string, number, SegmentSpec]>([
    ["behind the file's end", ELF_TRUNCATED, noteSegment(whole, { fileBytes: 1000n })],
    ["a byte", ELF_NOTE, noteSegment(whole.subarray(0, 1))],
    ["less than two words", ELF_NOTE, noteSegment(whole.subarray(0, 7))],
    ["without the end of its header", ELF_NOTE, noteSegment(whole.subarray(0, 11))],
    ["without the end of its name", ELF_NOTE, noteSegment(littleEndian(4, 8, 0, 3, 0x41))],
    ["without the end of its descriptor", ELF_NOTE, noteSegment(whole.subarray(0, 35))],
    ["a name of 4 GiB", ELF_NOTE, noteSegment(littleEndian(4, 0xffff_ffff, 0, 3))],
    ["a descriptor of 4 GiB", ELF_NOTE, noteSegment(littleEndian(4, 0, 0xffff_ffff, 3))],
    ["memory: too short", ELF_NOTE, memoryNote(1, 1, 16, 16, 0x1_0000)],
    ["memory: too long", ELF_NOTE, memoryNote(1, 1, 16, 16, 0x1_0000, 0, 0)],
    ["memory: another version", ELF_NOTE, memoryNote(2, 1, 16, 16, 0x1_0000, 0)],
    ["memory: unknown flags", ELF_NOTE, memoryNote(1, 4, 16, 16, 0x1_0000, 0)],
    ["memory: more at start than at most", ELF_NOTE, memoryNote(1, 1, 17, 16, 0x1_0000, 0)],
    ["memory: data in the first 64 KiB", ELF_NOTE, memoryNote(1, 1, 16, 16, 0xf000, 0)],
    ["memory: data within a page", ELF_NOTE, memoryNote(1, 1, 16, 16, 0x1_0010, 0)],
    ["memory: beyond 4 GiB", ELF_NOTE, memoryNote(1, 1, 16, 0x10_0000 - 15, 0x1_0000, 0)],
    ["versions: none", ELF_NOTE, versionsNote()],
    ["versions: two words", ELF_NOTE, versionsNote(6, 0)],
    ["memory: something in the reserved word", ELF_NOTE, memoryNote(1, 1, 16, 16, 0x1_0000, 1)],
  ])("%s", (_, error, segment) => {
    expect(build(segment)).toBe(error);
  });

  test.each<[string, number, SegmentSpec[]]>([
    ["an extension", ELF_NO_KERNEL_NOTE, extension().segments.slice()],
    ["a kernel without its note", ELF_NO_KERNEL_NOTE, [kernelText]],
    ["another owner", ELF_NO_KERNEL_NOTE, [kernelText, noteSegment(buildNote("Bareflanc", 1, new Uint8Array(8)))]],
    [
      "an owner that goes on",
      ELF_NO_KERNEL_NOTE,
      [kernelText, noteSegment(buildNote("Bareflanks", 1, new Uint8Array(8)))],
    ],
    ["an owner without its end", ELF_NO_KERNEL_NOTE, [kernelText, noteSegment(unendedOwner())]],
    ["another type", ELF_NO_KERNEL_NOTE, [kernelText, noteSegment(buildNote("Bareflank", 9, new Uint8Array(8)))]],
    [
      "a version of 32 bits",
      ELF_NOTE,
      [kernelText, noteSegment(buildNote("Bareflank", NOTE_KERNEL, new Uint8Array(4)))],
    ],
  ])("as a kernel image: %s", (_, error, segments) => {
    expect(checkKernel(buildElf({ segments }))).toBe(error);
  });
});

describe("any damage", () => {
  test("gives a known error and reads nothing outside the file", () => {
    const files = [buildElf(extension(memoryNote(1, 3, 16, 256, 0x1_0000, 0))), buildElf(kernel())];
    const damage = fc.array(fc.tuple(fc.nat(700), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...files), damage, fc.nat(900), (file, bytes, length) => {
        const broken = file.slice(0, Math.max(1, length));
        for (const [at, value] of bytes) if (at < broken.length) broken[at] = value;
        expect(checkExtension(broken)).toBeLessThanOrEqual(ELF_NO_KERNEL_NOTE);
        expect(checkKernel(broken)).toBeLessThanOrEqual(ELF_NO_KERNEL_NOTE);
      }),
      { numRuns: 1000 },
    );
  });
});
