// Memory of a machine that does not exist: 64-bit addresses, pages that are there or not, and faults

import type { Imports, LinearMemory } from "./webassembly.ts";

/** An access to an address that nothing is mapped at, or a store to a page that is read-only. */
export class MemoryFault extends Error {
  readonly address: bigint;
  readonly access: "read" | "write";

  constructor(address: bigint, access: "read" | "write", reason: string) {
    super(`${access} at 0x${address.toString(16)}: ${reason}`);
    this.name = "MemoryFault";
    this.address = address;
    this.access = access;
  }
}

/** A processor waits for something that no other one will do. */
export class EndlessWait extends Error {
  constructor(pauses: number) {
    super(`${pauses} pauses, and nobody else runs: this wait is endless`);
    this.name = "EndlessWait";
  }
}

export const PAGE_BYTES = 4096;

interface Page {
  readonly bytes: Uint8Array;
  readonly isReadOnly: boolean;
}

/** A WebAssembly memory that shows up at a native address. */
interface Window {
  readonly base: bigint;
  readonly first: bigint;
  readonly memory: LinearMemory;
}

/** Addresses are taken modulo 2^64, as a wasm i64 arrives signed. */
const unsigned = (address: bigint): bigint => BigInt.asUintN(64, address);
const pageNumber = (address: bigint): number => Number(address >> 12n);
const pageOffset = (address: bigint): number => Number(address & 4095n);

/**
 * Sparse memory. Nothing is mapped at first; every access to what is not mapped throws a MemoryFault, before it has
 * changed anything within the page that it hits.
 *
 * @example
 * const memory = new SimulatedMemory();
 * memory.map(0x1000n, 8192);
 * memory.poke(0x1ffen, 4, 0x11223344n); // across two pages
 * memory.peek(0x2000n, 2); // 0x1122n
 */
export class SimulatedMemory {
  /** So many pauses in a machine with a single processor are an endless wait. */
  pauseLimit = 10_000;
  /** What the rest of the machine does while a processor waits. */
  onPause: () => void = () => {};
  readonly #pages = new Map<number, Page>();
  readonly #windows: Window[] = [];
  #pauses = 0;

