// Chunks that come while the hypervisor runs, and go again
//
//     the driver's pages ──give()──> checked, in the direct map, hidden ──all VMs have flushed──> the pool
//     the pool ──take()──> wholly free, and not needed ──> zeroed ──> out of the direct map ──all have flushed──> the driver's
//
// Nothing is written into a chunk that a processor's VM may still see. What the loader gave at the start stays. Nobody waits
// for another processor: a chunk that some processor has yet to flush leaves when the driver asks again, which makes each
// knock at the door before. Only such a flush counts here: the kernel itself, too, uses the direct map.

import {
  freeKeptTables,
  freeLeftTables,
  isReachable,
  keepTables,
  MOST_LEAVING,
  mapChunk,
  unmapChunk,
} from "#arch/direct-tables";
import {
  CHUNK_LEAST_BYTES,
  CHUNK_MOST_BYTES,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_ROOM,
  GIVE_NO_TABLES,
  GIVE_NOT_RAM,
  GIVE_OWNED,
  GIVE_SIZE,
  MEMORY_EXCHANGE_RAM_BASE,
  MEMORY_EXCHANGE_RAM_COUNT,
  MEMORY_EXCHANGE_RAM_END,
  MOST_RAM_RANGES,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
  TAKE_NOTHING,
} from "../../../abi/generated/bare/exchange";
import { MAX_PPS } from "../../../abi/generated/bare/syscalls";
import { DIRECT_BYTES } from "../../../abi/generated/bare/windows";
import { FixedArray } from "../../../bsl/src/fixed-array";
import { TicketLock } from "../../../bsl/src/lock";
import { fillMemory, peek32, peek64 } from "../../../bsl/src/memory";
import { isMappedDirectly } from "../direct-map";
import { hideChunk, isGuestMemory, showChunk } from "../nested/chunks";
import { emptyReserves } from "../object-pools";
import { ppid } from "../pp";
import { hasEveryoneFlushed, hasGuestFlushPending, requestFlushEverywhere } from "../requests";
import { directAddress, PAGE_BYTES } from "./direct";
import { answerCame, attachExchange, countLent, exchangePage, highMark, offerTaken, setMarks } from "./marks";
import { allocatePage, freePage, pages, reclaim } from "./pages";

/** Held while a chunk comes or goes. */
const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));
/** Physical memory that is no device's, as the loader told at the start: beginnings and ends. */
const ram: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(16 * MOST_RAM_RANGES, 8));
let ramCount: u32 = 0;
/** A top-level table; those of all processors share what the direct map has below it. */
let root: u64 = 0;

/** Chunks that there were at the start: the arena's, the debug ring, the hand-off's and the exchange's page. */
const MOST_STARTS: u32 = 68;
const starts: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(8 * MOST_STARTS, 8));
let startCount: u32 = 0;

/** Uses the page that is shared with the driver; what it says of memory counts as it is now. */
export function openExchange(address: u64, rootTable: u64): void {
  attachExchange(address);
  root = rootTable;
  ramCount = min<u32>(peek32(address + MEMORY_EXCHANGE_RAM_COUNT), MOST_RAM_RANGES);
  for (let i: u32 = 0; i < ramCount; i++) {
    ram.set(2 * i, peek64(address + MEMORY_EXCHANGE_RAM_BASE + i * 8));
    ram.set(2 * i + 1, peek64(address + MEMORY_EXCHANGE_RAM_END + i * 8));
  }
  startCount = min<u32>(pages.chunkCount(), MOST_STARTS);
  for (let i: u32 = 0; i < startCount; i++) starts.set(i, pages.chunkBase(i));
}

/** A processor has taken what it needs: false when nothing is left for the tables of the first chunk that comes. */
export function readyForMore(): bool {
  if (exchangePage() == 0) return true;
  const isReady = keepTables() && keepHiding();
  setMarks(pages.freePageCount());
  return isReady;
}

/** Pages kept for the nested tables that hide a chunk, or 0: those of its GiB and of the two halves of its 4 MiB. */
const HIDING_PAGES: u32 = 3;
const hiding: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(8 * HIDING_PAGES, 8));

