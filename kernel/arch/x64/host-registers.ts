// What registers hold in host mode on every processor

/** CR0: task switched. x87 and vector instructions raise #NM. */
export const CR0_TS: u64 = 1 << 3;
/** PE, MP, TS, ET, NE, WP, PG. With TS ring 3 does not touch the guest's x87 and vector registers; see fpu.ts. */
export const HOST_CR0: u64 = 0x8001_0033 | CR0_TS;
/** On Intel: entries 0, which all of host mode's pages have, and 4 are write-back, the rest uncacheable, as in Bareflank 3.0. */
export const HOST_PAT: u64 = 0x0000_0006_0000_0006;
/** SYSCALL: CS 0x10, SS 0x18; SYSRET: CS 0x2B, SS 0x23. */
export const HOST_STAR: u64 = 0x001b_0010_0000_0000;
/** SYSCALL clears every flag but the always-set bit 1, AC included: the kernel never reads user memory by accident. */
export const HOST_SFMASK: u64 = 0xffff_fffd;
