// The processor's own time stamp counter; tsc.h implements it

/** Executes RDTSC: QEMU's processors read their MSR of the same number as 0. */
export declare function readTsc(): u64;
