// The allocators on a simulated machine, and what tests ask of them

import { DIRECT_BASE } from "@bareflank/abi";
import { type LoadedPart, loadPart, type SimulatedMemory } from "../../../bsl/test-support/index.ts";

/** Exports of test/fixtures/memory.ts. bool arrives as 0 or 1, u64 as a signed bigint. */
export interface Allocators {
  allocatePage(): bigint;
  freePage(phys: bigint): number;
  addChunk(phys: bigint, bytes: bigint, usedBytes: bigint): number;
  allocPages(order: number): bigint;
  freePages(phys: bigint, order: number): number;
  ownsPhys(phys: bigint): number;
  chunkCount(): number;
  chunkBase(index: number): bigint;
  chunkBytes(base: bigint): bigint;
  isChunkFree(base: bigint): number;
  withdrawChunk(base: bigint): number;
  removeChunk(base: bigint): number;
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

/** Empty allocators. */
export function loadAllocators(): LoadedPart<Allocators> {
  return loadPart<Allocators>("kernel-memory");
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
