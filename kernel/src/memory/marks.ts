// Water marks: below the low one the kernel asks the driver for memory, above the high one it offers some back
//
//     free pages        0 ────────────── low ───────────── high ──────────────────────────────────────>
//                       asks for a chunk      nothing happens     offers each chunk without which so
//                       (MemoryExchange.wanted)                   many stay free (MemoryExchange.surplus)
//
// Both lie below what was free at the start, so that all goes back that has come since; a quarter of it lies between them,
// so that what is given back is not asked for again at once. Nobody waits for an answer: an allocation that finds nothing
// fails, and whoever made it tries again.

import {
  CHUNK_MOST_BYTES,
  MEMORY_EXCHANGE_SURPLUS,
  MEMORY_EXCHANGE_WANTED,
  MEMORY_EXCHANGE_WANTED_RUN,
} from "../../../abi/generated/bare/exchange";
import { WORK_SIGNAL } from "../../../abi/generated/bare/pp-block";
import { loadAcquire64, storeRelease64 } from "../../../bsl/src/atomic";
import { addWork } from "../requests";

/** The page that kernel and driver share, in the direct map; 0: there is no driver. */
let exchange: u64 = 0;
let low: u64 = 0;
let high: u64 = 0;
/** Chunks that have come and not gone. */
let lent: i32 = 0;

/** Uses a page for the exchange with the driver from now on. */
export function attachExchange(address: u64): void {
  exchange = address;
}

/** Native address of that page, or 0. */
export function exchangePage(): u64 {
  return exchange;
}

/** So many pages are free when nothing has come yet; called again while processors start, which takes some. */
export function setMarks(freePages: u64): void {
  if (exchange == 0) return;
  low = freePages / 2;
  high = low + freePages / 4;
}

/** The kernel asks when fewer pages are free; 0 where nobody could be asked. */
export function lowMark(): u64 {
  return low;
}

/** So many pages stay free when a chunk goes back. */
export function highMark(): u64 {
  return high;
}

/** A chunk has come, or one has gone. */
export function countLent(change: i32): void {
  lent += change;
}

/** Whether there are chunks that should be able to go. */
export function hasLent(): bool {
  return lent != 0;
}

/** Asks the driver for a chunk, unless it has been asked and has not answered. */
export function askForMemory(): void {
  if (low == 0 || loadAcquire64(exchange + MEMORY_EXCHANGE_WANTED) != 0) return;
  storeRelease64(exchange + MEMORY_EXCHANGE_WANTED, CHUNK_MOST_BYTES);
  addWork(WORK_SIGNAL);
}

/** A chunk has come: what is asked for now depends on how many pages are free. */
export function answerCame(freePages: u64): void {
  storeRelease64(exchange + MEMORY_EXCHANGE_WANTED, freePages < low ? CHUNK_MOST_BYTES : 0);
}

/** Asks the driver for a run of so many bytes, unless it has been asked for one and has not answered. */
export function askForRun(bytes: u64): void {
  if (low == 0 || loadAcquire64(exchange + MEMORY_EXCHANGE_WANTED_RUN) != 0) return;
  storeRelease64(exchange + MEMORY_EXCHANGE_WANTED_RUN, bytes);
  addWork(WORK_SIGNAL);
}

/** A run has come, or the driver has none. */
export function runCame(): void {
  storeRelease64(exchange + MEMORY_EXCHANGE_WANTED_RUN, 0);
}

/** Tells the driver that it may get a chunk back, unless it has been told. */
export function offerMemory(): void {
  if (loadAcquire64(exchange + MEMORY_EXCHANGE_SURPLUS) != 0) return;
  storeRelease64(exchange + MEMORY_EXCHANGE_SURPLUS, 1);
  addWork(WORK_SIGNAL);
}

/** The driver asks what it gets back. */
export function offerTaken(): void {
  storeRelease64(exchange + MEMORY_EXCHANGE_SURPLUS, 0);
}
