// Generated from abi/src by `bf build abi`. Do not edit.

// What an adoption comes to

export const ADOPT_DONE = 0x0;
/** The transition table is no page of the operating system's memory. */
export const ADOPT_TABLE = 0x1;
/** An address is none that a processor takes, or SavedState would not begin a page. */
export const ADOPT_ADDRESS = 0x2;

// Sizes of chunks that come while the hypervisor runs

export const CHUNK_LEAST_BYTES = 0x10000n;
/** As much as Linux's page allocator gives in one piece. */
export const CHUNK_MOST_BYTES = 0x400000n;
/** A large page: a run's address and size are multiples of it. */
export const RUN_STEP_BYTES = 0x200000n;
/** A run lies under at most two tables of large pages. */
export const RUN_MOST_BYTES = 0x40000000n;

// The door: RAX

/** "BFMEMORY", little endian. In ring 0 of the root VM it never reaches the extension. */
export const MEMORY_DOOR = 0x59524f4d454d4642n;

// The door: RBX

/** Write what the kernel has into MemoryExchange. */
export const DOOR_REPORT = 0x0;
/** RCX: physical address, RDX: bytes of a chunk that is the kernel's from now on. RAX: GIVE_*. */
export const DOOR_GIVE = 0x1;
/** RAX: TAKE_*, RCX and RDX: a chunk or a run that is the kernel's no more. RCX before: 1: runs that no extension has taken, too. */
export const DOOR_TAKE = 0x2;
/** Drop this processor's translations, as GIVE_LATER and TAKE_LATER ask on each. RAX: 0. */
export const DOOR_FLUSH = 0x3;
/** RCX: physical address, RDX: bytes of a run that is the kernel's from now on. RAX: GIVE_*. 0 bytes: there is none; RAX: 0. */
export const DOOR_GIVE_RUN = 0x4;
/** For a driver that did not start the hypervisor. RAX: 0, RBX: BOOT_MAGIC, and physical addresses: RCX the debug ring, RDX the page of reports, RSI MemoryExchange, RDI this processor's SavedState, R8 the hand-off code. R9: this processor's number, bits 31:16 how many there are, bits 63:32 BOOT_VERSION. */
export const DOOR_DESCRIBE = 0x5;
/** This processor's stop ends in the driver's hand-off code from now on. RCX: physical address of its transition table; in the operating system's address space RDX: SavedState, RSI: where promote continues, RDI: the handler of NMIs. R8: selectors of code and, bits 31:16, of the stack. RAX: ADOPT_*. */
export const DOOR_ADOPT = 0x6;

// The page that microkernel and driver share

