// Atomic operations on native memory, for every word that two processors touch
//
// The compilers make no plain global, field or load atomic: a wait for a plain field becomes an endless jump. Each of
// these is one instruction with a compiler barrier; a word in linear memory is reached through nativeAddress(). Words
// must be aligned to their size. Loads acquire, stores release, the others are full barriers (AMD APM 2, 7.4.2; Intel
// SDM 3, 9.2.3).

/** Adds `value` and returns what was there before (LOCK XADD). */
export declare function exchangeAdd32(address: u64, value: u32): u32;
/** Adds `value` and returns what was there before (LOCK XADD). */
export declare function exchangeAdd64(address: u64, value: u64): u64;

/** Stores `replacement` if the byte equals `expected`; returns what was there before (LOCK CMPXCHG). */
export declare function compareExchange8(address: u64, expected: u8, replacement: u8): u8;
/** Stores `replacement` if the word equals `expected`; returns what was there before (LOCK CMPXCHG). */
export declare function compareExchange32(address: u64, expected: u32, replacement: u32): u32;
/** Stores `replacement` if the word equals `expected`; returns what was there before (LOCK CMPXCHG). */
export declare function compareExchange64(address: u64, expected: u64, replacement: u64): u64;

/** Loads; nothing behind it happens before it. */
export declare function loadAcquire32(address: u64): u32;
/** Loads; nothing behind it happens before it. */
export declare function loadAcquire64(address: u64): u64;

/** Stores; everything before it has happened. */
export declare function storeRelease32(address: u64, value: u32): void;
/** Stores; everything before it has happened. */
export declare function storeRelease64(address: u64, value: u64): void;

/** Tells the processor that this is a loop that waits (PAUSE). */
export declare function pause(): void;
