// Chunks that come while the hypervisor runs, and go again
//
//     the driver's pages ──give()──> checked, in the direct map, hidden ──all VMs have flushed──> the pool
//     the pool ──take()──> wholly free, and not needed ──> zeroed ──> out of the direct map ──all have flushed──> the driver's
//
// A run (runs.ts) comes and goes likewise, in steps of a chunk, and is not in the pool in between. It is zeroed when it has come: by the
// kernel, for nobody relies on what the driver says of memory, and when no VM can write there any more.
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
  RUN_MOST_BYTES,
  RUN_STEP_BYTES,
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
import { answerCame, attachExchange, countLent, exchangePage, highMark, offerTaken, runCame, setMarks } from "./marks";
import { allocatePage, freePage, pages, reclaim } from "./pages";
import { addRun, hasRunPlace, isRunWaiting, leavingRun, MOST_RUNS, removeRun, runBase, runBytes } from "./runs";

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

/** In place of GIVE_*: a step is done, and there are more. */
export const REST_LEFT: u32 = 0xffff_ffff;

/** The chunk or the run that has come, and cannot be handed out yet; no bytes: none. */
let arrivingBase: u64 = 0;
let arrivingBytes: u64 = 0;
let isArrivingRun: bool = false;
/** How much of it the operating system does not see any more, and how much of a run is zeroed. */
let arrivingHidden: u64 = 0;
let arrivingZeroed: u64 = 0;

/** What comes is the kernel's from now on, whoever still sees it; false when there is no place for it in the table of chunks. */
function expectMemory(base: u64, bytes: u64, isRun: bool): bool {
  if (!pages.addChunk(base, bytes, bytes)) return false;
  arrivingBase = base;
  arrivingBytes = bytes;
  isArrivingRun = isRun;
  arrivingHidden = 0;
  arrivingZeroed = 0;
  return true;
}

/** Bytes of a step of something larger: no stay in the kernel is long. */
function stepOf(bytes: u64): u64 {
  return min<u64>(bytes, CHUNK_MOST_BYTES);
}

/**
 * A step of what has come on its way into the pool or the runs: GIVE_DONE, it is there; GIVE_LATER, another processor's VM has yet to
 * flush (this one's does before it runs again); GIVE_NO_TABLES, memory has run out for hiding it; REST_LEFT.
 */
function settle(): u32 {
  if (arrivingHidden < arrivingBytes) {
    const step = stepOf(arrivingBytes - arrivingHidden);
    useHiding();
    if (!hideChunk(arrivingBase + arrivingHidden, step)) return GIVE_NO_TABLES;
    arrivingHidden += step;
    if (arrivingHidden < arrivingBytes) return REST_LEFT;
  }
  for (let id: u32 = 0; id < MAX_PPS; id++) {
    if (id != ppid() && hasGuestFlushPending(id)) return GIVE_LATER;
  }
  if (isArrivingRun && arrivingZeroed < arrivingBytes) {
    const step = stepOf(arrivingBytes - arrivingZeroed);
    fillMemory(directAddress(arrivingBase + arrivingZeroed), 0, step);
    arrivingZeroed += step;
    if (arrivingZeroed < arrivingBytes) return REST_LEFT;
  }
  const isReady = keepTables() && keepHiding();
  if (isArrivingRun) {
    addRun(arrivingBase, arrivingBytes);
    runCame();
  } else {
    pages.removeChunk(arrivingBase);
    pages.addChunk(arrivingBase, arrivingBytes, 0);
  }
  arrivingBytes = 0;
  if (isReady) return GIVE_DONE;
  // The next one's tables come from this one, which stays as long as they are not needed
  keepTables();
  keepHiding();
  return GIVE_DONE;
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
/** What take() has given back on each processor: nobody else can change it before it is read. */
const takenBases: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(8 * MAX_PPS, 8));
const takenSizes: FixedArray<u64> = changetype<FixedArray<u64>>(memory.data(8 * MAX_PPS, 8));
/** The run that is leaving, and how much of it is zeroed; MOST_RUNS: none. */
let departing: u32 = MOST_RUNS;
let departingZeroed: u64 = 0;

function leaving(index: u32): Leaving {
  return changetype<Leaving>(leavings + <usize>index * offsetof<Leaving>());
}

/** A driver has come that answers from now on: what was asked for before, of nobody, is forgotten, and asked for again if need be. */
export function answerAnew(): void {
  offerTaken();
  runCame();
  answerCame(pages.freePageCount());
}

/** Whether a page is memory of the operating system's, and nothing of it the hypervisor's. */
export function isForeignPage(physical: u64): bool {
  return (
    physical % PAGE_BYTES == 0 && isRam(physical, PAGE_BYTES) && pages.nextOwned(physical) >= physical + PAGE_BYTES
  );
}

/** Takes a chunk over, or a run: GIVE_*, or REST_LEFT. */
export function give(physical: u64, bytes: u64, isRun: bool): u32 {
  if (isRun ? !isRunShape(physical, bytes) : !isChunk(physical, bytes)) return GIVE_SIZE;
  if (!isRam(physical, bytes) || !isReachable(root, physical) || !isReachable(root, physical + bytes - 1)) {
    return GIVE_NOT_RAM;
  }
  lock.acquire();
  const result = adopt(physical, bytes, isRun);
  lock.release();
  answerCame(pages.freePageCount());
  return result;
}

/**
 * Gives something back that is not needed: TAKE_*; it is takenChunk() and takenChunkBytes(). `untaken`: a run that no extension has
 * taken, too.
 */
export function take(untaken: bool): u32 {
  lock.acquire();
  offerTaken();
  const result = leave(untaken);
  lock.release();
  answerCame(pages.freePageCount());
  return result;
}

