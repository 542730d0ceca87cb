// How the microkernel's memory grows and shrinks while it runs: a page that it shares with the driver, and a door
//
//     microkernel    wanted = bytes, signal[ppid] = 1, an NMI to its own processor
//     driver         its NMI handler sees the signal and queues work; the work takes pages and knocks at the door with each
//     door           VMMCALL or VMCALL in ring 0 of the root VM: RAX = MEMORY_DOOR, RBX = what for, RCX and RDX: a chunk
//
// A run is memory in a row that an extension gets as a whole (mem_alloc_huge), where a chunk becomes pages of the pool:
//
//     microkernel    wantedRun = bytes, and the same signal; the driver gives a run, or says that there is none

import { structure, table } from "./schema.ts";

export const exchange = structure("exchange", "MemoryExchange", "The page that microkernel and driver share", {
  wanted: ["u64", "Written by the kernel: bytes that it asks for; 0: none."],
  surplus: ["u64", "Written by the kernel: 1 when the driver should ask what it gets back."],
  signal: [
    "u32[128]",
    "Of each processor: set by the kernel before it sends an NMI there, cleared by the driver's handler.",
  ],
  ramCount: ["u32", "Entries of ramBase and ramEnd, written by the loader before a start."],
  chunkCount: ["u32", "The rest is written when the door is asked to report. Chunks that the kernel has."],
  ramBase: ["u64[32]", "Physical memory that is no device's."],
  ramEnd: "u64[32]",
  totalPages: ["u64", "Pages of the pool."],
  freePages: ["u64", "Those that are free."],
  waitingPages: ["u64", "Those that were given back, and wait until every processor has flushed."],
  lowPages: ["u64", "The kernel asks when fewer are free."],
  highPages: ["u64", "It gives a chunk back when so many stay free."],
  kernelPages: ["u64", "Pages that are handed out, and no extension's."],
  extensionPages: ["u64[64]", "Pages that each extension was given by alloc_page, alloc_huge and memory_grow."],
  freeBlocks: ["u32[12]", "Free blocks of each order."],
  slabCount: ["u32", "Entries of the next five."],
  vmCount: ["u32", "Entries of vmId and vmPages: the first that there are."],
  slabName: ["u64[8]", "Up to eight characters, zero padded."],
  slabObjectBytes: "u32[8]",
  slabUsed: ["u32[8]", "Objects that are taken."],
  slabTotal: ["u32[8]", "Objects that there is room for."],
  slabPages: "u32[8]",
  vmId: "u32[64]",
  vmPages: ["u32[64]", "Pages that its virtual processor states take."],
  wantedRun: ["u64", "Written by the kernel: bytes of a run that it asks for; 0: none."],
  runPages: ["u64", "Reported: pages of all runs. They are none of the pool's."],
  runCount: ["u32", "Runs that there are."],
  runsTaken: ["u32", "Those of them that an extension has."],
});

export const memoryBounds = table("exchange", "MemoryExchange", "u32", {
  MOST_RAM_RANGES: [32, "Entries of MemoryExchange.ramBase."],
  MOST_SLABS: [8, "Entries of MemoryExchange.slabName."],
  MOST_VM_RECORDS: [64, "Entries of MemoryExchange.vmId."],
});

export const door = table("exchange", "The door: RAX", "u64", {
  MEMORY_DOOR: [
    0x5952_4f4d_454d_4642n,
    '"BFMEMORY", little endian. In ring 0 of the root VM it never reaches the extension.',
  ],
});

export const doorFunctions = table("exchange", "The door: RBX", "u32", {
  DOOR_REPORT: [0, "Write what the kernel has into MemoryExchange."],
  DOOR_GIVE: [1, "RCX: physical address, RDX: bytes of a chunk that is the kernel's from now on. RAX: GIVE_*."],
  DOOR_TAKE: [
    2,
    "RAX: TAKE_*, RCX and RDX: a chunk or a run that is the kernel's no more. RCX before: 1: runs that no extension has taken, too.",
  ],
  DOOR_FLUSH: [3, "Drop this processor's translations, as GIVE_LATER and TAKE_LATER ask on each. RAX: 0."],
  DOOR_GIVE_RUN: [
    4,
    "RCX: physical address, RDX: bytes of a run that is the kernel's from now on. RAX: GIVE_*. 0 bytes: there is none; RAX: 0.",
  ],
  DOOR_DESCRIBE: [
    5,
    "For a driver that did not start the hypervisor. RAX: 0, RBX: BOOT_MAGIC, and physical addresses: RCX the debug ring, RDX the page of reports, RSI MemoryExchange, RDI this processor's SavedState, R8 the hand-off code. R9: this processor's number, bits 31:16 how many there are, bits 63:32 BOOT_VERSION.",
  ],
  DOOR_ADOPT: [
    6,
    "This processor's stop ends in the driver's hand-off code from now on. RCX: physical address of its transition table; in the operating system's address space RDX: SavedState, RSI: where promote continues, RDI: the handler of NMIs. R8: selectors of code and, bits 31:16, of the stack. RAX: ADOPT_*.",
  ],
});

export const adoptResults = table("exchange", "What an adoption comes to", "u32", {
  ADOPT_DONE: 0,
  ADOPT_TABLE: [1, "The transition table is no page of the operating system's memory."],
  ADOPT_ADDRESS: [2, "An address is none that a processor takes, or SavedState would not begin a page."],
});

export const giveResults = table("exchange", "What a donation comes to", "u32", {
  GIVE_DONE: 0,
  GIVE_SIZE: [
    1,
    "A chunk is a power of two bytes, CHUNK_LEAST_BYTES to CHUNK_MOST_BYTES, at a multiple of its size. A run is RUN_STEP_BYTES to RUN_MOST_BYTES, and all of it a multiple of the former.",
  ],
  GIVE_NOT_RAM: [2, "It is a device's, or lies where there is nothing."],
  GIVE_OWNED: [3, "Some of it is the hypervisor's already: the kernel's, an extension's or a guest's."],
  GIVE_NO_ROOM: [4, "There are as many chunks as there can be."],
  GIVE_NO_TABLES: [5, "No page is left for the page tables that would map or hide it."],
  GIVE_LATER: [
    6,
    "It is the kernel's, but another processor's VM may still see it: make each knock, and give it again.",
  ],
});

export const takeResults = table("exchange", "What asking for a chunk comes to", "u32", {
  TAKE_DONE: 0,
  TAKE_NOTHING: [1, "The kernel needs all that it has."],
  TAKE_MORE: [2, "A chunk is on its way: ask again."],
  TAKE_LATER: [3, "A processor has yet to flush: make each knock with DOOR_FLUSH, and ask again."],
  DOOR_UNKNOWN: [4, "There is no such function, or nothing to exchange."],
});

export const chunkSizes = table("exchange", "Sizes of chunks that come while the hypervisor runs", "u64", {
  CHUNK_LEAST_BYTES: 0x1_0000n,
  CHUNK_MOST_BYTES: [0x40_0000n, "As much as Linux's page allocator gives in one piece."],
  RUN_STEP_BYTES: [0x20_0000n, "A large page: a run's address and size are multiples of it."],
  RUN_MOST_BYTES: [0x4000_0000n, "A run lies under at most two tables of large pages."],
});
