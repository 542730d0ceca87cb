// Runs that the microkernel asks for: memory in a row, larger than a chunk, that one extension gets as a whole
//
//     wantedRun ──> balanceRuns() ──> a run of the operating system's ──the door──> the kernel ──> the extension that asks again
//                                 └─> none: the kernel hears of it when a while has passed, and may ask for another
//
// An extension may not ask again: what none has taken is asked back after a while.

import {
  ERROR_CHUNK_REFUSED,
  ERROR_GROWTH_LIMIT,
  ERROR_NO_MEMORY,
  ERROR_NONE,
  MEMORY_EVENT_ASKED,
  MEMORY_EVENT_GIVEN,
  MEMORY_EVENT_LIMIT,
  MEMORY_EVENT_NO_MEMORY,
  MEMORY_EVENT_REFUSED,
} from "../../abi/generated/bare/driver";
import {
  CHUNK_LEAST_BYTES,
  CHUNK_MOST_BYTES,
  DOOR_GIVE_RUN,
  GIVE_DONE,
  GIVE_LATER,
  GIVE_NO_TABLES,
  RUN_MOST_BYTES,
} from "../../abi/generated/bare/exchange";
import { giveAtDoor, knock } from "./door";
import { wantedRun } from "./exchange";
import { addLoan, mayLend, note } from "./loan-table";
import { lend, takeUntaken } from "./loans";
import { borrowRun, giveRun, PAGE_BYTES } from "./pages";
import { now } from "./platform";

/** How long a request that could not be met stands, in milliseconds: so often is the operating system searched for memory. */
const STANDS_MS: u32 = 1000;
/** How long a run waits for somebody to take it. */
const PATIENCE_MS: u32 = 10_000;
const NANOSECONDS: u64 = 1_000_000;

/** Whether the microkernel is to be told that there is no run. */
let isRefused: bool = false;
/** The size of which the last refusal was noted; of the same nothing is noted again. */
let notedBytes: u64 = 0;
/** When the last run was given, in nanoseconds; 0: nothing waits. */
let givenAt: u64 = 0;

export function openRuns(): void {
  isRefused = false;
  notedBytes = 0;
  givenAt = 0;
}

/** Gives the run that is asked for: after how many milliseconds to be called again, 0: when asked. */
export function balanceRuns(): u32 {
  if (isRefused) {
    isRefused = false;
    knock(DOOR_GIVE_RUN, 0, 0);
  }
  const bytes = wantedRun();
  if (bytes !== 0) {
    if (bytes !== notedBytes) note(MEMORY_EVENT_ASKED, bytes, 0);
    isRefused = lendRun(bytes) !== ERROR_NONE;
    if (isRefused) return STANDS_MS;
    givenAt = now();
  }
  return givenAt === 0 ? 0 : waitForTaker();
}

/** Asks for what nobody has taken when it is time for that. */
function waitForTaker(): u32 {
  const waited = (now() - givenAt) / NANOSECONDS;
  if (waited < PATIENCE_MS) return PATIENCE_MS - <u32>waited;
  givenAt = 0;
  return takeUntaken();
}

/** ERROR_*. */
function lendRun(bytes: u64): u32 {
  if (bytes > RUN_MOST_BYTES || !mayLend(bytes)) return refuse(MEMORY_EVENT_LIMIT, bytes, 0, ERROR_GROWTH_LIMIT);
  const address = borrowRun(bytes / PAGE_BYTES);
  if (address === 0) return refuse(MEMORY_EVENT_NO_MEMORY, bytes, 0, ERROR_NO_MEMORY);
  let answer = giveAtDoor(DOOR_GIVE_RUN, address, bytes);
  if (answer === GIVE_NO_TABLES && lend(CHUNK_MOST_BYTES, CHUNK_LEAST_BYTES) === ERROR_NONE) {
    answer = giveAtDoor(DOOR_GIVE_RUN, address, bytes);
  }
  if (answer !== GIVE_DONE && answer !== GIVE_LATER) {
    giveRun(address, bytes / PAGE_BYTES);
    return refuse(MEMORY_EVENT_REFUSED, bytes, answer, ERROR_CHUNK_REFUSED);
  }
  addLoan(address, bytes, true);
  notedBytes = 0;
  note(MEMORY_EVENT_GIVEN, bytes, 0);
  return ERROR_NONE;
}

function refuse(event: u32, bytes: u64, detail: u32, error: u32): u32 {
  if (bytes !== notedBytes) note(event, bytes, detail);
  notedBytes = bytes;
  return error;
}
