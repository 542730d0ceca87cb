// Sets of 256 vectors in registers of a local APIC: 32 each, at multiples of 16

import { peek32, poke32 } from "../../../../bsl/src/memory";

const WORDS: i32 = 8;
const STRIDE: u64 = 16;

/** None: less than every vector. */
export const NO_VECTOR: i32 = -1;

/** The highest one of a set, or NO_VECTOR. Most are empty. */
export function highestVector(set: u64): i32 {
  const upper =
    peek32(set + 7 * STRIDE) | peek32(set + 6 * STRIDE) | peek32(set + 5 * STRIDE) | peek32(set + 4 * STRIDE);
  const lower = peek32(set + 3 * STRIDE) | peek32(set + 2 * STRIDE) | peek32(set + STRIDE) | peek32(set);
  if ((upper | lower) == 0) return NO_VECTOR;
  let word: i32 = upper != 0 ? WORDS - 1 : WORDS / 2 - 1;
  while (peek32(set + <u64>word * STRIDE) == 0) word--;
  return word * 32 + 31 - clz(peek32(set + <u64>word * STRIDE));
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
