// A virtual machine's memory: pieces of this process's own, at guest physical addresses

import { VmmError } from "./errors.ts";
import { type Mapping, view } from "./native.ts";

/** A piece of memory, in a form that goes to other threads. */
export interface MemoryPiece {
  readonly slot: number;
  /** Guest physical. */
  readonly address: bigint;
  readonly mapping: Mapping;
  readonly isReadOnly: boolean;
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

/** Reads and writes by guest physical address. Other threads see it at once; it is up to the guest to mind that. */
export class GuestMemory {
  readonly #pieces: { readonly piece: MemoryPiece; readonly bytes: Uint8Array }[] = [];

  constructor(pieces: readonly MemoryPiece[] = []) {
    for (const piece of pieces) this.add(piece, view(piece.mapping));
  }

  get pieces(): MemoryPiece[] {
    return this.#pieces.map(({ piece }) => piece);
  }

  /** Bytes from address 0 or where the first piece begins, to the end of the last one. */
  get end(): bigint {
    return this.#pieces.reduce((end, { piece }) => {
      const last = piece.address + BigInt(piece.mapping.sizeBytes);
      return last > end ? last : end;
    }, 0n);
  }

  add(piece: MemoryPiece, bytes: Uint8Array): void {
    this.#pieces.push({ piece, bytes });
  }

  /** @returns the bytes of the slot's piece, which is none any more */
  remove(slot: number): { piece: MemoryPiece; bytes: Uint8Array } | undefined {
    const index = this.#pieces.findIndex(({ piece }) => piece.slot === slot);
    return index < 0 ? undefined : this.#pieces.splice(index, 1)[0];
  }

  /**
   * Bytes in place.
   *
   * @throws VmmError when they are not all in one piece of memory
   */
  bytes(address: bigint | number, sizeBytes: number): Uint8Array {
    const first = BigInt(address);
    for (const { piece, bytes } of this.#pieces) {
      const offset = Number(first - piece.address);
      if (offset >= 0 && offset + sizeBytes <= bytes.length) return bytes.subarray(offset, offset + sizeBytes);
    }
    throw new VmmError(
      `The guest has no memory for ${sizeBytes} bytes at ${hex(first)}: ${
        this.#pieces
          .map(({ piece }) => `${hex(piece.address)} to ${hex(piece.address + BigInt(piece.mapping.sizeBytes))}`)
          .join(", ") || "it has none at all"
      }.`,
    );
  }

  /** @throws VmmError as `bytes` */
  write(address: bigint | number, content: Uint8Array): void {
    this.bytes(address, content.length).set(content);
  }

  /** A copy. @throws VmmError as `bytes` */
  read(address: bigint | number, sizeBytes: number): Uint8Array {
    return this.bytes(address, sizeBytes).slice();
  }
}