/** What take() has given back on this processor. */
export function takenChunk(): u64 {
  return takenBases.at(ppid());
}
export function takenChunkBytes(): u64 {
  return takenSizes.at(ppid());
}

/** One step: a chunk is the driver's, or on its way. */
function leave(untaken: bool): u32 {
  for (let i: u32 = 0; i < leavingCount; i++) {
    const chunk = leaving(i);
    if (!hasEveryoneFlushed(chunk.epoch)) continue;
    takenBases.set(ppid(), chunk.base);
    takenSizes.set(ppid(), chunk.bytes);
    const last = leaving(--leavingCount);
    chunk.base = last.base;
    chunk.bytes = last.bytes;
    chunk.epoch = last.epoch;
    if (leavingCount == 0) freeLeftTables();
    countLent(-1);
    return TAKE_DONE;
  }
  if (departing == MOST_RUNS) departing = leavingRun(untaken);
  if (leavingCount < MOST_LEAVING) {
    if (departing != MOST_RUNS) return withdrawRun() ? TAKE_MORE : TAKE_LATER;
    if (withdraw()) return TAKE_MORE;
  }
  return leavingCount == 0 && departing == MOST_RUNS && !isRunWaiting() ? TAKE_NOTHING : TAKE_LATER;
}

/** Takes chunk or run, which nobody shows or has any more, out of the direct map. */
function depart(base: u64, bytes: u64): void {
  unmapChunk(root, base, bytes);
  const chunk = leaving(leavingCount++);
  chunk.base = base;
  chunk.bytes = bytes;
  chunk.epoch = requestFlushEverywhere();
}

/** One step of the run that is leaving; false when it is to be tried again, because memory for it has run out. */
function withdrawRun(): bool {
  const base = runBase(departing);
  const bytes = runBytes(departing);
  if (departingZeroed < bytes) {
    const step = stepOf(bytes - departingZeroed);
    fillMemory(directAddress(base + departingZeroed), 0, step);
    departingZeroed += step;
    return true;
  }
  pages.removeChunk(base);
  if (!showAll(base, bytes)) {
    pages.addChunk(base, bytes, bytes);
    return false;
  }
  depart(base, bytes);
  removeRun(departing);
  departing = MOST_RUNS;
  departingZeroed = 0;
  return true;
}

/** Takes a chunk that is not needed out of the pool and the direct map; false when there is none. */
function withdraw(): bool {
  if (arrivingBytes != 0 && settle() != GIVE_DONE) return false;
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
      // The operating system may see some of it: it comes once more
      expectMemory(base, bytes, false);
      return false;
    }
    depart(base, bytes);
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

function adopt(physical: u64, bytes: u64, isRun: bool): u32 {
  const isSecond = arrivingBytes == bytes && arrivingBase == physical;
  if (arrivingBytes != 0) {
    const result = settle();
    if (result == GIVE_NO_TABLES && isSecond) return refuseArriving(1);
    if (result == GIVE_LATER || result == GIVE_NO_TABLES) return isSecond ? GIVE_LATER : GIVE_NO_ROOM;
    if (result == REST_LEFT) return result;
  }
  if (isSecond) return GIVE_DONE;
  if (pages.nextOwned(physical) < physical + bytes || isLeaving(physical)) return GIVE_OWNED;
  if (isGuestMemory(physical, bytes) || isMappedDirectly(physical, bytes)) return GIVE_OWNED;
  if (isRun && !hasRunPlace()) return GIVE_NO_ROOM;
  // One table hides 2 MiB, and one maps them for whoever takes the run
  if (isRun && pages.freePageCount() < 2 * (bytes / RUN_STEP_BYTES)) return GIVE_NO_TABLES;
  keepTables();
  if (!mapChunk(root, physical, bytes)) return GIVE_NO_TABLES;
  if (!expectMemory(physical, bytes, isRun)) {
    unmapChunk(root, physical, bytes);
    // Nobody has seen it
    freeLeftTables();
    return GIVE_NO_ROOM;
  }
  const result = settle();
  if (result == GIVE_NO_TABLES) return refuseArriving(0);
  countLent(1);
  return result;
}

/**
 * Memory for hiding what has come has run out: the operating system has it as before, or it stays until there is some. `counted`: 1
 * when it counts as lent already.
 */
function refuseArriving(counted: i32): u32 {
  pages.removeChunk(arrivingBase);
  const isShown = showAll(arrivingBase, arrivingBytes);
  keepHiding();
  if (!isShown) {
    // The operating system sees some of it no more: it is the kernel's until there is memory for the one or the other
    expectMemory(arrivingBase, arrivingBytes, isArrivingRun);
    countLent(1 - counted);
    return GIVE_LATER;
  }
  unmapChunk(root, arrivingBase, arrivingBytes);
  freeLeftTables();
  countLent(-counted);
  arrivingBytes = 0;
  return GIVE_NO_TABLES;
}

/** Shows what is nobody's any more, piece by piece; false when memory runs out. */
function showAll(base: u64, bytes: u64): bool {
  let done: bool = true;
  for (let at: u64 = 0; done && at < bytes; at += CHUNK_MOST_BYTES) {
    done = showChunk(base + at, min<u64>(bytes - at, CHUNK_MOST_BYTES));
  }
  return done;
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

function isRunShape(physical: u64, bytes: u64): bool {
  const isSize = bytes >= RUN_STEP_BYTES && bytes <= RUN_MOST_BYTES;
  return isSize && (physical | bytes) % RUN_STEP_BYTES == 0 && physical < DIRECT_BYTES;
}

function isRam(physical: u64, bytes: u64): bool {
  for (let i: u32 = 0; i < ramCount; i++) {
    if (physical >= ram.at(2 * i) && physical + bytes <= ram.at(2 * i + 1)) return true;
  }
  return false;
}
