// Work that a processor does before it enters ring 3 again, for itself or because another one asked
//
//     asking processor                        asked processor
//     1. sets the bit (locked)                1. inUser = 1 (locked)
//     2. inUser == 0: done, the bit is        2. a bit is set: does the work
//        seen before ring 3 is entered        3. ring 3
//     3. inUser == 1: waits until the bit     4. enters the kernel: inUser = 0
//        is gone, or inUser is 0

import { flushTlb } from "#arch/cpu";
import { translate } from "#arch/page-table";
import { ppExchange32, ppLoad32, ppStore32 } from "#arch/pparea";
import { endFlush, flushGuests } from "#arch/vendor";
import { BOOT_ARGS_DEBUG_LEVEL, BOOT_ARGS_PP_COUNT } from "../../abi/generated/bare/boot";
import {
  PP_BLOCK_IN_USER,
  PP_BLOCK_WORK,
  WORK_END_FLUSH,
  WORK_FLUSH_GUESTS,
  WORK_FLUSH_HOST,
  WORK_LOG,
} from "../../abi/generated/bare/pp-block";
import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE, PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../abi/generated/bare/windows";
import { compareExchange32, loadAcquire32, pause } from "../../bsl/src/atomic";
import { activeVs, ppid } from "./pp";
import { logExit } from "./statistics";
import { Vs } from "./vs";

/** Debug level from which every exit is logged. */
const LEVEL_EXITS: u32 = 2;

/** Each processor's block in the direct map; 0 before it has come up. */
const blocks: usize = memory.data(8 * 128, 8);

/** Makes this processor's block known to the others. */
export function announceProcessor(id: u32, root: u64): void {
  const page = translate(root, PP_AREA_BASE + PP_BLOCK);
  if (id < MAX_PPS) store<u64>(blocks + <usize>(id * 8), DIRECT_BASE + page);
  if (ppLoad32(PP_ARGS + BOOT_ARGS_DEBUG_LEVEL) >= LEVEL_EXITS) addWork(WORK_LOG);
}

/** The last thing before ring 3; `afterExit` when a VS has just exited. */
export function leaveKernel(afterExit: bool): void {
  ppExchange32(PP_BLOCK + PP_BLOCK_IN_USER, 1);
  if (ppLoad32(PP_BLOCK + PP_BLOCK_WORK) != 0) work(afterExit);
}

/** The first thing when ring 3 has called or faulted. */
export function reenterKernel(): void {
  ppStore32(PP_BLOCK + PP_BLOCK_IN_USER, 0);
}

/** Asks this processor for work. */
export function addWork(bit: u32): void {
  setBit(load<u64>(blocks + <usize>(ppid() * 8)), bit);
}

/** Makes every processor drop its host translations before its ring 3 goes on; returns when none can use an old one. */
export function flushEverywhere(): void {
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    const block = load<u64>(blocks + <usize>(id * 8));
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
  const block = load<u64>(blocks + <usize>(id * 8));
  if (block != 0) setBit(block, WORK_FLUSH_GUESTS);
}

/** Whether a processor has yet to do so. */
export function hasGuestFlushPending(id: u32): bool {
  const block = load<u64>(blocks + <usize>(id * 8));
  return block != 0 && (loadAcquire32(block + PP_BLOCK_WORK) & WORK_FLUSH_GUESTS) != 0;
}

/** The last thing before a guest is entered, on the way that looks. */
export function leaveForGuest(vs: Vs): void {
  if ((ppLoad32(PP_BLOCK + PP_BLOCK_WORK) & WORK_FLUSH_GUESTS) == 0) return;
  clearBits(load<u64>(blocks + <usize>(ppid() * 8)), WORK_FLUSH_GUESTS);
  flushGuests(vs);
}

function work(afterExit: bool): void {
  const bits = ppLoad32(PP_BLOCK + PP_BLOCK_WORK);
  const done = afterExit ? WORK_FLUSH_HOST | WORK_END_FLUSH : WORK_FLUSH_HOST;
  // First, so that a request that comes now is not lost: it is still served before ring 3
  clearBits(load<u64>(blocks + <usize>(ppid() * 8)), bits & done);
  if ((bits & WORK_FLUSH_HOST) != 0) flushTlb();
  const vs = activeVs();
  if (!afterExit || vs === null) return;
  if ((bits & WORK_END_FLUSH) != 0) endFlush(vs);
  if ((bits & WORK_LOG) != 0) logExit(vs);
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
