// Generated from abi/src by `bf build abi`. Do not edit.

// Permission maps

/** Kind: RDMSR and WRMSR. */
export const MAP_MSR = 0x0;
/** Kind: input from ports, output to them. */
export const MAP_IO = 0x1;
/** RDMSR, or any access to a port. */
export const MAP_READS = 0x1;
/** WRMSR. */
export const MAP_WRITES = 0x2;
/** Both. */
export const MAP_ACCESSES = 0x3;
/** map_query: the processor has no bits for this MSR; every access exits. */
export const MAP_ALWAYS = 0x4;

// nested_copy: where to

/** What the VM may read, into the extension's memory. */
export const NESTED_COPY_FROM_VM = 0x0;
/** The extension's memory, to where the VM may write. */
export const NESTED_COPY_TO_VM = 0x1;

// Nested page tables: how they are made, and what the processor can

/** Only the operating system's VSs may use them. nested_identity shows what kernel and loader share, too. */
export const NESTED_FOR_ROOT = 0x1;
/** Processors note in them which pages are accessed and written, for nested_harvest. */
export const NESTED_TRACKED = 0x2;
/** The right to execute is possible without the right to read. */
export const NESTED_HAS_EXECUTE_ONLY = 0x1;
/** Pages of 1 GiB. */
export const NESTED_HAS_1G = 0x2;
/** NESTED_TRACKED is possible. */
export const NESTED_HAS_TRACKING = 0x4;

// Nested page tables: rights, memory types and page sizes

export const NESTED_READ = 0x1;
export const NESTED_WRITE = 0x2;
export const NESTED_EXECUTE = 0x4;
/** All rights. */
export const NESTED_RIGHTS = 0x7;
export const NESTED_UNCACHEABLE = 0x0;
export const NESTED_WRITE_COMBINING = 0x100;
export const NESTED_WRITE_THROUGH = 0x400;
export const NESTED_WRITE_PROTECTED = 0x500;
export const NESTED_WRITE_BACK = 0x600;
/** The memory type that the memory range registers (MTRRs) say. */
export const NESTED_MACHINE = 0x700;
/** The memory type's bits. */
export const NESTED_TYPE = 0x700;
/** nested_identity: the hypervisor's own pages are not there. */
export const NESTED_OWN_ABSENT = 0x0;
/** nested_identity: a page of zeroes is read in their place. */
export const NESTED_OWN_BLANK = 0x1000;
/** The bit of these two. */
export const NESTED_OWN = 0x1000;
/** Pages of no more than 4 KiB; as a result: it is one. */
export const NESTED_PAGE_4K = 0x10000;
/** Pages of no more than 2 MiB; as a result: it is one. */
export const NESTED_PAGE_2M = 0x20000;
/** Pages of no more than 1 GiB; as a result: it is one. */
export const NESTED_PAGE_1G = 0x30000;
/** The page size's bits; zero: as large as possible. */
export const NESTED_PAGE = 0x30000;

// nested_harvest: what is told of a page, and cleared

/** The VM has read, written or executed it. */
export const NESTED_ACCESSED = 0x1;
/** The VM has written it. */
export const NESTED_DIRTY = 0x2;

// Pools of statistics_pool

/** Pages of 4 KiB. */
export const POOL_PAGES = 0x0;
/** Runs of mem_alloc_huge. */
export const POOL_HUGE = 0x1;
export const POOL_VMS = 0x2;
export const POOL_VPS = 0x3;
export const POOL_VSS = 0x4;
/** Nested page tables. */
export const POOL_NESTED = 0x5;
/** Permission maps. */
export const POOL_MAPS = 0x6;
/** Slab objects: registers of VSs that are not active. */
export const POOL_REGISTERS = 0x7;
