// Runs: memory in a row that is larger than the pool's blocks
//
//     an extension wants one ──wantedRun──> the driver ──the door──> growth.ts: hidden and mapped ──> READY
//       READY ──takeRun()──> TAKEN ──giveRun()──> BACK ──all have flushed──> growth.ts: zeroed, shown ──> the driver
//
// A run has no pages of the pool: whoever takes it takes all of it, and when it comes back it goes. One that nobody has taken goes
// when the driver asks for it.

import { MAX_HUGE_ALLOCATIONS } from "../../../abi/generated/bare/syscalls";
import { TicketLock } from "../../../bsl/src/lock";
import { hasEveryoneFlushed } from "../requests";
import { PAGE_BYTES } from "./direct";

/** As many as are handed out, so that each has a place there. */
export const MOST_RUNS: u32 = MAX_HUGE_ALLOCATIONS;

/** States; 0: a free place. */
const READY: u32 = 1;
const TAKEN: u32 = 2;
const BACK: u32 = 3;
const LEAVING: u32 = 4;

@unmanaged
class Run {
  base: u64 = 0;
  bytes: u64 = 0;
  /** Of a run that is BACK: every processor must have flushed since. */
  epoch: u64 = 0;
  state: u32 = 0;
  reserved: u32 = 0;
}

const runs: usize = memory.data(MOST_RUNS * offsetof<Run>(), 8);
/** Held while a state changes; under it no other lock is taken. */
const lock: TicketLock = changetype<TicketLock>(memory.data(8, 8));

function runAt(index: u32): Run {
  return changetype<Run>(runs + <usize>index * offsetof<Run>());
}

/** Whether there is a place for another run. */
export function hasRunPlace(): bool {
  for (let i: u32 = 0; i < MOST_RUNS; i++) if (runAt(i).state == 0) return true;
  return false;
}

/** A run can be taken from now on. Only growth.ts adds and removes runs, under its own lock. */
export function addRun(base: u64, bytes: u64): void {
  lock.acquire();
  for (let i: u32 = 0; i < MOST_RUNS; i++) {
    const run = runAt(i);
    if (run.state != 0) continue;
    run.base = base;
    run.bytes = bytes;
    run.state = READY;
    break;
  }
  lock.release();
}

/** Takes a run of so many bytes: its physical address, or 0 when there is none. */
export function takeRun(bytes: u64): u64 {
  let base: u64 = 0;
  lock.acquire();
  for (let i: u32 = 0; i < MOST_RUNS && base == 0; i++) {
    const run = runAt(i);
    if (run.state != READY || run.bytes != bytes) continue;
    run.state = TAKEN;
    base = run.base;
  }
  lock.release();
  return base;
}

/** Nobody uses a run any more that was taken, once all processors have flushed since `epoch`. */
export function giveRun(base: u64, epoch: u64): bool {
  let done: bool = false;
  lock.acquire();
  for (let i: u32 = 0; i < MOST_RUNS && !done; i++) {
    const run = runAt(i);
    done = run.state == TAKEN && run.base == base;
    if (!done) continue;
    run.epoch = epoch;
    run.state = BACK;
  }
  lock.release();
  return done;
}

/** The index of a run that leaves, now or since before; MOST_RUNS: there is none. `untaken`: one that nobody has taken, too. */
export function leavingRun(untaken: bool): u32 {
  let found: u32 = MOST_RUNS;
  lock.acquire();
  for (let i: u32 = 0; i < MOST_RUNS && found == MOST_RUNS; i++) {
    const run = runAt(i);
    const isBack = run.state == BACK && hasEveryoneFlushed(run.epoch);
    if (run.state == LEAVING || isBack || (untaken && run.state == READY)) found = i;
  }
  if (found != MOST_RUNS) runAt(found).state = LEAVING;
  lock.release();
  return found;
}

/** Whether a run was given back that cannot leave yet. */
export function isRunWaiting(): bool {
  for (let i: u32 = 0; i < MOST_RUNS; i++) if (runAt(i).state == BACK) return true;
  return false;
}

export function runBase(index: u32): u64 {
  return runAt(index).base;
}

export function runBytes(index: u32): u64 {
  return runAt(index).bytes;
}

/** Forgets a run that has left. */
export function removeRun(index: u32): void {
  runAt(index).state = 0;
}

/** Runs that there are, those that somebody has, and pages of the one and the other. */
export function runCount(): u32 {
  return <u32>sum(false, false);
}
export function runsTaken(): u32 {
  return <u32>sum(true, false);
}
export function runPages(): u64 {
  return sum(false, true);
}
export function takenRunPages(): u64 {
  return sum(true, true);
}

function sum(taken: bool, inPages: bool): u64 {
  let all: u64 = 0;
  for (let i: u32 = 0; i < MOST_RUNS; i++) {
    const run = runAt(i);
    if (run.state == 0 || (taken && run.state != TAKEN)) continue;
    all += inPages ? run.bytes / PAGE_BYTES : 1;
  }
  return all;
}
