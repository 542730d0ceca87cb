// Instructions and addresses that only a UEFI application needs; firmware.h implements each

/** Calls a function of the firmware's, or of a protocol, with up to seven arguments (UEFI 2.10, 2.3.4.2). */
export declare function call(address: u64, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64): u64;
/** The EFI_AP_PROCEDURE that calls uefiProcessor(). */
export declare function processorProcedure(): u64;
/** EfiDigests, which the application's file has. */
export declare function fileDigests(): u64;

/** Where the application is: the copy of it that lasts. */
export declare function imageBase(): u64;
export declare function imageBytes(): u64;

/** Writes a byte to an I/O port. */
export declare function outb(port: u32, value: u32): void;
/** Reads a byte from an I/O port. */
export declare function inb(port: u32): u32;
/** The time stamp counter. */
export declare function rdtsc(): u64;
/** Disables interrupts; returns RFLAGS as it was. */
export declare function disableInterrupts(): u64;
/** Loads RFLAGS. */
export declare function restoreFlags(flags: u64): void;
/** Loads GDTR, with a table that has the segments in use at their places, and TR. */
export declare function loadTables(base: u64, limit: u32, taskSelector: u32): void;
