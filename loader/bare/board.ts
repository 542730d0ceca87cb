// Instructions and addresses that only the bare platform needs; board.h implements each

/** Writes a byte, or 32 bits, to an I/O port. */
export declare function outb(port: u32, value: u32): void;
export declare function outl(port: u32, value: u32): void;
/** Reads a byte from an I/O port. */
export declare function inb(port: u32): u32;

/** Writes `count` bytes at an address to a port, by one REP OUTSB. */
export declare function outsb(port: u32, address: u64, count: u64): void;
/** Writes DR0, then DR7. */
export declare function armBreakpoint(address: u64, control: u64): void;
/** Executes UD2. */
export declare function undefinedOpcode(): void;
/** Executes HLT once. */
export declare function waitOnce(): void;
/** Executes STI, an instruction that could be interrupted, and CLI. */
export declare function openInterruptWindow(): void;

/** The time stamp counter, when everything before is done and nothing behind has begun. */
export declare function rdtsc(): u64;
/** Disables interrupts and waits for ever. */
export declare function halt(): void;

/** Loads GDTR, every segment register (CS from 0x10, SS, DS, ES from 0x18, FS and GS null) and TR from 0x20. */
export declare function loadGdt(base: u64, limit: u32): void;
/** Loads IDTR. */
export declare function loadIdt(base: u64, limit: u32): void;

/** The first address behind the boot image. */
export declare function imageEnd(): u64;
/** The first exception stub; stub n lies n * 16 bytes behind. */
export declare function exceptionStubs(): u64;
/** Where the code that starts an application processor lies, and its size. */
export declare function trampoline(): u64;
export declare function trampolineBytes(): u64;
/** Where the NMIs are counted that have arrived on any processor: 32 bits. */
export declare function nmiCounter(): u64;
/** Calls a function of machine-code.ts with an argument. */
export declare function call(address: u64, argument: u64): u32;
