// Which vendor's processor this is; vendor.h implements it
//
// The same extension runs on AMD and Intel. The start file asks CPUID once; what the two have under different numbers
// is a pair of them (abi/src/portable.ts).

/** Whether this is a processor of Intel's; of AMD's otherwise. */
export declare function isIntel(): bool;

/** This processor's number of a pair. */
export function native(pair: u32): u32 {
  return isIntel() ? pair >> 16 : pair & 0xffff;
}
