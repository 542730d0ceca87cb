// Sets of 256 vectors in registers of a local APIC: 32 each, at multiples of 16

import { peek32, poke32 } from "../../../../bsl/src/memory";

const WORDS: i32 = 8;
const STRIDE: u64 = 16;

/** None: less than every vector. */
export const NO_VECTOR: i32 = -1;

/** The highest one of a set, or NO_VECTOR. */
export function highestVector(set: u64): i32 {
  for (let word: i32 = WORDS - 1; word >= 0; word--) {
    const bits = peek32(set + <u64>word * STRIDE);
    if (bits != 0) return word * 32 + 31 - clz(bits);
  }
  return NO_VECTOR;
}

export function hasVector(set: u64, vector: u32): bool {
  return ((peek32(wordOf(set, vector)) >> (vector & 31)) & 1) != 0;
}

export function addVector(set: u64, vector: u32): void {
  const word = wordOf(set, vector);
  poke32(word, peek32(word) | ((<u32>1) << (vector & 31)));
}

export function removeVector(set: u64, vector: u32): void {
  const word = wordOf(set, vector);
  poke32(word, peek32(word) & ~((<u32>1) << (vector & 31)));
}

function wordOf(set: u64, vector: u32): u64 {
  return set + <u64>(vector >> 5) * STRIDE;
}
