// What the emulator needs of its surroundings: guest physical memory. Results: GUEST_*
//
// An access lies within a page of 4 KiB. `owner` is Emulation.owner, which tells whose memory it is.

/** Copies guest physical memory to a native address. */
export declare function readGuest(owner: u64, physical: u64, to: u64, bytes: u32): u32;
/** Copies from a native address to guest physical memory. Read-only memory says GUEST_DEVICE, and stays as it is. */
export declare function writeGuest(owner: u64, physical: u64, from: u64, bytes: u32): u32;
/** Replaces 4 or 8 bytes, at a multiple of their size, in one piece; or GUEST_CHANGED when they are not `expected`. */
export declare function exchangeGuest(owner: u64, physical: u64, bytes: u32, expected: u64, value: u64): u32;
