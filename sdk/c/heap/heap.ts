// The heap: gives blocks of linear memory, has more mapped when there is none, and joins those that come back
//
//     65536       FIRST                                                            what the microkernel has mapped
//     ├── lists ──┼── block ──┼── block ──┼── … ──┼── a free block, mostly ──┼── end ──┤
//
// Every operation takes the same time, whatever there is, but for the microkernel's and for what is copied. Places are offsets in
// linear memory. Callers hold the lock (main.ts).

import { SYSCALL_MEMORY_GROW } from "../../../abi/generated/bare/syscalls";
import { callOrZero } from "../../typescript/src/calls/syscall";
import {
  bytesOf,
  forget,
  GRAIN,
  HEADER,
  isFree,
  isTaken,
  nextOf,
  previousOf,
  setFree,
  setPrevious,
  setTaken,
} from "./blocks";
import { insertFree, removeFree, takeFree } from "./free-lists";

const PAGE_BYTES: u32 = 4096;
const MEMORY_START: u32 = 0x1_0000;

/** Behind the pages that have the lists, and what else is compiled with this. */
function first(): u32 {
  return (<u32>__heap_base + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/** Pages that the microkernel is asked for, if they are to be had. */
const USUAL_PAGES: u32 = 16;
/** No block is larger. */
const MOST_BYTES: u64 = 0x7fff_0000;

/** Where mapped memory ends; 0: there is none yet. */
const mapped: usize = memory.data(4, 8);
/** Blocks that are taken, and their bytes with headers. */
const takenBlocks: usize = memory.data(8, 8);
const takenBytes: usize = memory.data(8, 8);

/** Bytes that are given to somebody, with 8 for each, and the memory that the heap has. */
export function usedBytes(): u64 {
  return load<u64>(takenBytes);
}
export function usedBlocks(): u64 {
  return load<u64>(takenBlocks);
}
export function heapBytes(): u64 {
  const end = load<u32>(mapped);
  return end === 0 ? 0 : end - first();
}

/** So many bytes at a multiple of 16, or 0: more than there can be, or no memory is left. */
export function allocate(bytes: u64): u32 {
  return allocateAligned(bytes, GRAIN);
}

/** The same at a multiple of a power of two. */
export function allocateAligned(bytes: u64, alignment: u64): u32 {
  if (bytes > MOST_BYTES || alignment > MOST_BYTES || bytes + alignment > MOST_BYTES) return 0;
  const wanted = sizeFor(bytes);
  const spare = alignment <= GRAIN ? 0 : <u32>alignment;
  let block = findBlock(wanted + spare);
  if (block === 0) return 0;
  setTaken(block, bytesOf(block));
  const mask = (spare === 0 ? GRAIN : spare) - 1;
  const start = (block + HEADER + mask) & ~mask;
  if (start !== block + HEADER) block = cut(block, start - HEADER - block, true);
  trim(block, wanted);
  count(1, bytesOf(block));
  return block + HEADER;
}

/** Whether a place is that of something that was given, and not given back. */
export function isGiven(place: u64): bool {
  const end = load<u32>(mapped);
  if (end === 0 || place < first() + GRAIN || place >= end || place % GRAIN !== 0) return false;
  const block = <u32>place - HEADER;
  if (!isTaken(block) || bytesOf(block) === 0 || bytesOf(block) > end - HEADER - block) return false;
  return previousOf(nextOf(block)) === block;
}

/** Takes back what was given. */
export function release(place: u32): void {
  const block = place - HEADER;
  count(-1, bytesOf(block));
  giveBack(block);
}

/** Bytes that there is room for in what was given. */
export function roomOf(place: u32): u32 {
  return bytesOf(place - HEADER) - HEADER;
}

/** Makes what was given as large as is wanted, where it is; false, and nothing has changed, when there is no room. */
export function resize(place: u32, bytes: u64): bool {
  if (bytes > MOST_BYTES) return false;
  const block = place - HEADER;
  const before = bytesOf(block);
  const wanted = sizeFor(bytes);
  const next = nextOf(block);
  if (wanted > before) {
    if (!isFree(next) || before + bytesOf(next) < wanted) return false;
    removeFree(next, bytesOf(next));
    const all = before + bytesOf(next);
    forget(next);
    setTaken(block, all);
    setPrevious(nextOf(block), block);
  }
  trim(block, wanted);
  count(-1, before);
  count(1, bytesOf(block));
  return true;
}

function sizeFor(bytes: u64): u32 {
  return (<u32>bytes + HEADER + GRAIN - 1) & ~(GRAIN - 1);
}

function count(blocks: i64, bytes: u64): void {
  store<u64>(takenBlocks, load<u64>(takenBlocks) + <u64>blocks);
  store<u64>(takenBytes, load<u64>(takenBytes) + bytes * <u64>blocks);
}

/** Takes a free block of at least so many bytes out of its list, and has memory added for one when there is none. */
function findBlock(bytes: u32): u32 {
  const block = takeFree(bytes);
  if (block !== 0) return block;
  if (missingPages(bytes) !== 0) extend(max<u32>(missingPages(bytes), USUAL_PAGES));
  // If those are too many, no more than it takes
  if (missingPages(bytes) !== 0) extend(missingPages(bytes));
  if (missingPages(bytes) !== 0) return 0;
  const last = previousOf(load<u32>(mapped) - HEADER);
  removeFree(last, bytesOf(last));
  return last;
}

/** Pages to be added until so many bytes are free at the end of memory. */
function missingPages(bytes: u32): u32 {
  const free = lastFreeBytes();
  if (free >= bytes) return 0;
  // The first block takes the place of its neighbours' headers along
  const first = load<u32>(mapped) === 0 ? 2 * HEADER : 0;
  return (bytes - free + first + PAGE_BYTES - 1) / PAGE_BYTES;
}

/** Bytes of the free block at the end of memory; 0: none is there. */
function lastFreeBytes(): u32 {
  const end = load<u32>(mapped);
  if (end === 0) return 0;
  const last = previousOf(end - HEADER);
  return isFree(last) ? bytesOf(last) : 0;
}

/** Has the microkernel map so many pages more. What it does before it refuses is the heap's, too. */
function extend(pages: u32): void {
  const before = load<u32>(mapped) === 0 ? first() : load<u32>(mapped);
  const wanted = (before - MEMORY_START) / PAGE_BYTES + pages;
  let has: u32 = 0;
  for (let now = <u32>callOrZero(SYSCALL_MEMORY_GROW, wanted, 0, 0); now > has; ) {
    has = now;
    now = has < wanted ? <u32>callOrZero(SYSCALL_MEMORY_GROW, wanted, 0, 0) : has;
  }
  const end = MEMORY_START + has * PAGE_BYTES;
  if (end > before) addMemory(before, end);
}

/** Memory becomes a free block, from the last block on, which has no bytes, to another such one. */
function addMemory(from: u32, to: u32): void {
  const isFirst = from === first();
  const block = isFirst ? first() + HEADER : from - HEADER;
  if (isFirst) setPrevious(block, 0);
  setTaken(block, to - HEADER - block);
  setTaken(to - HEADER, 0);
  setPrevious(to - HEADER, block);
  store<u32>(mapped, to);
  giveBack(block);
}

/** Makes a block free, together with its neighbours that are. */
function giveBack(block: u32): void {
  let first = block;
  let bytes = bytesOf(block);
  const next = nextOf(block);
  forget(block);
  if (isFree(next)) {
    bytes += bytesOf(next);
    removeFree(next, bytesOf(next));
    forget(next);
  }
  const before = previousOf(block);
  if (before !== 0 && isFree(before)) {
    bytes += bytesOf(before);
    removeFree(before, bytesOf(before));
    first = before;
  }
  setFree(first, bytes);
  setPrevious(first + bytes, first);
  insertFree(first, bytes);
}

/** Cuts a block that is taken in two, both taken; gives one of them back, and answers the second one. */
function cut(block: u32, bytes: u32, givesFirst: bool): u32 {
  const second = block + bytes;
  setTaken(second, bytesOf(block) - bytes);
  setTaken(block, bytes);
  setPrevious(second, block);
  setPrevious(nextOf(second), second);
  giveBack(givesFirst ? block : second);
  return second;
}

/** Gives back what a block has beyond so many bytes. */
function trim(block: u32, bytes: u32): void {
  if (bytesOf(block) > bytes) cut(block, bytes, false);
}
