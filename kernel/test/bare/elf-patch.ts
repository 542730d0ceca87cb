// Takes a good ELF file and spoils one thing

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Offsets in the header and in a program header of ELF64. */
const PROGRAM_HEADERS_AT = 32;
const PROGRAM_HEADER_COUNT_AT = 56;
const PROGRAM_HEADER_BYTES = 56;
const PT_LOAD = 1;

/** The parts of a program header that tests change. */
export const SEGMENT = { flags: 4, offset: 8, address: 16, fileBytes: 32, memoryBytes: 40, alignment: 48 } as const;

/** An ELF file in memory. */
export class ElfPatch {
  bytes: Buffer;

  constructor(path: string) {
    this.bytes = readFileSync(path);
  }

  /** Where the program header of the n-th PT_LOAD begins. */
  loadHeader(n: number): number {
    const first = Number(this.bytes.readBigUInt64LE(PROGRAM_HEADERS_AT));
    const count = this.bytes.readUInt16LE(PROGRAM_HEADER_COUNT_AT);
    const headers = Array.from({ length: count }, (_, index) => first + index * PROGRAM_HEADER_BYTES);
    const header = headers.filter((at) => this.bytes.readUInt32LE(at) === PT_LOAD)[n];
    if (header === undefined) throw new Error(`There is no PT_LOAD ${n}.`);
    return header;
  }

  /** Address of the n-th PT_LOAD. */
  address(n: number): bigint {
    return this.bytes.readBigUInt64LE(this.loadHeader(n) + SEGMENT.address);
  }

  set32(at: number, value: number): void {
    this.bytes.writeUInt32LE(value, at);
  }

  set64(at: number, value: bigint): void {
    this.bytes.writeBigUInt64LE(value, at);
  }
}

/** Writes a spoiled copy of a file below build/ and returns its path. */
export function spoil(path: string, name: string, change: (elf: ElfPatch) => void): string {
  const elf = new ElfPatch(path);
  change(elf);
  const copy = join(import.meta.dirname, "../../../build/test/bare", `${name.replaceAll(/\W+/g, "-")}.elf`);
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, elf.bytes);
  return copy;
}
