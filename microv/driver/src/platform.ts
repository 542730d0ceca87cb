// What Linux does for the driver's core, as C functions platform_<name> (linux/)
//
// Addresses are native ones; `glue` is the word that a machine or a vCPU has at MACHINE_GLUE or VCPU_GLUE.

/** Zeroed memory, or 0. */
export declare function allocate(bytes: u64): u64;
/** Gives it back; 0 does nothing. */
export declare function free(address: u64): void;

/** Copies from and to the calling process; 0 when that memory cannot be had, 1 when done. */
export declare function copyFromUser(to: u64, from: u64, bytes: u64): u32;
export declare function copyToUser(to: u64, from: u64, bytes: u64): u32;

/**
 * Replaces 4 or 8 bytes of the calling process in one piece, at a multiple of their size: 0; 1: they are not `expected`; 2: that memory
 * cannot be had.
 */
export declare function exchangeUser(address: u64, bytes: u32, expected: u64, value: u64): u32;

/** Opens a file of a machine, whose end is destroyMachine(): the file's number, or a negative error, and then it lives on. */
export declare function openMachine(core: u64): i64;
/** The same of a vCPU of the machine with `glue`. */
export declare function openVcpu(glue: u64, core: u64, number: u32): i64;
/** The two pages that a vCPU shares with its user. */
export declare function sharedPages(glue: u64): u64;
/** The page that all vCPUs of a machine share with its user (coalesced-ring.ts). */
export declare function ringOf(glue: u64): u64;
/** Signals that stay blocked while a vCPU runs, a bit each; and the user's own again. */
export declare function setSignals(glue: u64, signals: u64): void;
export declare function forgetSignals(glue: u64): void;
/** The lock that is held while a machine's own ioctls run. */
export declare function lockMachine(glue: u64): void;
export declare function unlockMachine(glue: u64): void;

/** The lock of a machine's interrupts, which keeps Linux's own away. */
export declare function lockInterrupts(glue: u64): void;
export declare function unlockInterrupts(glue: u64): void;
/** A vCPU's thread looks at what has come: it wakes, or the guest exits. */
export declare function wakeVcpu(glue: u64): void;
/** Asks vcpuTimer() in so many nanoseconds, in place of what was set before, whether a vCPU is to wake; 0: not any more. */
export declare function armTimer(glue: u64, nanoseconds: u64): void;
/** Sleeps until a word of 32 bits is not 0, or its timer has come: 1; 0: a signal came first. */
export declare function waitForWork(glue: u64, notified: u64): u32;

/** The eventfd that a file of the calling process is, until it is closed here: its address, or an error (isError). */
export declare function openEvent(file: u32): u64;
export declare function signalEvent(event: u64): void;
export declare function closeEvent(event: u64): void;

/** An irqfd of the core's with an address, for an eventfd of the calling process: its glue, or an error (isError). */
export declare function openIrqfd(core: u64, file: u32): u64;
/** Its eventfd. */
export declare function eventOf(irqfd: u64): u64;
/** Has raiseIrqfd() called whenever it is signalled from now on; 1: it was before. */
export declare function watchIrqfd(irqfd: u64): u32;
/** 1: its eventfd's last file is closed. */
export declare function hasEnded(irqfd: u64): u32;
/** Ends it: raiseIrqfd() is not called any more. */
export declare function closeIrqfd(irqfd: u64): void;

/** Maps a page that the hypervisor shares: its address, or 0. */
export declare function mapPage(physical: u64): u64;
export declare function unmapPage(address: u64): void;

/**
 * Pins pages of the calling process from an address on, as many as there are without a gap, and writes their physical addresses
 * to an array of u64. Returns how many; or ENOMEM, and none: they would be more than the process may lock (RLIMIT_MEMLOCK).
 */
export declare function pin(glue: u64, address: u64, pages: u64, isWritable: u32, physical: u64): i64;
/** Gives back pages of such an array. */
export declare function unpin(glue: u64, physical: u64, pages: u64, isDirty: u32): void;

/** Makes the hypercall of a block (hypercall.ts); 0 when no hypervisor takes it. */
export declare function hypercall(block: u64): u32;
/** The same with interrupts disabled, if no signal waits: 0, or a negative error. */
export declare function enter(block: u64): i64;
/** Lets others run that want to; 1: a signal waits. */
export declare function isSignalled(): u32;
/** A timer for the object of the core's with an address, which tickPit() gets when it is due: its glue, or 0. */
export declare function createTimer(core: u64): u64;
/** It is due at a time of nanoseconds(), or never at 0. Its lock is held, and tickPit() is not called for what was before. */
export declare function startTimer(timer: u64, time: u64): void;
/** Ends it: nobody calls tickPit() any more. Its lock is not held. */
export declare function destroyTimer(timer: u64): void;
/** A lock that the timer takes, too: who holds it does not sleep. */
export declare function lockTimer(timer: u64): void;
export declare function unlockTimer(timer: u64): void;
/** Of a clock that never goes back. */
export declare function nanoseconds(): u64;
/** Writes the time stamp counter, nanoseconds since boot, and nanoseconds since 1970, all of one moment: three u64. */
export declare function readTime(to: u64): void;
/** The time stamp counter. */
export declare function timeStamp(): u64;
/** Ticks of the time stamp counter in a millisecond. */
export declare function tscKhz(): u32;
/** 1: the processor is one of Intel's. */
export declare function isIntel(): u32;
/** Lets others run for so long, whatever signals come. */
export declare function sleep(milliseconds: u32): void;
