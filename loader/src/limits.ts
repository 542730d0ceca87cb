// Sizes of the loader's own tables and the memory that a start takes

import { MAX_PPS } from "../../abi/generated/bare/syscalls";

/** Processors. */
export const MAX_CPUS: u32 = MAX_PPS;
/** Entries of BootArgs.arenaPhys. */
export const MAX_CHUNKS: u32 = 64;
/** Chunks that are lent while the hypervisor runs, as many as the microkernel has places for besides. */
export const MAX_LOANS: u32 = 960;
/** Entries of BootArgs.extBytes. */
export const MAX_FILES: u32 = 8;
/** Number of the file behind all extensions: their policies. */
export const POLICY_FILE: u32 = MAX_FILES + 1;

/** Arena for kernel, page tables and pools. */
export const ARENA_BASE_BYTES: u64 = 0x40_0000;
/** Arena for each processor: its area and tables, the extension's stack, TLS and instance. */
export const ARENA_CPU_BYTES: u64 = 0x4_0000;
/** What each extension but the first takes of it besides: stacks, TLS and tables. */
export const ARENA_CPU_EXTENSION_BYTES: u64 = 0x2_0000;
/** Part of ARENA_BASE_BYTES that is meant for kernel image and extension; larger files enlarge the arena. */
export const ARENA_FILE_BYTES: u64 = 0x10_0000;
