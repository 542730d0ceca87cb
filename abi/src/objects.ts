// Nested page tables, permission maps and statistics: the words that their calls take and give

import { table } from "./schema.ts";

export const nestedFlags = table("objects", "Nested page tables: rights, memory types and page sizes", "u32", {
  NESTED_READ: 1,
  NESTED_WRITE: 2,
  NESTED_EXECUTE: 4,
  NESTED_RIGHTS: [7, "All rights."],
  NESTED_UNCACHEABLE: 0x000,
  NESTED_WRITE_COMBINING: 0x100,
  NESTED_WRITE_THROUGH: 0x400,
  NESTED_WRITE_PROTECTED: 0x500,
  NESTED_WRITE_BACK: 0x600,
  NESTED_MACHINE: [0x700, "The memory type that the memory range registers (MTRRs) say."],
  NESTED_TYPE: [0x700, "The memory type's bits."],
  NESTED_OWN_ABSENT: [0x0000, "nested_identity: the hypervisor's own pages are not there."],
  NESTED_OWN_BLANK: [0x1000, "nested_identity: a page of zeroes is read in their place."],
  NESTED_OWN: [0x1000, "The bit of these two."],
  NESTED_PAGE_4K: [0x1_0000, "Pages of no more than 4 KiB; as a result: it is one."],
  NESTED_PAGE_2M: [0x2_0000, "Pages of no more than 2 MiB; as a result: it is one."],
  NESTED_PAGE_1G: [0x3_0000, "Pages of no more than 1 GiB; as a result: it is one."],
  NESTED_PAGE: [0x3_0000, "The page size's bits; zero: as large as possible."],
});

export const nestedCreate = table(
  "objects",
  "Nested page tables: how they are made, and what the processor can",
  "u32",
  {
    NESTED_FOR_ROOT: [
      1,
      "Only the operating system's VSs may use them. nested_identity shows what kernel and loader share, too.",
    ],
    NESTED_TRACKED: [2, "Processors note in them which pages are accessed and written, for nested_harvest."],
    NESTED_HAS_EXECUTE_ONLY: [1, "The right to execute is possible without the right to read."],
    NESTED_HAS_1G: [2, "Pages of 1 GiB."],
    NESTED_HAS_TRACKING: [4, "NESTED_TRACKED is possible."],
  },
);

export const nestedCopy = table("objects", "nested_copy: where to", "u32", {
  NESTED_COPY_FROM_VM: [0, "What the VM may read, into the extension's memory."],
  NESTED_COPY_TO_VM: [1, "The extension's memory, to where the VM may write."],
});

export const nestedHarvest = table("objects", "nested_harvest: what is told of a page, and cleared", "u32", {
  NESTED_ACCESSED: [1, "The VM has read, written or executed it."],
  NESTED_DIRTY: [2, "The VM has written it."],
});

export const mapKinds = table("objects", "Permission maps", "u32", {
  MAP_MSR: [0, "Kind: RDMSR and WRMSR."],
  MAP_IO: [1, "Kind: input from ports, output to them."],
  MAP_READS: [1, "RDMSR, or any access to a port."],
  MAP_WRITES: [2, "WRMSR."],
  MAP_ACCESSES: [3, "Both."],
  MAP_ALWAYS: [4, "map_query: the processor has no bits for this MSR; every access exits."],
});

export const pools = table("objects", "Pools of statistics_pool", "u32", {
  POOL_PAGES: [0, "Pages of 4 KiB."],
  POOL_HUGE: [1, "Runs of mem_alloc_huge."],
  POOL_VMS: 2,
  POOL_VPS: 3,
  POOL_VSS: 4,
  POOL_NESTED: [5, "Nested page tables."],
  POOL_MAPS: [6, "Permission maps."],
  POOL_REGISTERS: [7, "Slab objects: registers of VSs that are not active."],
});
