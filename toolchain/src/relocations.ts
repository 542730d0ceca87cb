// Where a kernel image names an address of its own, so that the loader can put it elsewhere: a table behind the image's last byte
//
// The linker leaves its relocations in the file with symbols (--emit-relocs). Each that depends on where the image lies, or where
// its linear memory does, becomes a word of 16 bits:
//
//     bits 15:14  0: an address in the image, 32 bits     2: an address in the linear memory, 32 bits
//                 1: the same, 64 bits                    3: the same, 32 bits from the instruction
//     bits 13:0   bytes from the last one (from the image's base the first time); all ones: so many bytes, and nothing is there
//
// A note says where the table lies in the file, and how many words it has.

import { notes } from "../../abi/src/boot.ts";
import type { Table } from "../../abi/src/schema.ts";
import { kernelWindows } from "../../abi/src/windows.ts";
import { BuildError } from "./errors.ts";

/** A constant of the interface between loader and microkernel. */
function constant(table: Table, name: string): bigint {
  const found = table.constants.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The interface has no ${name}.`);
  return BigInt(found.value);
}

const KERNEL_IMAGE_BASE = constant(kernelWindows, "KERNEL_IMAGE_BASE");
const KERNEL_MEMORY_BASE = constant(kernelWindows, "KERNEL_MEMORY_BASE");
const MODULE_MEMORY_WINDOW = constant(kernelWindows, "MODULE_MEMORY_WINDOW");
const NOTE_RELOCATIONS = Number(constant(notes, "NOTE_RELOCATIONS"));

/** System V gABI, chapter 4; x86-64's psABI, table 4.10. */
const ELF = { programHeaders: 0x20, sections: 0x28, programHeaderCount: 0x38, sectionCount: 0x3c } as const;
const SECTION_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const SEGMENT = { offset: 8, fileBytes: 32 } as const;
const PT_NOTE = 4;
const SHT_RELA = 4;
const SHF_ALLOC = 2;
const RELA_BYTES = 24;
const SYMBOL_BYTES = 24;
const R_64 = 1;
const R_32 = 10;
const R_32S = 11;
/** Relative to the instruction. */
const RELATIVE: readonly number[] = [2, 4, 24];

const FAR = 0x3fff;

interface Relocation {
  /** Where, from the image's base. */
  readonly offset: number;
  readonly kind: number;
}

/**
 * Behind the image's words the table, and the note that tells of it, instead of the zeros up to the next page that the linker writes
 * in front of segments with nothing in the file. Nothing changes in an image without that note.
 */
export function appendRelocations(image: Uint8Array, debug: Uint8Array): Uint8Array {
  const note = findNote(image, NOTE_RELOCATIONS);
  if (note === undefined) return image;
  const words = encode(readRelocations(debug));
  const content = image.slice(0, endOfSegments(image));
  const start = (content.length + 1) & ~1;
  const result = new Uint8Array(start + 2 * words.length);
  result.set(content);
  const view = new DataView(result.buffer);
  for (const header of programHeaders(view)) {
    if (view.getBigUint64(header + SEGMENT.fileBytes, true) === 0n)
      view.setBigUint64(header + SEGMENT.offset, 0n, true);
  }
  words.forEach((word, index) => {
    view.setUint16(start + 2 * index, word, true);
  });
  view.setUint32(note, start, true);
  view.setUint32(note + 4, words.length, true);
  return result;
}

function encode(relocations: readonly Relocation[]): number[] {
  const words: number[] = [];
  let last = 0;
  for (const { offset, kind } of relocations) {
    for (; offset - last >= FAR; last += FAR) words.push(FAR);
    words.push((kind << 14) | (offset - last));
    last = offset;
  }
  return words;
}

/** In ascending order. */
function readRelocations(elf: Uint8Array): Relocation[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  const sections = u64(ELF.sections);
  const section = (index: number) => sections + index * SECTION_BYTES;
  const found: Relocation[] = [];
  for (let index = 0; index < view.getUint16(ELF.sectionCount, true); index++) {
    const header = section(index);
    if (view.getUint32(header + 4, true) !== SHT_RELA) continue;
    // Of what is not loaded nothing is to be moved
    const applies = section(view.getUint32(header + 44, true));
    if ((u64(applies + 8) & SHF_ALLOC) === 0) continue;
    const symbols = u64(section(view.getUint32(header + 40, true)) + 24);
    for (let at = u64(header + 24); at < u64(header + 24) + u64(header + 32); at += RELA_BYTES) {
      const symbol = symbols + view.getUint32(at + 12, true) * SYMBOL_BYTES;
      const place = view.getBigUint64(at, true);
      const kind = kindOf(view.getUint32(at + 8, true), windowOf(view.getBigUint64(symbol + 8, true)));
      if (kind === "unknown") throw new BuildError(`The kernel cannot be moved: see 0x${place.toString(16)}.`);
      if (kind !== "stays") found.push({ offset: Number(place - KERNEL_IMAGE_BASE), kind });
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

/** A word's kind: distances within the image stay, and so do numbers that are no addresses. */
function kindOf(type: number, target: "image" | "memory" | undefined): number | "stays" | "unknown" {
  if (RELATIVE.includes(type)) return target === "image" ? "stays" : target === "memory" ? 3 : "unknown";
  if (target === undefined) return "stays";
  if (type === R_64) return target === "image" ? 1 : "unknown";
  if (type !== R_32 && type !== R_32S) return "unknown";
  return target === "image" ? 0 : 2;
}

/** What an address lies in; a number that is none has no window. */
function windowOf(address: bigint): "image" | "memory" | undefined {
  if (address >= KERNEL_IMAGE_BASE && address < KERNEL_MEMORY_BASE) return "image";
  return address >= KERNEL_MEMORY_BASE && address < KERNEL_MEMORY_BASE + MODULE_MEMORY_WINDOW ? "memory" : undefined;
}

/** Where the program headers lie, which say what is read of a file. */
function programHeaders(view: DataView): number[] {
  const first = Number(view.getBigUint64(ELF.programHeaders, true));
  const count = view.getUint16(ELF.programHeaderCount, true);
  return Array.from({ length: count }, (_, index) => first + index * PROGRAM_HEADER_BYTES);
}

/** Where the last byte of a segment ends in a file without sections. */
function endOfSegments(elf: Uint8Array): number {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  const ends = programHeaders(view)
    .filter((header) => u64(header + SEGMENT.fileBytes) !== 0)
    .map((header) => u64(header + SEGMENT.offset) + u64(header + SEGMENT.fileBytes));
  return Math.max(...ends);
}

/** Where the descriptor of one of Bareflank's notes lies in a file. */
function findNote(elf: Uint8Array, type: number): number | undefined {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const u64 = (at: number) => Number(view.getBigUint64(at, true));
  for (const header of programHeaders(view)) {
    if (view.getUint32(header, true) !== PT_NOTE) continue;
    const end = u64(header + SEGMENT.offset) + u64(header + SEGMENT.fileBytes);
    for (let at = u64(header + SEGMENT.offset); at < end; ) {
      const [name, bytes] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const descriptor = at + 12 + ((name + 3) & ~3);
      const owner = Buffer.from(elf.subarray(at + 12, at + 12 + name)).toString("latin1");
      if (owner === "Bareflank\0" && view.getUint32(at + 8, true) === type) return descriptor;
      at = descriptor + ((bytes + 3) & ~3);
    }
  }
  return undefined;
}
