// The page that the microkernel and the driver share about memory (abi/src/exchange.ts). It lives from load to unload, so that
// an NMI that comes late still finds it.

import {
  CHUNK_MOST_BYTES,
  MEMORY_EXCHANGE_RAM_BASE,
  MEMORY_EXCHANGE_RAM_COUNT,
  MEMORY_EXCHANGE_RAM_END,
  MEMORY_EXCHANGE_SIGNAL,
  MEMORY_EXCHANGE_SURPLUS,
  MEMORY_EXCHANGE_WANTED,
  MEMORY_EXCHANGE_WANTED_RUN,
  MOST_RAM_RANGES,
  RUN_STEP_BYTES,
} from "../../abi/generated/bare/exchange";
import { loadAcquire64 } from "../../bsl/src/atomic";
import { fillMemory, poke32, poke64 } from "../../bsl/src/memory";
import { givePages, PAGE_BYTES, takePages } from "./pages";
import { listRam, mapReserved, physicalAddress, ramBase, ramEnd, unmapReserved, watchSignals } from "./platform";

let page: u64 = 0;
/** Whether another loader has taken it. */
let isForeign: bool = false;
let ramCount: u32 = 0;

/** Takes the page, or keeps the one that there is. False when there is no memory. */
export function openExchange(): bool {
  if (page !== 0) return true;
  page = takePages(1, true);
  if (page === 0) return false;
  watchSignals(page + MEMORY_EXCHANGE_SIGNAL);
  return true;
}

/** Uses one that another loader has taken, at a physical address. */
export function mapExchange(physical: u64): bool {
  page = mapReserved(physical, PAGE_BYTES);
  isForeign = page !== 0;
  if (!isForeign) return false;
  ramCount = min<u32>(listRam(), MOST_RAM_RANGES);
  watchSignals(page + MEMORY_EXCHANGE_SIGNAL);
  return true;
}

/** Gives it back to whom it was taken from. */
export function closeExchange(): void {
  if (page === 0) return;
  watchSignals(0);
  if (isForeign) unmapReserved(page);
  else givePages(page, 1, true);
  page = 0;
  isForeign = false;
}

/** Forgets what another start left, and says where memory is. */
export function resetExchange(): void {
  fillMemory(page, 0, PAGE_BYTES);
  ramCount = min<u32>(listRam(), MOST_RAM_RANGES);
  for (let i: u32 = 0; i < ramCount; i++) {
    poke64(page + MEMORY_EXCHANGE_RAM_BASE + i * 8, ramBase(i));
    poke64(page + MEMORY_EXCHANGE_RAM_END + i * 8, ramEnd(i));
  }
  poke32(page + MEMORY_EXCHANGE_RAM_COUNT, ramCount);
}

/** The kernel is told that it has asked for all, and offered some: it sends no NMIs that nobody would take, until a driver answers. */
export function quietExchange(): void {
  poke64(page + MEMORY_EXCHANGE_WANTED, CHUNK_MOST_BYTES);
  poke64(page + MEMORY_EXCHANGE_WANTED_RUN, RUN_STEP_BYTES);
  poke64(page + MEMORY_EXCHANGE_SURPLUS, 1);
}

/** Pieces of memory that the microkernel knows of. */
export function ramPieces(): u32 {
  return ramCount;
}

/** Bytes of all of them. */
export function ramBytes(): u64 {
  let bytes: u64 = 0;
  for (let i: u32 = 0; i < ramCount; i++) bytes += ramEnd(i) - ramBase(i);
  return bytes;
}

export function exchangePage(): u64 {
  return page;
}

/** Its physical address. */
export function exchangePhysical(): u64 {
  return physicalAddress(page);
}

/** Bytes that the microkernel asks for. */
export function wantedBytes(): u64 {
  return loadAcquire64(page + MEMORY_EXCHANGE_WANTED);
}

/** Bytes of a run that it asks for. */
export function wantedRun(): u64 {
  return loadAcquire64(page + MEMORY_EXCHANGE_WANTED_RUN);
}

/** Whether it may have a chunk to give back. */
export function hasSurplus(): bool {
  return loadAcquire64(page + MEMORY_EXCHANGE_SURPLUS) !== 0;
}
