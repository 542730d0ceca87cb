// The allocators on a simulated machine, and what tests ask of them

import { BOOT_ARGS_PP_COUNT, DIRECT_BASE, DIRECT_BYTES, PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "@bareflank/abi";
import { type Intrinsics, type LoadedPart, loadPart, type SimulatedMemory } from "../../../bsl/test-support/index.ts";

/** Exports of test/fixtures/memory.ts. bool arrives as 0 or 1, u64 as a signed bigint. */
export interface Allocators {
  allocatePage(): bigint;
  allocatePages(order: number): bigint;
  allocateObject(cache: number): bigint;
  freePage(phys: bigint): number;
  announceStore(id: number, block: bigint): void;
  fillStore(): void;
  emptyStores(): number;
  keptPages(): number;
  zeroedPages(): number;
  usedPagesOfAll(): bigint;
  freePagesOfAll(): bigint;
  addChunk(phys: bigint, bytes: bigint, usedBytes: bigint): number;
  allocPages(order: number): bigint;
  freePages(phys: bigint, order: number): number;
  ownsPhys(phys: bigint): number;
  nextOwned(phys: bigint): bigint;
  nextPrivate(phys: bigint): bigint;
  chunkCount(): number;
  chunkBase(index: number): bigint;
  chunkBytes(base: bigint): bigint;
  isChunkFree(base: bigint): number;
  withdrawChunk(base: bigint): number;
  removeChunk(base: bigint): number;
  addShared(phys: bigint, bytes: bigint): number;
  hasNewFreeChunk(): number;
  bury(phys: bigint, order: number, half: number): number;
  release(half: number, most: number): number;
  isWaiting(half: number): number;
  waitingPages(): number;
  isTaken(phys: bigint, order: number): number;
  totalPages(): bigint;
  freePageCount(): bigint;
  usedPages(): bigint;
  freeBlocks(order: number): number;
  otherAllocPages(order: number): bigint;
  slabInit(cache: number, objectBytes: number): number;
  slabAllocate(cache: number): bigint;
  slabRelease(cache: number, object: bigint): number;
  slabShrink(cache: number): number;
  slabUsed(cache: number): number;
  slabTotal(cache: number): number;
  slabPages(cache: number): number;
  slabStride(cache: number): bigint;
}

export const PAGE = 4096n;
export const MEBIBYTE = 0x10_0000n;
export const MAX_ORDER = 10;

/** Most processors that a test has. */
const PROCESSORS = 4;
/** Where their blocks lie in the direct map: far above all chunks. */
const blockOf = (id: number) => DIRECT_BASE + DIRECT_BYTES - BigInt(256 + id) * MEBIBYTE;

/** Empty allocators. The test is the first processor. */
export function loadAllocators(name = "kernel-memory", more: Intrinsics = {}): LoadedPart<Allocators> {
  const load = (offset: number) => Number(part.memory.peek(PP_AREA_BASE + BigInt(offset >>> 0), 4));
  const part = loadPart<Allocators>(name, { intrinsics: { pparea: { ppLoad32: load }, ...more } });
  part.memory.map(PP_AREA_BASE + BigInt(PP_ARGS), Number(PAGE));
  part.memory.poke(PP_AREA_BASE + BigInt(PP_ARGS + BOOT_ARGS_PP_COUNT), 4, 1n);
  for (let id = 0; id < PROCESSORS; id++) part.memory.map(blockOf(id), Number(PAGE));
  comeUp(part, 0);
  return part;
}

/** The test is a processor that comes up. */
export function comeUp(part: LoadedPart<Allocators>, id: number): void {
  become(part, id);
  part.exports.announceStore(id, blockOf(id));
}

/** The test is another processor from now on. */
export function become({ memory }: LoadedPart<Allocators>, id: number): void {
  memory.alias(PP_AREA_BASE + BigInt(PP_BLOCK), blockOf(id), Number(PAGE));
}

/** Maps a chunk into the direct map, full of old bytes, and adds it. */
export function addChunk(part: LoadedPart<Allocators>, phys: bigint, bytes: bigint, usedBytes = 0n): boolean {
  mapChunk(part.memory, phys, bytes);
  return part.exports.addChunk(phys, bytes, usedBytes) === 1;
}

/** Maps a chunk as the loader does, and nothing else: whatever the allocators touch beside it faults. */
export function mapChunk(memory: SimulatedMemory, phys: bigint, bytes: bigint): void {
  memory.map(DIRECT_BASE + phys, Number(bytes));
  memory.fill(DIRECT_BASE + phys, 0xa5, Number(bytes));
}

/** Free blocks per order. */
export function freeBlocks({ exports }: LoadedPart<Allocators>): number[] {
  return Array.from({ length: MAX_ORDER + 1 }, (_, order) => exports.freeBlocks(order));
}
