// Generated from abi/src by `bf build abi`. Do not edit.

// Permission maps

/** Kind: RDMSR and WRMSR. */
export const MAP_MSR: u32 = 0x0;
/** Kind: input from ports, output to them. */
export const MAP_IO: u32 = 0x1;
/** RDMSR, or any access to a port. */
export const MAP_READS: u32 = 0x1;
/** WRMSR. */
export const MAP_WRITES: u32 = 0x2;
/** Both. */
export const MAP_ACCESSES: u32 = 0x3;
/** map_query: the processor has no bits for this MSR; every access exits. */
export const MAP_ALWAYS: u32 = 0x4;

// nested_copy: where to

/** What the VM may read, into the extension's memory. */
export const NESTED_COPY_FROM_VM: u32 = 0x0;
/** The extension's memory, to where the VM may write. */
export const NESTED_COPY_TO_VM: u32 = 0x1;

// Nested page tables: how they are made, and what the processor can

/** Only the operating system's VSs may use them. nested_identity shows what kernel and loader share, too. */
export const NESTED_FOR_ROOT: u32 = 0x1;
/** Processors note in them which pages are accessed and written, for nested_harvest. */
export const NESTED_TRACKED: u32 = 0x2;
/** The right to execute is possible without the right to read. */
export const NESTED_HAS_EXECUTE_ONLY: u32 = 0x1;
/** Pages of 1 GiB. */
export const NESTED_HAS_1G: u32 = 0x2;
/** NESTED_TRACKED is possible. */
export const NESTED_HAS_TRACKING: u32 = 0x4;

// Nested page tables: rights, memory types and page sizes

export const NESTED_READ: u32 = 0x1;
export const NESTED_WRITE: u32 = 0x2;
export const NESTED_EXECUTE: u32 = 0x4;
/** All rights. */
export const NESTED_RIGHTS: u32 = 0x7;
export const NESTED_UNCACHEABLE: u32 = 0x0;
export const NESTED_WRITE_COMBINING: u32 = 0x100;
export const NESTED_WRITE_THROUGH: u32 = 0x400;
export const NESTED_WRITE_PROTECTED: u32 = 0x500;
export const NESTED_WRITE_BACK: u32 = 0x600;
/** The memory type that the memory range registers (MTRRs) say. */
export const NESTED_MACHINE: u32 = 0x700;
/** The memory type's bits. */
export const NESTED_TYPE: u32 = 0x700;
/** nested_identity: the hypervisor's own pages are not there. */
export const NESTED_OWN_ABSENT: u32 = 0x0;
/** nested_identity: a page of zeroes is read in their place. */
export const NESTED_OWN_BLANK: u32 = 0x1000;
/** The bit of these two. */
export const NESTED_OWN: u32 = 0x1000;
/** Pages of no more than 4 KiB; as a result: it is one. */
export const NESTED_PAGE_4K: u32 = 0x10000;
/** Pages of no more than 2 MiB; as a result: it is one. */
export const NESTED_PAGE_2M: u32 = 0x20000;
/** Pages of no more than 1 GiB; as a result: it is one. */
export const NESTED_PAGE_1G: u32 = 0x30000;
/** The page size's bits; zero: as large as possible. */
export const NESTED_PAGE: u32 = 0x30000;

// nested_harvest: what is told of a page, and cleared

/** The VM has read, written or executed it. */
export const NESTED_ACCESSED: u32 = 0x1;
/** The VM has written it. */
export const NESTED_DIRTY: u32 = 0x2;

// Pools of statistics_pool

/** Pages of 4 KiB. */
export const POOL_PAGES: u32 = 0x0;
/** Runs of mem_alloc_huge. */
export const POOL_HUGE: u32 = 0x1;
export const POOL_VMS: u32 = 0x2;
export const POOL_VPS: u32 = 0x3;
export const POOL_VSS: u32 = 0x4;
/** Nested page tables. */
export const POOL_NESTED: u32 = 0x5;
/** Permission maps. */
export const POOL_MAPS: u32 = 0x6;
/** Slab objects: registers of VSs that are not active. */
export const POOL_REGISTERS: u32 = 0x7;
