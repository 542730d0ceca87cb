// Where the last error was thrown; native/managed.c knows

/** How many functions were running. */
export declare function traceLength(): u32;

/** Where one of them was, the innermost at 0: an address in the extension's code. */
export declare function traceAddress(index: u32): u64;

/** Makes the next error a new one, even if it lies where the last one did. */
export declare function forgetTrace(): void;
