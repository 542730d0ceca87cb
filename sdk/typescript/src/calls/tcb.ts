// The block at the thread pointer: the active VS's general registers, and who runs where (abi: Tcb)

/** Reads at an offset of the block. */
export declare function tcbLoad16(offset: u32): u32;
export declare function tcbLoad32(offset: u32): u32;
export declare function tcbLoad64(offset: u32): u64;
/** Writes at an offset of the block. */
export declare function tcbStore64(offset: u32, value: u64): void;
/** Executes CPUID with this leaf and subleaf, and writes EAX to EDX into the guest's registers, zero-extended. */
export declare function cpuidToGuest(leaf: u32, subleaf: u32): void;
