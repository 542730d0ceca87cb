// I/O ports: an extension may use all of them; port.h implements each with one instruction

/** Reads 1, 2 or 4 bytes from a port. */
export declare function portIn(port: u32, bytes: u32): u32;
/** Writes 1, 2 or 4 bytes to a port. */
export declare function portOut(port: u32, bytes: u32, value: u32): void;
