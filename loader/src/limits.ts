// Sizes of the loader's own tables and the memory that a start takes

import { MAX_EXTENSIONS, MAX_PPS } from "../../abi/generated/bare/syscalls";

/** Processors. */
export const MAX_CPUS: u32 = MAX_PPS;
/** Entries of BootArgs.arenaPhys. */
export const MAX_CHUNKS: u32 = 64;
/** Chunks that are lent while the hypervisor runs, as many as the microkernel has places for besides. */
export const MAX_LOANS: u32 = 960;
/** Entries of BootArgs.extBytes. */
export const MAX_FILES: u32 = MAX_EXTENSIONS;
/** Number of the file behind all extensions: their policies. */
export const POLICY_FILE: u32 = MAX_FILES + 1;

/** The arena is made of pieces of so many bytes, and of twice, four times ... as many. */
export const ARENA_STEP_BYTES: u64 = 0x1_0000;
/** What a start takes of the operating system's memory, files, arena and all, with one extension of version 2. */
export const START_BYTES: u64 = 0x20_0000;
/** For each processor: its area and tables, the extension's stack and TLS; the extension's own memory comes besides. */
export const START_CPU_BYTES: u64 = 0x3_c000;
/** What each extension but the first takes besides: tables and what the kernel knows of it, */
export const START_EXTENSION_BYTES: u64 = 0x1_0000;
/** and on each processor stacks, TLS and tables. */
export const START_CPU_EXTENSION_BYTES: u64 = 0x1_8000;
/** For each extension on each processor where the microkernel is isolated: ring 3's tables, and the page of entries. */
export const START_ISOLATED_BYTES: u64 = 0x7000;
/** Part of START_BYTES that is meant for the files, as they are and as images; larger files take more. */
export const START_FILE_BYTES: u64 = 0x4_0000;
/** What a byte of a larger file takes: itself, and its image, of which some is there twice. */
export const FILE_COPIES: u64 = 3;
/** More where an extension knows version 1 only: it lives with what the start took. */
export const START_VERSION_1_BYTES: u64 = 0x28_0000;