function keepHiding(): bool {
  for (let i: u32 = 0; i < HIDING_PAGES; i++) {
    if (hiding.at(i) == 0) hiding.set(i, allocatePage());
    if (hiding.at(i) == 0) return false;
  }
  return true;
}

/** Puts them where this processor's next allocations find them. */
function useHiding(): void {
  for (let i: u32 = 0; i < HIDING_PAGES; i++) {
    if (hiding.at(i) != 0) freePage(hiding.at(i));
    hiding.set(i, 0);
  }
}

/** The chunk that has come, while another processor's VM may see it; no bytes: none. */
let arrivingBase: u64 = 0;
let arrivingBytes: u64 = 0;

/** Adds the chunk that has come to the pool, if every VM has flushed. This processor's does before it runs again. */
function settle(): bool {
  for (let id: u32 = 0; id < MAX_PPS; id++) {
    if (id != ppid() && hasGuestFlushPending(id)) return false;
  }
  const isReady = keepTables() && keepHiding();
  pages.removeChunk(arrivingBase);
  pages.addChunk(arrivingBase, arrivingBytes, 0);
  arrivingBytes = 0;
  if (isReady) return true;
  // The next one's tables come from this one, which stays as long as they are not needed
  keepTables();
  keepHiding();
  return true;
}

/** A chunk on its way out: it is in the pool and the direct map no more. */
@unmanaged
class Leaving {
  base: u64 = 0;
  bytes: u64 = 0;
  /** Every processor must have flushed since. */
  epoch: u64 = 0;
}

const leavings: usize = memory.data(MOST_LEAVING * offsetof<Leaving>(), 8);
let leavingCount: u32 = 0;
/** What take() gives back. */
let takenBase: u64 = 0;
let takenBytes: u64 = 0;

function leaving(index: u32): Leaving {
  return changetype<Leaving>(leavings + <usize>index * offsetof<Leaving>());
}

/** Takes a chunk over: GIVE_*. */
export function give(physical: u64, bytes: u64): u32 {
  if (!isChunk(physical, bytes)) return GIVE_SIZE;
  if (!isRam(physical, bytes) || !isReachable(root, physical)) return GIVE_NOT_RAM;
  lock.acquire();
  const result = adopt(physical, bytes);
  lock.release();
  answerCame(pages.freePageCount());
  return result;
}

/** Gives a chunk back that is not needed: TAKE_*; it is takenChunk() and takenChunkBytes(). */
export function take(): u32 {
  lock.acquire();
  offerTaken();
  const result = leave();
  lock.release();
  answerCame(pages.freePageCount());
  return result;
}

/** The chunk that take() has given back. */
export function takenChunk(): u64 {
  return takenBase;
}
export function takenChunkBytes(): u64 {
  return takenBytes;
}

/** One step: a chunk is the driver's, or on its way. */
function leave(): u32 {
  for (let i: u32 = 0; i < leavingCount; i++) {
    const chunk = leaving(i);
    if (!hasEveryoneFlushed(chunk.epoch)) continue;
    takenBase = chunk.base;
    takenBytes = chunk.bytes;
    const last = leaving(--leavingCount);
    chunk.base = last.base;
    chunk.bytes = last.bytes;
    chunk.epoch = last.epoch;
    if (leavingCount == 0) freeLeftTables();
    countLent(-1);
    return TAKE_DONE;
  }
  if (leavingCount < MOST_LEAVING && withdraw()) return TAKE_MORE;
  return leavingCount == 0 ? TAKE_NOTHING : TAKE_LATER;
}

/** Takes a chunk that is not needed out of the pool and the direct map; false when there is none. */
function withdraw(): bool {
  if (arrivingBytes != 0 && !settle()) return false;
  // What waits at hand, and what everybody has flushed, may be all that keeps a chunk
  reclaim();
  emptyReserves();
  if (withdrawFree()) return true;
  if (arrivingBytes != 0 || !hasMoreThanNeeded()) return false;
  // And so may be what is kept for the next one. It is offered by that, but looked at now; what others free meanwhile is not
  freeKeptTables();
  useHiding();
  offerTaken();
  const isWithdrawn = withdrawFree();
  keepTables();
  keepHiding();
  return isWithdrawn;
}

