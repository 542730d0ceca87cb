// ELF files: segments to load, and notes (System V ABI, chapters 4 and 5)

import { Block } from "../block.ts";
import { VmmError } from "../errors.ts";
import type { GuestMemory } from "../memory.ts";

const MAGIC = 0x464c_457f;
const CLASS = 4;
const CLASS_64 = 2;
const PT_LOAD = 1;
const PT_NOTE = 4;
const HEADER_BYTES = 0x40;

export interface ElfSegment {
  readonly type: number;
  readonly physicalAddress: bigint;
  readonly content: Uint8Array;
  readonly memoryBytes: number;
}

export interface ElfImage {
  readonly is64: boolean;
  readonly entry: bigint;
  readonly segments: readonly ElfSegment[];
}

export const isElf = (file: Uint8Array): boolean => file.length >= HEADER_BYTES && new Block(file).get32(0) === MAGIC;

/** Offsets in the header and in a program header, which differ between 32 and 64 bits. */
const layouts = {
  32: { phoff: 28, phentsize: 42, phnum: 44, offset: 4, paddr: 12, filesz: 16, memsz: 20 },
  64: { phoff: 32, phentsize: 54, phnum: 56, offset: 8, paddr: 24, filesz: 32, memsz: 40 },
} as const;
const ENTRY = 24;

/** @throws VmmError when a header or a segment reaches beyond the file */
export const readElf = (file: Uint8Array): ElfImage => {
  if (!isElf(file)) throw new VmmError("This is no ELF file.");
  const block = new Block(file);
  const is64 = block.get8(CLASS) === CLASS_64;
  const layout = layouts[is64 ? 64 : 32];
  const word = (offset: number): bigint => (is64 ? block.get64(offset) : BigInt(block.get32(offset)));
  const size = block.get16(layout.phentsize);
  const first = Number(word(layout.phoff));
  const count = block.get16(layout.phnum);
  if (first + count * size > file.length || size < layout.memsz + (is64 ? 8 : 4)) {
    throw new VmmError("The ELF file's program headers reach beyond its end.");
  }
  const segments = Array.from({ length: count }, (_, index): ElfSegment => {
    const at = first + index * size;
    const offset = Number(word(at + layout.offset));
    const bytes = Number(word(at + layout.filesz));
    if (offset + bytes > file.length) throw new VmmError(`Segment ${index} of the ELF file reaches beyond its end.`);
    return {
      type: block.get32(at),
      physicalAddress: word(at + layout.paddr),
      content: file.subarray(offset, offset + bytes),
      memoryBytes: Number(word(at + layout.memsz)),
    };
  });
  return { is64, entry: word(ENTRY), segments };
};

/** Copies what is to be loaded to its physical addresses; returns the first address behind all of it. */
export const loadSegments = (memory: GuestMemory, { segments }: ElfImage): bigint => {
  let end = 0n;
  for (const { type, physicalAddress, content, memoryBytes } of segments) {
    if (type !== PT_LOAD || memoryBytes === 0) continue;
    const place = memory.bytes(physicalAddress, memoryBytes);
    place.fill(0);
    place.set(content);
    const last = physicalAddress + BigInt(memoryBytes);
    if (last > end) end = last;
  }
  return end;
};

const aligned = (size: number): number => (size + 3) & ~3;

/** What a note says, e.g. `note(elf, "Xen", 18)`. */
export const findNote = ({ segments }: ElfImage, owner: string, wanted: number): Uint8Array | undefined => {
  for (const { type, content } of segments) {
    if (type !== PT_NOTE) continue;
    const block = new Block(content);
    for (let at = 0; at + 12 <= content.length; ) {
      const nameBytes = block.get32(at);
      const bytes = block.get32(at + 4);
      const name = Buffer.from(block.slice(at + 12, Math.max(nameBytes - 1, 0))).toString("latin1");
      const begin = at + 12 + aligned(nameBytes);
      if (name === owner && block.get32(at + 8) === wanted) return block.slice(begin, bytes);
      at = begin + aligned(bytes);
    }
  }
  return undefined;
};
