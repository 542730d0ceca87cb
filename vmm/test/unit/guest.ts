// Guest memory, and images of systems, that tests make up

import * as kvm from "@bareflank/abi/kvm";
import { Block } from "../../src/block.ts";
import { type IoExit, readExit } from "../../src/exits.ts";
import { GuestMemory } from "../../src/memory.ts";

/** Memory from 0, of this process's ordinary kind. */
export const memoryOf = (sizeBytes: number): GuestMemory => {
  const memory = new GuestMemory();
  const mapping = { address: 0n, sizeBytes };
  memory.add({ slot: 0, address: 0n, mapping, isReadOnly: false }, new Uint8Array(sizeBytes));
  return memory;
};

export interface Piece {
  /** 1: PT_LOAD, 4: PT_NOTE. */
  readonly type: number;
  readonly address: bigint;
  readonly content: Uint8Array;
  readonly memoryBytes?: number;
}

/** An ELF file for x86: header, program headers, content (System V ABI, chapters 4 and 5). */
export const elfFile = (bits: 32 | 64, entry: bigint, pieces: readonly Piece[]): Uint8Array => {
  const headerBytes = bits === 64 ? 64 : 52;
  const entryBytes = bits === 64 ? 56 : 32;
  const first = headerBytes + pieces.length * entryBytes;
  const total = pieces.reduce((sum, { content }) => sum + content.length, first);
  const block = new Block(Math.max(total, 64));
  const word = (offset: number, value: bigint) =>
    bits === 64 ? block.set64(offset, value) : block.set32(offset, Number(value));
  block.set32(0, 0x464c_457f).set8(4, bits === 64 ? 2 : 1);
  word(24, entry);
  word(bits === 64 ? 32 : 28, BigInt(headerBytes));
  block.set16(bits === 64 ? 54 : 42, entryBytes).set16(bits === 64 ? 56 : 44, pieces.length);
  let offset = first;
  for (const [index, { type, address, content, memoryBytes = content.length }] of pieces.entries()) {
    const at = headerBytes + index * entryBytes;
    const [offsetAt, addressAt, fileAt, memoryAt] = bits === 64 ? [8, 24, 32, 40] : [4, 12, 16, 20];
    block.set32(at, type);
    word(at + (offsetAt ?? 0), BigInt(offset));
    word(at + (addressAt ?? 0), address);
    word(at + (fileAt ?? 0), BigInt(content.length));
    word(at + (memoryAt ?? 0), BigInt(memoryBytes));
    block.bytes.set(content, offset);
    offset += content.length;
  }
  return block.bytes;
};

/** A note of an ELF file, its name and content padded to 4 bytes. */
export const noteOf = (owner: string, type: number, content: Uint8Array): Uint8Array => {
  const padded = (size: number) => (size + 3) & ~3;
  const block = new Block(12 + padded(owner.length + 1) + padded(content.length));
  block
    .set32(0, owner.length + 1)
    .set32(4, content.length)
    .set32(8, type);
  block.bytes.set(Buffer.from(owner), 12);
  block.bytes.set(content, 12 + padded(owner.length + 1));
  return block.bytes;
};

export const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? undefined : end)).toString("latin1");
};

/** An exit for ports, as KVM's shared pages have it. */
export const portExit = (direction: "in" | "out", port: number, size: number, data: readonly number[]): IoExit => {
  const run = new Block(2 * 4096);
  run
    .set32(kvm.KVM_RUN_EXIT_REASON, kvm.KVM_EXIT_IO)
    .set8(kvm.KVM_RUN_IO_DIRECTION, direction === "out" ? 1 : 0)
    .set8(kvm.KVM_RUN_IO_SIZE, size)
    .set16(kvm.KVM_RUN_IO_PORT, port)
    .set32(kvm.KVM_RUN_IO_COUNT, data.length / size)
    .set64(kvm.KVM_RUN_IO_DATA_OFFSET, 4096n);
  run.bytes.set(data, 4096);
  return readExit(run) as IoExit;
};
