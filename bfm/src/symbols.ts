// From addresses to the TypeScript functions they lie in, by debug files that are known by their build id

import { SymbolTable } from "@bareflank/toolchain/symbols";

/** A file with symbols. */
export interface SymbolFile {
  /** GNU build id in hexadecimal, or undefined. */
  readonly buildId: string | undefined;
  readonly table: Pick<SymbolTable, "symbolize">;
}

/** (System V gABI, chapter 4) */
const SHT_NOTE = 7;
const NT_GNU_BUILD_ID = 3;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Reads the symbols of a 64-bit little endian ELF file; throws a RangeError when it has none. */
export function readSymbols(file: Buffer): SymbolFile {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46) throw new RangeError("it is no ELF file");
  const table = new SymbolTable(file);
  if (table.isEmpty) throw new RangeError("it is stripped");
  return { buildId: readBuildId(file, readSections(file)), table };
}

function readSections(file: Buffer): Section[] {
  const start = Number(file.readBigUInt64LE(40));
  const entryBytes = file.readUInt16LE(58);
  return Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = start + index * entryBytes;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      sizeBytes: Number(file.readBigUInt64LE(at + 32)),
    };
  });
}

function readBuildId(file: Buffer, sections: readonly Section[]): string | undefined {
  for (const { type, offset, sizeBytes } of sections) {
    if (type !== SHT_NOTE) continue;
    for (let at = offset; at + 12 <= offset + sizeBytes; ) {
      const nameBytes = file.readUInt32LE(at);
      const bytes = file.readUInt32LE(at + 4);
      const descriptor = at + 12 + align4(nameBytes);
      const isGnu = file.toString("latin1", at + 12, at + 16) === "GNU\0";
      if (isGnu && file.readUInt32LE(at + 8) === NT_GNU_BUILD_ID)
        return file.toString("hex", descriptor, descriptor + bytes);
      at = descriptor + align4(bytes);
    }
  }
  return undefined;
}

function align4(value: number): number {
  return (value + 3) & ~3;
}
