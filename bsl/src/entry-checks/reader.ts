// What the checks look at: a VS and its processor

/** What a processor says of itself. */
export interface Processor {
  /** EAX, EBX, ECX or EDX (0 to 3) of a CPUID leaf. */
  cpuid(leaf: u32, subleaf: u32, result: u32): u32;
}

/**
 * Reads a VS that a processor refused to run. `@unmanaged` classes need only the methods: they must not say
 * `implements`.
 */
export interface EntryReader extends Processor {
  /** A register by its number in the ABI; 0 where this processor does not have it. */
  register(number: u32): u64;
  /** An MSR that says what the processor can do. */
  msr(index: u32): u64;
}

const LEAF_EXTENDED: u32 = 0x8000_0000;
const LEAF_ADDRESS_SIZES: u32 = 0x8000_0008;
/** Where a processor does not say: SDM volume 3, 4.1.4. */
const DEFAULT_WIDTH: u32 = 36;

/** Whether CPUID has a leaf; behind the last one, processors answer with another leaf. */
export function hasLeaf<R extends Processor>(processor: R, leaf: u32): bool {
  return processor.cpuid(leaf & LEAF_EXTENDED, 0, 0) >= leaf;
}

/** How many bits a physical address has. */
export function physicalWidth<R extends Processor>(vs: R): u32 {
  if (vs.cpuid(LEAF_EXTENDED, 0, 0) < LEAF_ADDRESS_SIZES) return DEFAULT_WIDTH;
  return vs.cpuid(LEAF_ADDRESS_SIZES, 0, 0) & 0xff;
}

/** Whether an address has bits beyond the width. */
export function isTooWide(address: u64, width: u32): bool {
  return address >> width !== 0;
}

/** Whether a linear address is canonical: bits 63:47 are the same (5-level paging is not in use). */
export function isCanonical(address: u64): bool {
  const upper = <i64>address >> 47;
  return upper === 0 || upper === -1;
}

/** Whether each byte is a memory type that a PAT may hold (SDM volume 3, 12.12.2; APM volume 2, 7.8.1). */
export function isPat(value: u64): bool {
  for (let i: u32 = 0; i < 8; i++) {
    const entry: u64 = (value >> (i * 8)) & 0xff;
    if (entry > 7 || entry === 2 || entry === 3) return false;
  }
  return true;
}
