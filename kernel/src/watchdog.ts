// The watchdog (`bfm start --watchdog 2s`): no processor stays without a VM for longer than the loader allows
//
//     from the loader, or a VM exits      due = now + ticks
//     any way to ring 3                   looks whether another processor is overdue, and sends that an NMI
//     an NMI in ring 3, behind due        the extension's fail callback; the second time in a stretch, the fatal path
//     a VM is entered, or the processor
//     is given back                       due = 0
//
// What is measured is the time without a VM. So messages that go round among extensions are overdue as a loop is, and so is
// a fail callback, which gets the same time once more. There is no clock of the kernel's own: any exit of any processor
// looks, and the loader sees to it that there are some even while all of them sleep (loader/src/watch.ts). Where there is
// one processor, a performance counter interrupts it.
//
// Its NMI is announced as every one for the kernel is (announced.ts), and none may be left over when a VM is entered:
//
//     who looks                               the processor that is overdue
//     1. kick: 0 -> KICK_WATCH (locked)       1. due = 0, and a full barrier
//     2. due is 0 now: takes it back          2. kick is not 0: waits until it is
//        else: NMI                               (an NMI in the kernel makes it 0, and does nothing else)
//
// The loader kicks in the same way, by words of its own in memory that is the operating system's (BootReport): whoever
// writes there can lose an NMI of its own, and nothing else.
//
// Two NMIs that arrive while the first one's handler runs are one to a processor. When one of them is the operating
// system's, it is lost with the kick. Its handlers look for all their causes at once for that reason.
//
// Manual: APM volume 2, 8.2.3; SDM volume 3, 6.7.1.

import { rdtsc } from "#arch/cpu";
import { handBackNmis, sendNmi } from "#arch/nmi";
import { ppExchange32, ppLoad32, ppLoad64 } from "#arch/pparea";
import { claimCounter, releaseCounter, startCounter } from "#arch/vendor";
import { BOOT_ARGS_PP_COUNT, BOOT_ARGS_WATCH_TICKS, BOOT_REPORT_WATCHING } from "../../abi/generated/bare/boot";
import {
  PP_BLOCK_IN_USER,
  PP_BLOCK_NEXT_LOOK,
  PP_BLOCK_OVERDUE,
  PP_BLOCK_STRETCH,
  PP_BLOCK_WATCH_DUE,
} from "../../abi/generated/bare/pp-block";
import { PP_ARGS, PP_BLOCK } from "../../abi/generated/bare/windows";
import { loadAcquire64, storeRelease32 } from "../../bsl/src/atomic";
import { announceLook, takeBackLook } from "./announced";
import { settleKicks } from "./kick";
import { block64, bootReport, isAlone, ppid, setBlock64 } from "./pp";
import { blockOf } from "./requests";

/** A processor looks at the others so many times while one becomes overdue. */
const LOOKS: u64 = 16;

/** Before ring 3: time begins to run, if a VM ran last, and this processor looks at the others. */
export function watch(): void {
  const now = rdtsc();
  const ticks = ppLoad64(PP_ARGS + BOOT_ARGS_WATCH_TICKS);
  if (block64(PP_BLOCK_WATCH_DUE) == 0) {
    setBlock64(PP_BLOCK_STRETCH, block64(PP_BLOCK_STRETCH) + 1);
    if (isAlone()) claimCounter();
    begin(now + ticks);
  }
  lookAround(now);
}

/** This processor looks at the others, if it is time. */
export function lookAround(now: u64): void {
  const ticks = ppLoad64(PP_ARGS + BOOT_ARGS_WATCH_TICKS);
  if (now < block64(PP_BLOCK_NEXT_LOOK)) return;
  setBlock64(PP_BLOCK_NEXT_LOOK, now + ticks / LOOKS);
  const count = ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT);
  for (let id: u32 = 0; id < count; id++) {
    if (id != ppid()) lookAt(id, now);
  }
}

/** While due is 0, no NMI counts as the counter's. */
function begin(due: u64): void {
  if (isAlone()) startCounter(ppLoad64(PP_ARGS + BOOT_ARGS_WATCH_TICKS));
  setBlock64(PP_BLOCK_WATCH_DUE, due);
  storeRelease32(bootReport() + BOOT_REPORT_WATCHING, 1);
}

/** By this processor's clock; the other one asks its own before it does anything. */
function lookAt(id: u32, now: u64): void {
  const block = blockOf(id);
  if (block == 0) return;
  const due = loadAcquire64(block + PP_BLOCK_WATCH_DUE);
  if (due == 0 || now < due || !announceLook(block)) return;
  if (loadAcquire64(block + PP_BLOCK_WATCH_DUE) != 0 && sendNmi(id)) return;
  if (!takeBackLook(block)) sendNmi(id);
}

/** Before a VM is entered, or the processor is given back. */
export function endWatch(): void {
  if (!isWatching()) return;
  if (isAlone()) releaseCounter();
  setBlock64(PP_BLOCK_WATCH_DUE, 0);
  storeRelease32(bootReport() + BOOT_REPORT_WATCHING, 0);
  // A barrier: whoever kicks sees 0, or this processor the kick
  ppExchange32(PP_BLOCK + PP_BLOCK_IN_USER, 0);
  settleKicks();
}

/** Before a VM is entered: the NMIs that were the operating system's are handed to it. */
export function endWatchForGuest(): void {
  endWatch();
  handBackNmis();
}

/** Whether the time of this processor runs. */
export function isWatching(): bool {
  return block64(PP_BLOCK_WATCH_DUE) != 0;
}

/** Whether this processor has been without a VM for too long. */
export function isOverdue(): bool {
  const due = block64(PP_BLOCK_WATCH_DUE);
  return due != 0 && rdtsc() >= due;
}

/** The NMI of a counter came early: its ticks are not those of the clock. */
export function goOnWatching(): void {
  const due = block64(PP_BLOCK_WATCH_DUE);
  const now = rdtsc();
  if (due != 0 && isAlone()) startCounter(due > now ? due - now : 1);
}

/**
 * The running extension is overdue, and whoever goes on gets the same time once more. False when its fail callback has been
 * called for that since a VM ran last: then it cannot be helped.
 */
export function allowFail(): bool {
  begin(rdtsc() + ppLoad64(PP_ARGS + BOOT_ARGS_WATCH_TICKS));
  if (block64(PP_BLOCK_OVERDUE) == block64(PP_BLOCK_STRETCH)) return false;
  setBlock64(PP_BLOCK_OVERDUE, block64(PP_BLOCK_STRETCH));
  return true;
}
