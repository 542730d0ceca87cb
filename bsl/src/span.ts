// A piece of native memory that nothing is read or written beside
//
// An access that does not lie within the span whole reads 0, writes nothing, and is remembered: a parser reads all it
// wants and asks isIntact() once, before it believes any of it.
//
//     span.set(file, fileBytes);
//     const count = span.load16(56);
//     const offset = span.load64(32);
//     if (!span.isIntact()) return ELF_TOO_SMALL;

import { copyMemory, fillMemory, peek8, peek16, peek32, peek64, poke8, poke16, poke32, poke64 } from "./memory";

/** Bytes that a span takes in linear memory, aligned to 8. */
export const SPAN_BYTES: i32 = 24;

/** `bytes` bytes from `address` on. Without any byte when zeroed. Not to be shared by processors. */
@unmanaged
export class Span {
  /** Native address of the first byte. */
  address: u64 = 0;
  /** How many bytes there are. */
  bytes: u64 = 0;
  private missed: bool = false;

  /** Makes it another piece of memory, intact. An end behind 2^64 is cut off. */
  set(address: u64, bytes: u64): void {
    this.address = address;
    this.bytes = address !== 0 && bytes > 0 - address ? 0 - address : bytes;
    this.missed = false;
  }

  /** Makes this span a part of another one, or an empty one that is not intact when that has no such part. */
  setPart(whole: Span, offset: u64, bytes: u64): void {
    const isPart = whole.has(offset, bytes) && whole.isIntact();
    this.set(isPart ? whole.address + offset : 0, isPart ? bytes : 0);
    this.missed = !isPart;
  }

  /** Whether `size` bytes at `offset` lie within. */
  has(offset: u64, size: u64): bool {
    return size <= this.bytes && offset <= this.bytes - size;
  }

  /** Whether all accesses so far lay within. */
  isIntact(): bool {
    return !this.missed;
  }

  load8(offset: u64): u8 {
    return this.reach(offset, 1) ? peek8(this.address + offset) : 0;
  }

  load16(offset: u64): u16 {
    return this.reach(offset, 2) ? peek16(this.address + offset) : 0;
  }

  load32(offset: u64): u32 {
    return this.reach(offset, 4) ? peek32(this.address + offset) : 0;
  }

  load64(offset: u64): u64 {
    return this.reach(offset, 8) ? peek64(this.address + offset) : 0;
  }

  store8(offset: u64, value: u8): void {
    if (this.reach(offset, 1)) poke8(this.address + offset, value);
  }

  store16(offset: u64, value: u16): void {
    if (this.reach(offset, 2)) poke16(this.address + offset, value);
  }

  store32(offset: u64, value: u32): void {
    if (this.reach(offset, 4)) poke32(this.address + offset, value);
  }

  store64(offset: u64, value: u64): void {
    if (this.reach(offset, 8)) poke64(this.address + offset, value);
  }

  /** Fills `size` bytes at `offset` with `value`, or nothing. */
  fill(offset: u64, value: u8, size: u64): void {
    if (this.reach(offset, size)) fillMemory(this.address + offset, value, size);
  }

  /** Copies `size` bytes from `from` to the same number at `offset`, or nothing. */
  copyFrom(offset: u64, from: Span, fromOffset: u64, size: u64): void {
    const isReached = this.reach(offset, size);
    if (from.reach(fromOffset, size) && isReached) {
      copyMemory(this.address + offset, from.address + fromOffset, size);
    }
  }

  private reach(offset: u64, size: u64): bool {
    const isInside = this.has(offset, size);
    if (!isInside) this.missed = true;
    return isInside;
  }
}
