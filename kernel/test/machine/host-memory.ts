// Memory as ring 0 of the current processor sees it: through its page tables, with its protection

import { MemoryFault, PAGE_BYTES, SimulatedMemory } from "../../../bsl/test-support/index.ts";
import { walk } from "./page-walk.ts";
import type { PhysicalMemory } from "./physical-memory.ts";
import { CR4_SMAP, type Processor } from "./processor.ts";

type Access = "read" | "write";

/** Where canonical addresses of user space, and all that the kernel uses, end. */
const LOWER_HALF = 2 ** 47;

/**
 * Memory whose every access walks the page tables of the processor that is running. An access that a processor would
 * refuse (nothing mapped, read-only, a user page under SMAP) throws a MemoryFault, which fails the test.
 */
export class HostMemory extends SimulatedMemory {
  readonly #physical: PhysicalMemory;
  readonly #current: () => Processor;

  constructor(physical: PhysicalMemory, current: () => Processor) {
    super();
    this.#physical = physical;
    this.#current = current;
  }

  override isMapped(address: bigint): boolean {
    return walk(this.#physical, this.#root(), numberOf(address)) !== undefined;
  }

  override peek(address: bigint, size: number): bigint {
    const view = this.#view(numberOf(address), size, "read");
    if (view.byteLength < size) return super.peek(address, size);
    if (size === 8) return view.getBigUint64(0, true);
    if (size === 4) return BigInt(view.getUint32(0, true));
    return BigInt(size === 2 ? view.getUint16(0, true) : view.getUint8(0));
  }

  override poke(address: bigint, size: number, value: bigint): void {
    const view = this.#view(numberOf(address), size, "write");
    if (view.byteLength < size) super.poke(address, size, value);
    else if (size === 8) view.setBigUint64(0, BigInt.asUintN(64, value), true);
    else if (size === 4) view.setUint32(0, Number(BigInt.asUintN(32, value)), true);
    else if (size === 2) view.setUint16(0, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(0, Number(BigInt.asUintN(8, value)));
  }

  override read(address: bigint, size: number): Uint8Array {
    const result = new Uint8Array(size);
    this.#visit(numberOf(address), size, "read", (part, done) => result.set(part, done));
    return result;
  }

  override write(address: bigint, bytes: Uint8Array): void {
    this.#visit(numberOf(address), bytes.length, "write", (part, done) =>
      part.set(bytes.subarray(done, done + part.length)),
    );
  }

  override fill(address: bigint, value: number, bytes: number): void {
    this.#visit(numberOf(address), bytes, "write", (part) => part.fill(value));
  }

  #visit(address: number, size: number, access: Access, visit: (part: Uint8Array, done: number) => void): void {
    for (let done = 0; done < size; ) {
      const view = this.#view(address + done, size - done, access);
      visit(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), done);
      done += view.byteLength;
    }
  }

  /** What can be reached from an address on, at most `size` bytes, without leaving its page. */
  #view(address: number, size: number, access: Access): DataView {
    const offset = address % PAGE_BYTES;
    const page = walk(this.#physical, this.#root(), address);
    const refuse = (reason: string) => new MemoryFault(BigInt(address), access, reason);
    if (page === undefined) throw refuse("not mapped");
    if (access === "write" && !page.isWritable) throw refuse("read-only");
    if (page.isUser && (this.#current().cr4 & CR4_SMAP) !== 0n) throw refuse("a user page, and SMAP is on");
    return this.#physical.view(page.physical + offset, Math.min(size, PAGE_BYTES - offset));
  }

  #root(): number {
    return Number(this.#current().cr3 & ~0xfffn);
  }
}

/** An i64 arrives signed; addresses of the upper half or not canonical are nobody's. */
function numberOf(address: bigint): number {
  const at = Number(BigInt.asUintN(64, address));
  if (at >= LOWER_HALF) throw new MemoryFault(BigInt.asUintN(64, address), "read", "not in the lower half");
  return at;
}
