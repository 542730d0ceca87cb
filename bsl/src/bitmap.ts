// A set of small numbers, one bit each, at a fixed place in linear memory

import { FixedArray } from "./fixed-array";

/** No number. */
export const NO_BIT: u32 = 0xffff_ffff;

/** Bytes that a bitmap of `count` bits takes, aligned to 8. */
export function bitmapBytes(count: u32): u32 {
  return ((count + 63) >>> 6) << 3;
}

/** Bits, all clear when zeroed. Has no length of its own: whoever reserves the place knows how long it is. */
@unmanaged
export class Bitmap {
  /** Whether bit `index` is set. */
  has(index: u32): bool {
    return (this.words.at(index >>> 6) & this.bit(index)) !== 0;
  }

  /** Sets bit `index`; false when it was set already. */
  add(index: u32): bool {
    if (this.has(index)) return false;
    this.words.set(index >>> 6, this.words.at(index >>> 6) | this.bit(index));
    return true;
  }

  /** Clears bit `index`; false when it was clear already. */
  remove(index: u32): bool {
    if (!this.has(index)) return false;
    this.words.set(index >>> 6, this.words.at(index >>> 6) & ~this.bit(index));
    return true;
  }

  /** The lowest clear bit among the first `count`, or NO_BIT. */
  firstClear(count: u32): u32 {
    for (let start: u32 = 0; start < count; start += 64) {
      const word = this.words.at(start >>> 6);
      if (word === ~(<u64>0)) continue;
      const index = start + <u32>ctz<u64>(~word);
      return index < count ? index : NO_BIT;
    }
    return NO_BIT;
  }

  /** How many of the first `count` bits, a multiple of 64, are set. */
  countSet(count: u32): u32 {
    let sum: u32 = 0;
    for (let start: u32 = 0; start < count; start += 64) sum += <u32>popcnt<u64>(this.words.at(start >>> 6));
    return sum;
  }

  private bit(index: u32): u64 {
    return (<u64>1) << (<u64>index & 63);
  }

  private get words(): FixedArray<u64> {
    return changetype<FixedArray<u64>>(this);
  }
}
