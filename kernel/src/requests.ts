// What processors ask each other, and themselves, to do before they enter ring 3 or a guest again
//
//     asking processor                        asked processor
//     1. sets the bit (locked)                1. inUser = 1 (locked)
//     2. inUser == 0: done, the bit is        2. a bit is set: does the work (work.ts)
//        seen before ring 3 is entered        3. ring 3
//     3. inUser == 1: waits until the bit     4. enters the kernel: inUser = 0
//        is gone, or inUser is 0

import { flushTlb } from "#arch/cpu";
import { ppLoad32 } from "#arch/pparea";
import { BOOT_ARGS_PP_COUNT } from "../../abi/generated/bare/boot";
import { PP_BLOCK_IN_USER, PP_BLOCK_WORK, WORK_FLUSH_GUESTS, WORK_FLUSH_HOST } from "../../abi/generated/bare/pp-block";
import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { PP_ARGS } from "../../abi/generated/bare/windows";
import { compareExchange32, loadAcquire32, pause } from "../../bsl/src/atomic";
import { ppid } from "./pp";

/** Each processor's block in the direct map; 0 before it has come up. */
const blocks: usize = memory.data(8 * 128, 8);

/** Makes a processor's block, at a native address that all processors know, one that the others can ask. */
export function announceBlock(id: u32, block: u64): void {
  if (id < MAX_PPS) store<u64>(blocks + <usize>(id * 8), block);
}

function blockOf(id: u32): u64 {
  return load<u64>(blocks + <usize>(id * 8));
}

/** Asks this processor for work. */
export function addWork(bit: u32): void {
  setBit(blockOf(ppid()), bit);
}

/** This processor has done such work, or is about to do it. */
export function takeWork(bits: u32): void {
  clearBits(blockOf(ppid()), bits);
}

/** Makes every processor drop its host translations before its ring 3 goes on; returns when none can use an old one. */
export function flushEverywhere(): void {
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    const block = blockOf(id);
    if (block == 0 || id == ppid()) continue;
    setBit(block, WORK_FLUSH_HOST);
    while (loadAcquire32(block + PP_BLOCK_IN_USER) != 0) {
      if ((loadAcquire32(block + PP_BLOCK_WORK) & WORK_FLUSH_HOST) == 0) break;
      pause();
    }
  }
  flushTlb();
}

/** Makes a processor flush the translations of all guests before it enters one again. */
export function requestGuestFlush(id: u32): void {
  const block = blockOf(id);
  if (block != 0) setBit(block, WORK_FLUSH_GUESTS);
}

/** Whether a processor has yet to do so. */
export function hasGuestFlushPending(id: u32): bool {
  const block = blockOf(id);
  return block != 0 && (loadAcquire32(block + PP_BLOCK_WORK) & WORK_FLUSH_GUESTS) != 0;
}

function setBit(block: u64, bit: u32): void {
  let seen = loadAcquire32(block + PP_BLOCK_WORK);
  while (true) {
    const before = compareExchange32(block + PP_BLOCK_WORK, seen, seen | bit);
    if (before == seen) return;
    seen = before;
  }
}

function clearBits(block: u64, bits: u32): void {
  let seen = loadAcquire32(block + PP_BLOCK_WORK);
  while (true) {
    const before = compareExchange32(block + PP_BLOCK_WORK, seen, seen & ~bits);
    if (before == seen) return;
    seen = before;
  }
}
