// What a platform does for the loader, as C functions platform_<name>: Linux's driver, the bare boot image

/**
 * Takes `pages` 4 KiB pages, page aligned; `contiguous` asks for contiguous physical memory (`pages` is then a power of
 * two), with 2 only as long as that costs little; 3 asks for contiguous pages at a multiple of RUN_STEP_BYTES, as many as that is a
 * divisor of their size. Returns the first page's address in the operating system's address space, or 0 when there is none.
 */
export declare function allocatePages(pages: u32, contiguous: u32): u64;
/** Gives back what allocatePages returned for the same two arguments, of which 1 and 2 count as the same. */
export declare function freePages(address: u64, pages: u32, contiguous: u32): void;
/** Physical address of an address that allocatePages returned, that lies behind it, or that is the platform's code. */
export declare function physicalAddress(address: u64): u64;

/** Maps memory that the operating system leaves alone, of which another loader has taken whole pages: its address, or 0. */
export declare function mapReserved(physical: u64, bytes: u64): u64;
/** Takes what mapReserved() returned out again. */
export declare function unmapReserved(address: u64): void;

/** Lists the pieces of the machine's memory that are no device's, for the next two; returns how many there are. */
export declare function listRam(): u32;
/** Where a piece begins, and where it ends. */
export declare function ramBase(index: u32): u64;
export declare function ramEnd(index: u32): u64;

/** Has each NMI looked at: word n at an address is set when it is for processor n of the list. 0: not any more. */
export declare function watchSignals(address: u64): void;
/** Nanoseconds since 1970. */
export declare function now(): u64;

/** How many processors are online. */
export declare function onlineCpus(): u32;
/** Numbers the processors that are online, in ascending order, for cpuNumber() and runOnCpu(); returns how many. */
export declare function listCpus(): u32;
/** The operating system's number of processor `index` of the list. */
export declare function cpuNumber(index: u32): u32;
/**
 * Makes a list of so many processors: the operating system's numbers, u32 at a native address, NO_CPU where it has none online. One more
 * stands behind them, which counts for runOnCpu() alone.
 */
export declare function setCpus(numbers: u64, count: u32): void;
/** Runs loaderOnCpu(index, operation) on processor `index`, with interrupts disabled, and waits for it. Returns RUN_*; RUN_CANCELLED where it is offline. */
export declare function runOnCpu(index: u32, operation: u32): u32;

/** Sends an NMI to processor `index`, which the microkernel there takes. */
export declare function sendNmi(index: u32): void;
/** Ticks of the time stamp counter in a millisecond; 0 when nobody knows. */
export declare function tscKhz(): u32;

/** The operating system's number of the processor for which to pretend that memory ran out, or 0xFFFFFFFF. */
export declare function injectedFailure(): u32;
/** A number that nobody can guess. */
export declare function randomNumber(): u64;
/** MITIGATION_* to be done whatever processors need, so that they can be measured; 0: what they need. */
export declare function forcedMitigations(): u32;
/** BootArgs.debugLevel for the next start. */
export declare function debugLevel(): u32;

/** Copies from the address space of whoever called loaderControl(); 0 when that memory is not readable, 1 when done. */
export declare function copyFromCaller(to: u64, from: u64, bytes: u64): u32;
/** Copies to the address space of whoever called loaderControl(); 0 when that memory is not writable, 1 when done. */
export declare function copyToCaller(to: u64, from: u64, bytes: u64): u32;