  /** Maps zeroed pages over [address, address + bytes); pages that are there already stay as they are. */
  map(address: bigint, bytes: number, options: { readonly readOnly?: boolean } = {}): void {
    const isReadOnly = options.readOnly ?? false;
    for (const number of pageNumbers(address, bytes)) {
      if (!this.#pages.has(number)) this.#pages.set(number, { bytes: new Uint8Array(PAGE_BYTES), isReadOnly });
    }
  }

  /** Shows the pages of [target, target + bytes) at another address, too. Both must begin at a page. */
  alias(address: bigint, target: bigint, bytes: number): void {
    const distance = pageNumber(unsigned(address)) - pageNumber(unsigned(target));
    for (const number of pageNumbers(target, bytes)) {
      const page = this.#pages.get(number);
      if (page === undefined) throw new MemoryFault(BigInt(number) << 12n, "read", "nothing to alias");
      this.#pages.set(number + distance, page);
    }
  }

  /** Makes the pages of [address, address + bytes) disappear. */
  unmap(address: bigint, bytes: number): void {
    for (const number of pageNumbers(address, bytes)) this.#pages.delete(number);
  }

  /** Shows a module's linear memory from offset `first` on at `base + first`, however it grows. */
  attach(base: bigint, memory: LinearMemory, first = 0): void {
    this.#windows.push({ base, first: base + BigInt(first), memory });
  }

  isMapped(address: bigint): boolean {
    const at = unsigned(address);
    return this.#windowAt(at) !== undefined || this.#pages.has(pageNumber(at));
  }

  /** Addresses of the mapped pages, in ascending order; windows not included. */
  mappedPages(): bigint[] {
    return [...this.#pages.keys()].sort((a, b) => a - b).map((number) => BigInt(number) << 12n);
  }

  /** Loads 1, 2, 4 or 8 bytes, little endian. */
  peek(address: bigint, size: number): bigint {
    let value = 0n;
    const bytes = this.read(address, size);
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
    return value;
  }

  /** Stores 1, 2, 4 or 8 bytes, little endian. */
  poke(address: bigint, size: number, value: bigint): void {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 255n);
    this.write(address, bytes);
  }

  /** A copy of what lies at an address. */
  read(address: bigint, size: number): Uint8Array {
    const result = new Uint8Array(size);
    this.#visit(address, size, "read", (part, done) => result.set(part, done));
    return result;
  }

  /** Stores bytes at an address. */
  write(address: bigint, bytes: Uint8Array): void {
    this.#visit(address, bytes.length, "write", (part, done) => part.set(bytes.subarray(done, done + part.length)));
  }

  fill(address: bigint, value: number, bytes: number): void {
    this.#visit(address, bytes, "write", (part) => part.fill(value));
  }

  /** What bsl/src/memory.ts and bsl/src/atomic.ts import; `nativeBase` is where the module's own memory shows up. */
  intrinsics(nativeBase: bigint): Imports {
    return { memory: this.#plainAccesses(nativeBase), atomic: this.#atomicAccesses() };
  }

  #plainAccesses(nativeBase: bigint): Imports[string] {
    return {
      peek8: (address: bigint) => Number(this.peek(address, 1)),
      peek16: (address: bigint) => Number(this.peek(address, 2)),
      peek32: (address: bigint) => Number(this.peek(address, 4)),
      peek64: (address: bigint) => this.peek(address, 8),
      poke8: (address: bigint, value: number) => this.poke(address, 1, BigInt(value)),
      poke16: (address: bigint, value: number) => this.poke(address, 2, BigInt(value)),
      poke32: (address: bigint, value: number) => this.poke(address, 4, BigInt(value)),
      poke64: (address: bigint, value: bigint) => this.poke(address, 8, value),
      copyMemory: (to: bigint, from: bigint, bytes: bigint) => this.write(to, this.read(from, Number(bytes))),
      fillMemory: (to: bigint, value: number, bytes: bigint) => this.fill(to, value, Number(bytes)),
      nativeAddress: (offset: number) => nativeBase + BigInt(offset >>> 0),
    };
  }

  #atomicAccesses(): Imports[string] {
    const add = (size: number, address: bigint, value: bigint) => {
      const old = this.#peekAligned(address, size);
      this.poke(address, size, old + value);
      return old;
    };
    const compare = (size: number, address: bigint, expected: bigint, replacement: bigint) => {
      const old = this.#peekAligned(address, size);
      if (old === BigInt.asUintN(8 * size, expected)) this.poke(address, size, replacement);
      return old;
    };
    const store = (size: number, address: bigint, value: bigint) => {
      this.#peekAligned(address, size);
      this.poke(address, size, value);
    };
    return {
      exchangeAdd32: (address: bigint, value: number) => Number(add(4, address, BigInt(value))),
      exchangeAdd64: (address: bigint, value: bigint) => add(8, address, value),
      compareExchange8: (address: bigint, expected: number, replacement: number) =>
        Number(compare(1, address, BigInt(expected), BigInt(replacement))),
      compareExchange32: (address: bigint, expected: number, replacement: number) =>
        Number(compare(4, address, BigInt(expected), BigInt(replacement))),
      compareExchange64: (address: bigint, expected: bigint, replacement: bigint) =>
        compare(8, address, expected, replacement),
      loadAcquire32: (address: bigint) => Number(this.#peekAligned(address, 4)),
      loadAcquire64: (address: bigint) => this.#peekAligned(address, 8),
      storeRelease32: (address: bigint, value: number) => store(4, address, BigInt(value)),
      storeRelease64: (address: bigint, value: bigint) => store(8, address, value),
      pause: () => this.#pause(),
    };
  }

  /** What follows is a new wait: the pauses before it do not count. */
  forgetPauses(): void {
    this.#pauses = 0;
  }

  #pause(): void {
    this.onPause();
    this.#pauses++;
    if (this.#pauses < this.pauseLimit) return;
    this.#pauses = 0;
    throw new EndlessWait(this.pauseLimit);
  }

  /** An atomic access to a word across two cache lines would lock the whole bus, or fault. */
  #peekAligned(address: bigint, size: number): bigint {
    const at = unsigned(address);
    if (at % BigInt(size) !== 0n) throw new MemoryFault(at, "write", "not aligned");
    return this.peek(at, size);
  }

  /** Calls `visit` for each piece of [address, address + size) that lies in one page or window. */
  #visit(
    address: bigint,
    size: number,
    access: "read" | "write",
    visit: (part: Uint8Array, done: number) => void,
  ): void {
    let done = 0;
    while (done < size) {
      const at = unsigned(address + BigInt(done));
      const rest = size - done;
      const part = this.#bytesAt(at, access).subarray(0, rest);
      visit(part, done);
      done += part.length;
    }
  }

  /** What can be reached from an address on without leaving its page or window. */
  #bytesAt(address: bigint, access: "read" | "write"): Uint8Array {
    const window = this.#windowAt(address);
    if (window !== undefined) return new Uint8Array(window.memory.buffer, Number(address - window.base));
    const page = this.#pages.get(pageNumber(address));
    if (page === undefined) throw new MemoryFault(address, access, "not mapped");
    if (access === "write" && page.isReadOnly) throw new MemoryFault(address, access, "read-only");
    return page.bytes.subarray(pageOffset(address));
  }

  #windowAt(address: bigint): Window | undefined {
    return this.#windows.find(
      ({ base, first, memory }) => address >= first && address < base + BigInt(memory.buffer.byteLength),
    );
  }
}

function* pageNumbers(address: bigint, bytes: number): Generator<number> {
  const first = pageNumber(unsigned(address));
  const last = pageNumber(unsigned(address) + BigInt(bytes) + 4095n);
  for (let number = first; number < last; number++) yield number;
}
