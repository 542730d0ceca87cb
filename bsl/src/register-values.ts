// What a register of a VM may hold, by the rules of abi/src/register-values.ts and this processor's CPUID

import {
  VALUE_CANONICAL,
  VALUE_IGNORED,
  VALUE_MEMORY_TYPES,
  VALUE_NO_LEAF,
  VALUE_RULE_COUNT,
  VALUE_RULE_WORDS,
  VALUE_RULES,
  VALUE_WRITABLE,
} from "../../abi/generated/bare/register-values";
import { hasLeaf, isCanonical, isPat, Processor } from "./entry-checks/reader";

const AMD: u32 = 1;
const INTEL: u32 = 2;

/** Whether a processor takes a value for a register (REG_*); otherwise it raises #GP. */
export function mayHold<P extends Processor>(processor: P, register: u32, isIntel: bool, value: u64): bool {
  if (bitsOf<P>(processor, register, isIntel, VALUE_CANONICAL) !== 0) return isCanonical(value);
  if (bitsOf<P>(processor, register, isIntel, VALUE_MEMORY_TYPES) !== 0) return isPat(value);
  return hasOnlyKnownBits<P>(processor, register, isIntel, value);
}

/** Whether no bit of a value is reserved. A register that no rule names has no such bits. */
export function hasOnlyKnownBits<P extends Processor>(processor: P, register: u32, isIntel: bool, value: u64): bool {
  const writable = writableBits<P>(processor, register, isIntel);
  return writable === 0 || (value & ~(writable | ignoredBits<P>(processor, register, isIntel))) === 0;
}

/** Bits that may be set, of those that rules name. */
export function writableBits<P extends Processor>(processor: P, register: u32, isIntel: bool): u64 {
  return bitsOf<P>(processor, register, isIntel, VALUE_WRITABLE);
}

/** Bits that stay as they were, whatever is written. */
export function ignoredBits<P extends Processor>(processor: P, register: u32, isIntel: bool): u64 {
  return bitsOf<P>(processor, register, isIntel, VALUE_IGNORED);
}

/** The bits of all rules of a kind that hold on this processor. */
function bitsOf<P extends Processor>(processor: P, register: u32, isIntel: bool, kind: u32): u64 {
  const vendor = isIntel ? INTEL : AMD;
  let bits: u64 = 0;
  for (let i: u32 = 0; i < VALUE_RULE_COUNT; i++) {
    const rule = VALUE_RULES + <usize>(i * VALUE_RULE_WORDS * 4);
    const packed = load<u32>(rule, 4);
    if (load<u32>(rule) !== register || ((packed >> 4) & 15) !== kind || (packed & vendor) === 0) continue;
    if (holds<P>(processor, packed, load<u32>(rule, 8))) bits |= load<u64>(rule, 12);
  }
  return bits;
}

/** Whether CPUID says what a rule depends on. */
function holds<P extends Processor>(processor: P, packed: u32, leaf: u32): bool {
  if (leaf === VALUE_NO_LEAF) return true;
  const isAbsent = ((packed >> 12) & 1) !== 0;
  if (!hasLeaf<P>(processor, leaf)) return isAbsent;
  const word = processor.cpuid(leaf, packed >> 24, (packed >> 8) & 3);
  const isSet = ((word >> ((packed >> 16) & 31)) & 1) !== 0;
  return isSet !== isAbsent;
}
