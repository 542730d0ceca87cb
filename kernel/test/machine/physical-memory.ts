// Physical memory of the simulated machine: a few regions, holes between them

/** Physical addresses are numbers here: they have at most 52 bits. */
interface Region {
  readonly base: number;
  readonly bytes: number;
  readonly buffer: () => ArrayBuffer;
  readonly offset: number;
  /** All of the buffer. */
  words: DataView;
}

/** What memory holds that nobody has written yet; a kernel that forgets to clear a page is found out. */
const GARBAGE = 0xa5;

export class PhysicalMemory {
  readonly #regions: Region[] = [];
  /** Where the last access was; the next one is usually near. */
  #last: Region | undefined;

  /** Adds memory full of garbage. */
  add(base: number, bytes: number): void {
    const memory = new Uint8Array(bytes).fill(GARBAGE);
    this.#addRegion({ base, bytes, buffer: () => memory.buffer, offset: 0 });
  }

  /** Shows a module's linear memory, from `offset` on. */
  addLinear(base: number, memory: { readonly buffer: ArrayBuffer }, offset: number): void {
    this.#addRegion({ base, bytes: memory.buffer.byteLength - offset, buffer: () => memory.buffer, offset });
  }

  #addRegion(region: Omit<Region, "words">): void {
    this.#regions.push({ ...region, words: new DataView(region.buffer()) });
  }

  /** The memory from a physical address to its region's end, at most `bytes` of it. */
  view(address: number, bytes: number): DataView {
    const region = this.#regionAt(address);
    const at = address - region.base;
    return new DataView(region.buffer(), region.offset + at, Math.min(bytes, region.bytes - at));
  }

  /** 32 bits at an address; page walks need it often. */
  read32(address: number): number {
    const region = this.#regionAt(address);
    if (region.words.buffer !== region.buffer()) region.words = new DataView(region.buffer());
    return region.words.getUint32(region.offset + address - region.base, true);
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
    if (size === 8) view.setBigUint64(0, value, true);
    else for (let i = 0; i < size; i++) view.setUint8(i, Number((value >> BigInt(8 * i)) & 255n));
  }

  read(address: bigint, size: number): Uint8Array {
    const view = this.view(Number(address), size);
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  }

  write(address: bigint, bytes: Uint8Array): void {
    const view = this.view(Number(address), bytes.length);
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(bytes);
  }

  #regionAt(address: number): Region {
    if (this.#last !== undefined && holds(this.#last, address)) return this.#last;
    this.#last = this.#regions.find((region) => holds(region, address));
    if (this.#last === undefined) throw new Error(`there is no physical memory at 0x${address.toString(16)}`);
    return this.#last;
  }
}

const holds = ({ base, bytes }: Region, address: number): boolean => address >= base && address < base + bytes;
