// This processor's private area: the same addresses on every processor, other memory behind them

/** Reads at a byte offset from PP_AREA_BASE. */
export declare function ppLoad32(offset: u32): u32;
export declare function ppLoad64(offset: u32): u64;
/** Writes at a byte offset from PP_AREA_BASE. */
export declare function ppStore16(offset: u32, value: u32): void;
export declare function ppStore32(offset: u32, value: u32): void;
export declare function ppStore64(offset: u32, value: u64): void;
/** Writes, and is a full barrier: what comes behind it sees what other processors wrote before they saw the value. */
export declare function ppExchange32(offset: u32, value: u32): void;
/** Adds in one instruction, which an NMI does not come in between. */
export declare function ppAdd32(offset: u32, value: u32): void;
