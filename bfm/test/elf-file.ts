// The smallest ELF files that pass as a kernel and as an extension

import { BOOT_VERSION, EXT_CODE_BASE, KERNEL_IMAGE_BASE, NOTE_KERNEL } from "@bareflank/abi";

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const PT_LOAD = 1;
const PT_NOTE = 4;
const PF_RX = 5;
const PF_RWX = 7;

/** An executable with one page of code, and the kernel's note where it is a kernel. */
export function elfFile(
  kind: "kernel" | "extension",
  options: { writableCode?: boolean; version?: bigint } = {},
): Buffer {
  const base = BigInt(kind === "kernel" ? KERNEL_IMAGE_BASE : EXT_CODE_BASE);
  const file = Buffer.alloc(4096);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]).copy(file);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(base, 24);
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(2, 56);
  segment(file, 0, PT_LOAD, options.writableCode ? PF_RWX : PF_RX, 0, base, 4096, 4096);
  const note = kernelNote(options.version ?? BOOT_VERSION);
  note.copy(file, 1024);
  segment(file, 1, kind === "kernel" ? PT_NOTE : 0, 4, 1024, 0n, note.length, 4);
  return file;
}

function segment(
  file: Buffer,
  index: number,
  type: number,
  flags: number,
  offset: number,
  address: bigint,
  sizeBytes: number,
  alignment: number,
): void {
  const at = HEADER_BYTES + index * PROGRAM_HEADER_BYTES;
  file.writeUInt32LE(type, at);
  file.writeUInt32LE(flags, at + 4);
  file.writeBigUInt64LE(BigInt(offset), at + 8);
  file.writeBigUInt64LE(address, at + 16);
  file.writeBigUInt64LE(address, at + 24);
  file.writeBigUInt64LE(BigInt(sizeBytes), at + 32);
  file.writeBigUInt64LE(BigInt(sizeBytes), at + 40);
  file.writeBigUInt64LE(BigInt(alignment), at + 48);
}

function kernelNote(version: bigint): Buffer {
  const note = Buffer.alloc(12 + 12 + 8);
  note.writeUInt32LE(10, 0);
  note.writeUInt32LE(8, 4);
  note.writeUInt32LE(NOTE_KERNEL, 8);
  note.write("Bareflank\0", 12, "latin1");
  note.writeBigUInt64LE(version, 24);
  return note;
}
