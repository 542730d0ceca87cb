// Memory that the extension's instances on all processors see; shared.h implements it
//
// A variable belongs to its processor. What processors share is said so, and goes through the atomic operations:
//
//     exchangeAdd64(sharedMemory(), 1);

/** Bytes of it. */
export const SHARED_BYTES: u32 = 4096;

/** Its native address, the same on every processor. It begins as zeros. */
export declare function sharedMemory(): u64;
