// Memory of the hypervisor's own: single pages, and physically contiguous runs of them
//
// It appears at EXT_POOL_BASE + physical address, on every processor.

import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import {
  SYSCALL_MEM_ALLOC_HUGE,
  SYSCALL_MEM_ALLOC_PAGE,
  SYSCALL_MEM_FREE_HUGE,
  SYSCALL_MEM_FREE_PAGE,
} from "../../../../abi/generated/bare/syscalls";
import { EXT_POOL_BASE } from "../../../../abi/generated/bare/windows";
import { callOrZero, callRequired, callStatus } from "../calls/syscall";

/** Bytes of a page. */
export const PAGE_BYTES: u64 = 0x1000;

/** A zeroed page: its physical address, or 0 when memory runs out. */
export function allocatePage(): u64 {
  return physicalOf(callOrZero(SYSCALL_MEM_ALLOC_PAGE, 0, 0, 0));
}

/** Gives a page of allocatePage() back, which no VM sees. */
export function freePage(physical: u64): void {
  callRequired(SYSCALL_MEM_FREE_PAGE, ownMemory(physical), 0, 0);
}

/** The same; false: a VM sees it, or saw it, and another processor has not noticed yet (NestedTables.unflushedProcessors). */
export function tryFreePage(physical: u64): bool {
  return callStatus(SYSCALL_MEM_FREE_PAGE, ownMemory(physical), 0, 0) == STATUS_SUCCESS;
}

/**
 * Zeroed, contiguous bytes, from two pages to a GiB: the physical address, or 0 when there are none in a row. Then the operating
 * system has been asked for them, and the same call may find them at a later exit.
 */
export function allocateRun(bytes: u64): u64 {
  return physicalOf(callOrZero(SYSCALL_MEM_ALLOC_HUGE, bytes, 0, 0));
}

/** Gives a run of allocateRun() back. */
export function freeRun(physical: u64): void {
  callRequired(SYSCALL_MEM_FREE_HUGE, ownMemory(physical), 0, 0);
}

/** Where the extension sees a physical address of its own memory: for peek64(), poke64() and their like. */
export function ownMemory(physical: u64): u64 {
  return EXT_POOL_BASE + physical;
}

function physicalOf(address: u64): u64 {
  return address == 0 ? 0 : address - EXT_POOL_BASE;
}