/** u64: Written by the kernel: bytes that it asks for; 0: none. */
export const MEMORY_EXCHANGE_WANTED = 0x0;
/** u64: Written by the kernel: 1 when the driver should ask what it gets back. */
export const MEMORY_EXCHANGE_SURPLUS = 0x8;
/** u32[128]: Of each processor: set by the kernel before it sends an NMI there, cleared by the driver's handler. */
export const MEMORY_EXCHANGE_SIGNAL = 0x10;
/** u32: Entries of ramBase and ramEnd, written by the loader before a start. */
export const MEMORY_EXCHANGE_RAM_COUNT = 0x210;
/** u32: The rest is written when the door is asked to report. Chunks that the kernel has. */
export const MEMORY_EXCHANGE_CHUNK_COUNT = 0x214;
/** u64[32]: Physical memory that is no device's. */
export const MEMORY_EXCHANGE_RAM_BASE = 0x218;
/** u64[32]. */
export const MEMORY_EXCHANGE_RAM_END = 0x318;
/** u64: Pages of the pool. */
export const MEMORY_EXCHANGE_TOTAL_PAGES = 0x418;
/** u64: Those that are free. */
export const MEMORY_EXCHANGE_FREE_PAGES = 0x420;
/** u64: Those that were given back, and wait until every processor has flushed. */
export const MEMORY_EXCHANGE_WAITING_PAGES = 0x428;
/** u64: The kernel asks when fewer are free. */
export const MEMORY_EXCHANGE_LOW_PAGES = 0x430;
/** u64: It gives a chunk back when so many stay free. */
export const MEMORY_EXCHANGE_HIGH_PAGES = 0x438;
/** u64: Pages that are handed out, and no extension's. */
export const MEMORY_EXCHANGE_KERNEL_PAGES = 0x440;
/** u64[64]: Pages that each extension was given by alloc_page, alloc_huge and memory_grow. */
export const MEMORY_EXCHANGE_EXTENSION_PAGES = 0x448;
/** u32[12]: Free blocks of each order. */
export const MEMORY_EXCHANGE_FREE_BLOCKS = 0x648;
/** u32: Entries of the next five. */
export const MEMORY_EXCHANGE_SLAB_COUNT = 0x678;
/** u32: Entries of vmId and vmPages: the first that there are. */
export const MEMORY_EXCHANGE_VM_COUNT = 0x67c;
/** u64[8]: Up to eight characters, zero padded. */
export const MEMORY_EXCHANGE_SLAB_NAME = 0x680;
/** u32[8]. */
export const MEMORY_EXCHANGE_SLAB_OBJECT_BYTES = 0x6c0;
/** u32[8]: Objects that are taken. */
export const MEMORY_EXCHANGE_SLAB_USED = 0x6e0;
/** u32[8]: Objects that there is room for. */
export const MEMORY_EXCHANGE_SLAB_TOTAL = 0x700;
/** u32[8]. */
export const MEMORY_EXCHANGE_SLAB_PAGES = 0x720;
/** u32[64]. */
export const MEMORY_EXCHANGE_VM_ID = 0x740;
/** u32[64]: Pages that its virtual processor states take. */
export const MEMORY_EXCHANGE_VM_PAGES = 0x840;
/** u64: Written by the kernel: bytes of a run that it asks for; 0: none. */
export const MEMORY_EXCHANGE_WANTED_RUN = 0x940;
/** u64: Reported: pages of all runs. They are none of the pool's. */
export const MEMORY_EXCHANGE_RUN_PAGES = 0x948;
/** u32: Runs that there are. */
export const MEMORY_EXCHANGE_RUN_COUNT = 0x950;
/** u32: Those of them that an extension has. */
export const MEMORY_EXCHANGE_RUNS_TAKEN = 0x954;
/** Size of the structure. */
export const MEMORY_EXCHANGE_BYTES = 0x958;

// What a donation comes to

export const GIVE_DONE = 0x0;
/** A chunk is a power of two bytes, CHUNK_LEAST_BYTES to CHUNK_MOST_BYTES, at a multiple of its size. A run is RUN_STEP_BYTES to RUN_MOST_BYTES, and all of it a multiple of the former. */
export const GIVE_SIZE = 0x1;
/** It is a device's, or lies where there is nothing. */
export const GIVE_NOT_RAM = 0x2;
/** Some of it is the hypervisor's already: the kernel's, an extension's or a guest's. */
export const GIVE_OWNED = 0x3;
/** There are as many chunks as there can be. */
export const GIVE_NO_ROOM = 0x4;
/** No page is left for the page tables that would map or hide it. */
export const GIVE_NO_TABLES = 0x5;
/** It is the kernel's, but another processor's VM may still see it: make each knock, and give it again. */
export const GIVE_LATER = 0x6;

// MemoryExchange

/** Entries of MemoryExchange.ramBase. */
export const MOST_RAM_RANGES = 0x20;
/** Entries of MemoryExchange.slabName. */
export const MOST_SLABS = 0x8;
/** Entries of MemoryExchange.vmId. */
export const MOST_VM_RECORDS = 0x40;

// What asking for a chunk comes to

export const TAKE_DONE = 0x0;
/** The kernel needs all that it has. */
export const TAKE_NOTHING = 0x1;
/** A chunk is on its way: ask again. */
export const TAKE_MORE = 0x2;
/** A processor has yet to flush: make each knock with DOOR_FLUSH, and ask again. */
export const TAKE_LATER = 0x3;
/** There is no such function, or nothing to exchange. */
export const DOOR_UNKNOWN = 0x4;
