// Physical memory of the simulated machine: a few regions, holes between them

/** Physical addresses are numbers here: they have at most 52 bits. */
interface Region {
  readonly base: number;
  readonly bytes: number;
  readonly buffer: () => ArrayBuffer;
  readonly offset: number;
}

/** What memory holds that nobody has written yet; a kernel that forgets to clear a page is found out. */
const GARBAGE = 0xa5;

export class PhysicalMemory {
  readonly #regions: Region[] = [];

  /** Adds memory full of garbage, or zeroed. */
  add(base: number, bytes: number, options: { readonly zeroed?: boolean } = {}): void {
    const memory = new Uint8Array(bytes);
    if (options.zeroed !== true) memory.fill(GARBAGE);
    this.#regions.push({ base, bytes, buffer: () => memory.buffer, offset: 0 });
  }

  /** Shows a module's linear memory, from `offset` on. */
  addLinear(base: number, memory: { readonly buffer: ArrayBuffer }, offset: number): void {
    this.#regions.push({ base, bytes: memory.buffer.byteLength - offset, buffer: () => memory.buffer, offset });
  }

  /** The memory from a physical address to its region's end, at most `bytes` of it. */
  view(address: number, bytes: number): DataView {
    const region = this.#regions.find(({ base, bytes: size }) => address >= base && address < base + size);
    if (region === undefined) throw new Error(`there is no physical memory at 0x${address.toString(16)}`);
    const at = address - region.base;
    return new DataView(region.buffer(), region.offset + at, Math.min(bytes, region.bytes - at));
  }

  peek(address: bigint, size: number): bigint {
    const view = this.view(Number(address), size);
    if (size === 8) return view.getBigUint64(0, true);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(i));
    return value;
  }

  poke(address: bigint, size: number, value: bigint): void {
    const view = this.view(Number(address), size);
    for (let i = 0; i < size; i++) view.setUint8(i, Number((value >> BigInt(8 * i)) & 255n));
  }

  read(address: bigint, size: number): Uint8Array {
    const view = this.view(Number(address), size);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  }

  write(address: bigint, bytes: Uint8Array): void {
    const view = this.view(Number(address), bytes.length);
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes);
  }
}
