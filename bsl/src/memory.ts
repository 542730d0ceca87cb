// Native memory: loads and stores at 64-bit addresses outside the module's own linear memory
//
// Together with atomic.ts this is the whole of what lets TypeScript touch memory that its compiler does not know. The
// accesses are plain: the compiler may keep, merge and reorder them. A word that another processor writes belongs to
// atomic.ts. Addresses need no alignment.

/** Loads a byte. */
export declare function peek8(address: u64): u8;
/** Loads 16 bits, little endian. */
export declare function peek16(address: u64): u16;
/** Loads 32 bits, little endian. */
export declare function peek32(address: u64): u32;
/** Loads 64 bits, little endian. */
export declare function peek64(address: u64): u64;

/** Stores a byte. */
export declare function poke8(address: u64, value: u8): void;
/** Stores 16 bits, little endian. */
export declare function poke16(address: u64, value: u16): void;
/** Stores 32 bits, little endian. */
export declare function poke32(address: u64, value: u32): void;
/** Stores 64 bits, little endian. */
export declare function poke64(address: u64, value: u64): void;

/** Copies `bytes` bytes, lowest address first; the two areas may overlap when `to` lies below `from`. */
export declare function copyMemory(to: u64, from: u64, bytes: u64): void;
/** Fills `bytes` bytes with `value`. */
export declare function fillMemory(to: u64, value: u8, bytes: u64): void;

/** The native address of a byte of this module's linear memory. */
export declare function nativeAddress(offset: u32): u64;
