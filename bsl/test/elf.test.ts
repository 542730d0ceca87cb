// What loaders ask a file that has been checked

import { EXT_CODE_BASE, NOTE_EXTENSION_MEMORY } from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { buildElf, buildNote, type ElfSpec, littleEndian, PF, PT, type SegmentSpec } from "../test-support/index.ts";
import { loadLibrary } from "./library.ts";

const FILE = 0x7_0000n;
const RW = PF.R | PF.W;

function loadFile(spec: ElfSpec) {
  const part = loadLibrary();
  const bytes = buildElf(spec);
  part.memory.map(FILE, bytes.length);
  part.memory.write(FILE, bytes);
  return part;
}

/** Indexes of the segments that a loader has to map. */
function loaded(...segments: SegmentSpec[]): number[] {
  const { exports } = loadFile({ segments });
  return segments.map((_, index) => index).filter((index) => exports.isLoaded(FILE, index) === 1);
}

describe("segments to load", () => {
  const at = EXT_CODE_BASE + 0x8000n;
  const empty = new Uint8Array(0);
  const text: SegmentSpec = { type: PT.LOAD, address: EXT_CODE_BASE, flags: PF.R | PF.X, data: new Uint8Array(16) };
  const tls: SegmentSpec = { type: PT.TLS, address: at, memoryBytes: 24n, align: 8n };
  const tbss: SegmentSpec = { type: PT.LOAD, address: at, flags: RW, data: empty, memoryBytes: 24n };
  const bss: SegmentSpec = { type: PT.LOAD, address: at, flags: RW, data: empty, memoryBytes: 0x3000n };
  const nothing: SegmentSpec = { type: PT.LOAD, address: at + 8n, flags: RW, data: empty, memoryBytes: 0n };

  test("are PT_LOADs with bytes in memory", () => {
    expect(loaded(text, nothing, { type: PT.GNU_STACK, memoryBytes: 4096n }, bss)).toEqual([0, 3]);
  });

  test("do not include a template that lies across .bss, before or behind it", () => {
    expect(loaded(text, tls, tbss, bss)).toEqual([0, 3]);
    expect(loaded(bss, tbss, tls, text)).toEqual([0, 3]);
  });

  test("include .bss at the template's address, even of its size", () => {
    expect(loaded(tls, bss)).toEqual([1]);
    expect(loaded(tls, tbss)).toEqual([1]);
  });

  test("include one of two that both look like the template", () => {
    expect(loaded(tls, tbss, tbss)).toEqual([2]);
  });

  test("do not lose a template to a segment of no bytes inside it", () => {
    expect(loaded(tls, tbss, nothing)).toEqual([1]);
  });

  test("include data that begins with the template and goes on", () => {
    const data = { ...bss, data: new Uint8Array(100), memoryBytes: 200n };
    expect(loaded({ ...tls, data: new Uint8Array(8) }, data)).toEqual([1]);
  });
});

describe("the template", () => {
  test("is PT_TLS, or nothing", () => {
    const { exports } = loadFile({ segments: [{ type: PT.LOAD }, { type: PT.TLS }] });
    expect(exports.tlsSegment(FILE)).toBe(exports.segment(FILE, 1));
    expect(loadFile({ segments: [{ type: PT.LOAD }] }).exports.tlsSegment(FILE)).toBe(0n);
  });

  test.each([
    [0n, 0n, 0n],
    [24n, 0n, 24n],
    [24n, 1n, 24n],
    [24n, 16n, 32n],
    [1n, 4096n, 4096n],
    [4096n, 4096n, 4096n],
  ])("of %i bytes, aligned to %i, begins %i bytes below the thread pointer", (memoryBytes, align, distance) => {
    const { exports } = loadFile({ segments: [{ type: PT.TLS, memoryBytes, align }] });
    expect(exports.tlsDistance(exports.tlsSegment(FILE))).toBe(distance);
  });

  test("that begins between two aligned addresses begins so below the thread pointer", () => {
    const template = { type: PT.TLS, address: 0x3280_0002_7008n, memoryBytes: 40n, align: 16n };
    const { exports } = loadFile({ segments: [template] });
    expect(exports.tlsDistance(exports.tlsSegment(FILE))).toBe(40n);
  });
});

describe("notes", () => {
  const notes = (...list: Uint8Array[]): ElfSpec => ({
    entry: 0x1234_5678_9abcn,
    segments: [{ type: PT.NOTE }, ...list.map((data) => ({ type: PT.NOTE, data }))],
  });
  const id = Uint8Array.from({ length: 20 }, (_, n) => n);

  test("are found in any segment, with their descriptor", () => {
    const memory = buildNote("Bareflank", NOTE_EXTENSION_MEMORY, littleEndian(4, 1, 3, 16, 256, 0x2_0000, 0));
    const { exports, memory: machine } = loadFile(notes(memory, buildNote("GNU", 3, id)));
    const note = exports.buildId(FILE);
    expect(exports.noteBytes(note)).toBe(20);
    expect(machine.read(exports.noteDescriptor(note), 20)).toEqual(id);
    const descriptor = exports.extensionMemory(FILE);
    expect(exports.extensionMemoryFlags(descriptor)).toBe(3);
    expect(exports.extensionMemoryInitialPages(descriptor)).toBe(16);
    expect(exports.extensionMemoryMaximumPages(descriptor)).toBe(256);
    expect(exports.extensionMemoryDataOffset(descriptor)).toBe(0x2_0000);
  });

  test("are 0 where there are none", () => {
    const { exports } = loadFile(notes(buildNote("GNU", 1, id)));
    expect(exports.buildId(FILE)).toBe(0n);
    expect(exports.extensionMemory(FILE)).toBe(0n);
    expect(exports.segmentCount(FILE)).toBe(2);
    expect(exports.entryPoint(FILE)).toBe(0x1234_5678_9abcn);
  });
});