/** Whether enough pages are free without a chunk, which came later than the start. */
function isNotNeeded(base: u64): bool {
  return !isStart(base) && pages.freePageCount() >= highMark() + pages.chunkBytes(base) / PAGE_BYTES;
}

function hasMoreThanNeeded(): bool {
  for (let i: u32 = 0; i < pages.chunkCount(); i++) {
    if (isNotNeeded(pages.chunkBase(i))) return true;
  }
  return false;
}

function withdrawFree(): bool {
  for (let i = pages.chunkCount(); i-- != 0; ) {
    const base = pages.chunkBase(i);
    const bytes = pages.chunkBytes(base);
    if (!isNotNeeded(base) || !pages.withdrawChunk(base)) continue;
    fillMemory(directAddress(base), 0, bytes);
    pages.removeChunk(base);
    if (!showChunk(base, bytes)) {
      arrive(base, bytes);
      return false;
    }
    unmapChunk(root, base, bytes);
    const chunk = leaving(leavingCount++);
    chunk.base = base;
    chunk.bytes = bytes;
    chunk.epoch = requestFlushEverywhere();
    return true;
  }
  return false;
}

/** Whether the loader gave a chunk at the start: it stays. */
function isStart(base: u64): bool {
  for (let i: u32 = 0; i < startCount; i++) {
    if (starts.at(i) == base) return true;
  }
  return false;
}

function adopt(physical: u64, bytes: u64): u32 {
  const isSecond = arrivingBytes == bytes && arrivingBase == physical;
  if (arrivingBytes != 0 && !settle()) return isSecond ? GIVE_LATER : GIVE_NO_ROOM;
  if (isSecond) return GIVE_DONE;
  if (pages.nextOwned(physical) < physical + bytes || isLeaving(physical)) return GIVE_OWNED;
  if (isGuestMemory(physical, bytes) || isMappedDirectly(physical, bytes)) return GIVE_OWNED;
  keepTables();
  if (!mapChunk(root, physical, bytes)) return GIVE_NO_TABLES;
  const result = arrive(physical, bytes);
  if (result != GIVE_DONE && result != GIVE_LATER) {
    unmapChunk(root, physical, bytes);
    // Nobody has seen it
    freeLeftTables();
    return result;
  }
  countLent(1);
  return result;
}

/** Hides a chunk that is in the direct map, and hands it out as soon as nobody sees it any more. */
function arrive(physical: u64, bytes: u64): u32 {
  if (!pages.addChunk(physical, bytes, bytes)) return GIVE_NO_ROOM;
  useHiding();
  if (!hideChunk(physical, bytes)) {
    pages.removeChunk(physical);
    showChunk(physical, bytes);
    keepHiding();
    return GIVE_NO_TABLES;
  }
  arrivingBase = physical;
  arrivingBytes = bytes;
  return settle() ? GIVE_DONE : GIVE_LATER;
}

function isLeaving(physical: u64): bool {
  for (let i: u32 = 0; i < leavingCount; i++) {
    if (physical >= leaving(i).base && physical < leaving(i).base + leaving(i).bytes) return true;
  }
  return false;
}

function isChunk(physical: u64, bytes: u64): bool {
  const isSize = bytes >= CHUNK_LEAST_BYTES && bytes <= CHUNK_MOST_BYTES && (bytes & (bytes - 1)) == 0;
  return isSize && (physical & (bytes - 1)) == 0 && physical < DIRECT_BYTES;
}

function isRam(physical: u64, bytes: u64): bool {
  for (let i: u32 = 0; i < ramCount; i++) {
    if (physical >= ram.at(2 * i) && physical + bytes <= ram.at(2 * i + 1)) return true;
  }
  return false;
}
