// A structure in memory: fields at offsets, as abi/ describes them

/** Bytes with little-endian fields. */
export class Block {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  /** @param content bytes, used in place, or how many zeros */
  constructor(content: Uint8Array | number) {
    this.bytes = typeof content === "number" ? new Uint8Array(content) : content;
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  get8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  get16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  get32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  get64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }

  set8(offset: number, value: number): this {
    this.#view.setUint8(offset, value);
    return this;
  }

  set16(offset: number, value: number): this {
    this.#view.setUint16(offset, value, true);
    return this;
  }

  set32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  set64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, value, true);
    return this;
  }

  /** Bytes of it, in place. */
  slice(offset: number, sizeBytes: number): Uint8Array {
    return this.bytes.subarray(offset, offset + sizeBytes);
  }
}

/** A number of `sizeBytes` bytes, 1 to 8, little endian. */
export const numberFrom = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return value;
};

/** Writes a number into all of the bytes, little endian. */
export const numberInto = (bytes: Uint8Array, value: bigint): void => {
  for (let index = 0; index < bytes.length; index++) bytes[index] = Number((value >> BigInt(8 * index)) & 0xffn);
};
