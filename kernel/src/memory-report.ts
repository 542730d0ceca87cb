// What the kernel has of memory, and who has it: the second half of MemoryExchange

import { fpuCache } from "#arch/fpu-area";
import {
  MEMORY_EXCHANGE_CHUNK_COUNT,
  MEMORY_EXCHANGE_EXTENSION_PAGES,
  MEMORY_EXCHANGE_FREE_BLOCKS,
  MEMORY_EXCHANGE_FREE_PAGES,
  MEMORY_EXCHANGE_HIGH_PAGES,
  MEMORY_EXCHANGE_KERNEL_PAGES,
  MEMORY_EXCHANGE_LOW_PAGES,
  MEMORY_EXCHANGE_RUN_COUNT,
  MEMORY_EXCHANGE_RUN_PAGES,
  MEMORY_EXCHANGE_RUNS_TAKEN,
  MEMORY_EXCHANGE_SLAB_COUNT,
  MEMORY_EXCHANGE_SLAB_NAME,
  MEMORY_EXCHANGE_SLAB_OBJECT_BYTES,
  MEMORY_EXCHANGE_SLAB_PAGES,
  MEMORY_EXCHANGE_SLAB_TOTAL,
  MEMORY_EXCHANGE_SLAB_USED,
  MEMORY_EXCHANGE_TOTAL_PAGES,
  MEMORY_EXCHANGE_VM_COUNT,
  MEMORY_EXCHANGE_VM_ID,
  MEMORY_EXCHANGE_VM_PAGES,
  MEMORY_EXCHANGE_WAITING_PAGES,
  MOST_VM_RECORDS,
} from "../../abi/generated/bare/exchange";
import { peek32, poke32, poke64 } from "../../bsl/src/memory";
import { extensionAt, extensionCount } from "./extension";
import { MAX_ORDER } from "./memory/buddy";
import { highMark, lowMark } from "./memory/marks";
import { freePages, pages, usedPages } from "./memory/pages";
import { runCount, runPages, runsTaken, takenRunPages } from "./memory/runs";
import { SlabCache } from "./memory/slab";
import { lockObjects, unlockObjects } from "./objects";
import { vmAt, vms } from "./vm";
import { registerFiles } from "./vs";

/** Writes the report into a MemoryExchange at a native address. Other processors may allocate meanwhile. */
export function reportMemory(at: u64): void {
  const used = usedPages() + takenRunPages();
  let given: u64 = 0;
  for (let id: u32 = 0; id < extensionCount(); id++) {
    const own = extensionAt(id).pages;
    poke64(at + MEMORY_EXCHANGE_EXTENSION_PAGES + id * 8, own);
    given += own;
  }
  poke64(at + MEMORY_EXCHANGE_TOTAL_PAGES, pages.totalPages());
  poke64(at + MEMORY_EXCHANGE_FREE_PAGES, freePages());
  poke64(at + MEMORY_EXCHANGE_WAITING_PAGES, pages.waitingPages());
  poke64(at + MEMORY_EXCHANGE_LOW_PAGES, lowMark());
  poke64(at + MEMORY_EXCHANGE_HIGH_PAGES, highMark());
  poke64(at + MEMORY_EXCHANGE_KERNEL_PAGES, used - given);
  poke64(at + MEMORY_EXCHANGE_RUN_PAGES, runPages());
  poke32(at + MEMORY_EXCHANGE_RUN_COUNT, runCount());
  poke32(at + MEMORY_EXCHANGE_RUNS_TAKEN, runsTaken());
  poke32(at + MEMORY_EXCHANGE_CHUNK_COUNT, pages.chunkCount());
  for (let order: u32 = 0; order <= MAX_ORDER; order++) {
    poke32(at + MEMORY_EXCHANGE_FREE_BLOCKS + order * 4, pages.freeBlocks(order));
  }
  poke32(at + MEMORY_EXCHANGE_SLAB_COUNT, 0);
  reportSlab(at, "vs", registerFiles);
  reportSlab(at, "fpu", fpuCache());
  reportVms(at);
}

function reportSlab(at: u64, name: string, cache: SlabCache): void {
  const index = peek32(at + MEMORY_EXCHANGE_SLAB_COUNT);
  let letters: u64 = 0;
  for (let i = 0; i < name.length; i++) letters |= (<u64>name.charCodeAt(i)) << (8 * i);
  poke64(at + MEMORY_EXCHANGE_SLAB_NAME + index * 8, letters);
  poke32(at + MEMORY_EXCHANGE_SLAB_OBJECT_BYTES + index * 4, <u32>cache.strideBytes());
  poke32(at + MEMORY_EXCHANGE_SLAB_USED + index * 4, cache.usedObjects());
  poke32(at + MEMORY_EXCHANGE_SLAB_TOTAL + index * 4, cache.totalObjects());
  poke32(at + MEMORY_EXCHANGE_SLAB_PAGES + index * 4, cache.pageCount());
  poke32(at + MEMORY_EXCHANGE_SLAB_COUNT, index + 1);
}

/** The pages that VSs take, by their VM, of those with the lowest numbers: a control block each. */
function reportVms(at: u64): void {
  let count: u32 = 0;
  lockObjects();
  for (let id: u32 = 0; id < vms.end && count < MOST_VM_RECORDS; id++) {
    if (!vms.has(id)) continue;
    poke32(at + MEMORY_EXCHANGE_VM_ID + count * 4, id);
    poke32(at + MEMORY_EXCHANGE_VM_PAGES + count * 4, vmAt(id).vsCount);
    count++;
  }
  unlockObjects();
  poke32(at + MEMORY_EXCHANGE_VM_COUNT, count);
}
