// What processors ask each other, and themselves, to do before they enter ring 3 or a guest again
//
//     asking processor                        asked processor
//     1. changes page tables                  1. inUser = 1 (locked)
//     2. epoch + 1                            2. a bit is set: takes it, reads the epoch, flushes, shows the epoch that it
//     3. sets the bit (locked)                   has flushed at (work.ts)
//                                             3. ring 3
//                                             4. enters the kernel: inUser = 0
//
// Nobody waits: a processor whose inUser is 0 sees the bit before its ring 3 goes on, and one that is in ring 3 may stay there
// for as long as it likes. Whoever must know that nobody uses an old translation any more asks isFlushed() again later.

import { ppLoad32 } from "#arch/pparea";
import { BOOT_ARGS_PP_COUNT } from "../../abi/generated/bare/boot";
import {
  PP_BLOCK_IN_USER,
  PP_BLOCK_PPID,
  PP_BLOCK_WORK,
  WORK_FLUSH_GUESTS,
  WORK_FLUSH_HOST,
} from "../../abi/generated/bare/pp-block";
import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { PP_ARGS, PP_BLOCK } from "../../abi/generated/bare/windows";
import { compareExchange32, exchangeAdd64, loadAcquire32, loadAcquire64, storeRelease64 } from "../../bsl/src/atomic";
import { nativeAddress } from "../../bsl/src/memory";

/** Each processor's block in the direct map; 0 before it has come up. */
const blocks: usize = memory.data(8 * MAX_PPS, 8);
/** How often all processors have been asked to drop their host translations. */
const epoch: usize = memory.data(8, 8);
/** The epoch at which each processor has last done so. */
const flushed: usize = memory.data(8 * MAX_PPS, 8);

/** Makes a processor's block, at a native address that all processors know, one that the others can ask. */
export function announceBlock(id: u32, block: u64): void {
  if (id >= MAX_PPS) return;
  // It comes with nothing translated
  storeRelease64(flushedAt(id), loadAcquire64(nativeAddress(<u32>epoch)));
  storeRelease64(nativeAddress(<u32>blocks + id * 8), block);
}

/** A processor's block in the direct map; 0 before it has come up. */
export function blockOf(id: u32): u64 {
  return loadAcquire64(nativeAddress(<u32>blocks + id * 8));
}

function flushedAt(id: u32): u64 {
  return nativeAddress(<u32>flushed + id * 8);
}

function ownId(): u32 {
  return ppLoad32(PP_BLOCK + PP_BLOCK_PPID);
}

/** Asks this processor for work. */
export function addWork(bit: u32): void {
  setBits(blockOf(ownId()) + PP_BLOCK_WORK, bit);
}

/** Whether this processor has yet to drop its host translations. */
export function isFlushPending(): bool {
  return (ppLoad32(PP_BLOCK + PP_BLOCK_WORK) & WORK_FLUSH_HOST) != 0;
}

/** This processor has done such work, or is about to do it. */
export function takeWork(bits: u32): void {
  clearBits(blockOf(ownId()) + PP_BLOCK_WORK, bits);
}

/** Makes every processor drop its host translations before its ring 3 goes on: the epoch to ask isFlushed() about. */
export function requestFlushEverywhere(): u64 {
  const asked = exchangeAdd64(nativeAddress(<u32>epoch), 1) + 1;
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    const block = blockOf(id);
    if (block != 0) setBits(block + PP_BLOCK_WORK, WORK_FLUSH_HOST);
  }
  return asked;
}

/** Whether no processor's ring 3 can use a translation any more that is older than an epoch. */
export function isFlushed(asked: u64): bool {
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    const block = blockOf(id);
    if (block == 0 || loadAcquire32(block + PP_BLOCK_IN_USER) == 0) continue;
    if (loadAcquire64(flushedAt(id)) < asked) return false;
  }
  return true;
}

/** Whether every processor has flushed since an epoch, wherever it is: none holds any older translation, not in ring 0 either. */
export function hasEveryoneFlushed(asked: u64): bool {
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    if (blockOf(id) != 0 && loadAcquire64(flushedAt(id)) < asked) return false;
  }
  return true;
}

/** What this processor shows when it has flushed; to be read behind takeWork() and before the flush. */
export function epochNow(): u64 {
  return loadAcquire64(nativeAddress(<u32>epoch));
}

/** This processor has dropped its host translations, not before an epoch. */
export function showFlushed(since: u64): void {
  storeRelease64(flushedAt(ownId()), since);
}

/** Makes a processor flush the translations of all guests before it enters one again; whether nobody had asked for that yet. */
export function askGuestFlush(id: u32): bool {
  const block = blockOf(id);
  return block != 0 && (setBits(block + PP_BLOCK_WORK, WORK_FLUSH_GUESTS) & WORK_FLUSH_GUESTS) == 0;
}

/** Whether a processor has yet to do so. */
export function hasGuestFlushPending(id: u32): bool {
  const block = blockOf(id);
  return block != 0 && (loadAcquire32(block + PP_BLOCK_WORK) & WORK_FLUSH_GUESTS) != 0;
}

/** Sets bits of a word that several processors write; what it was. */
export function setBits(address: u64, bits: u32): u32 {
  let seen = loadAcquire32(address);
  while (true) {
    const before = compareExchange32(address, seen, seen | bits);
    if (before == seen) return seen;
    seen = before;
  }
}

/** Clears bits of such a word; what it was. */
export function clearBits(address: u64, bits: u32): u32 {
  let seen = loadAcquire32(address);
  while (true) {
    const before = compareExchange32(address, seen, seen & ~bits);
    if (before == seen) return seen;
    seen = before;
  }
}
