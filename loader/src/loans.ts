// Chunks that are lent to the microkernel while it runs, and what happened to its memory
//
//     the kernel asks  ──> balance() ──> pages of the operating system's, the largest pieces first ──the door──> the kernel
//     the kernel offers ─> balance() ──the door──> a chunk that it does not need ──> the operating system
//
// The bounds of what it may hold are kept here; what a chunk must be, the kernel checks.

import {
  ERROR_CHUNK_REFUSED,
  ERROR_GROWTH_LIMIT,
  ERROR_INVALID_ARGUMENT,
  ERROR_NO_MEMORY,
  ERROR_NONE,
  MEMORY_EVENT_ASKED,
  MEMORY_EVENT_GIVEN,
  MEMORY_EVENT_LIMIT,
  MEMORY_EVENT_NO_MEMORY,
  MEMORY_EVENT_REFUSED,
  MEMORY_EVENT_RETURNED,
} from "../../abi/generated/bare/driver";
import {
  CHUNK_LEAST_BYTES,
  CHUNK_MOST_BYTES,
  DOOR_GIVE,
  DOOR_TAKE,
  GIVE_DONE,
  GIVE_LATER,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
} from "../../abi/generated/bare/exchange";
import { answeredAddress, flushEverywhere, giveAtDoor, knock } from "./door";
import { hasSurplus, wantedBytes } from "./exchange";
import { addLoan, endLoan, mayLend, note } from "./loan-table";
import { borrowPages, givePages, PAGE_BYTES } from "./pages";
import { fail } from "./report";

/** How long until a request that could not be met is tried again, in milliseconds. */
const RETRY_MS: u32 = 1000;
/** How long until a chunk that a processor has yet to flush is asked for again. */
const FLUSH_MS: u32 = 10;
/** Chunks that are given, and steps in which some come back, at one go: the driver's lock is free in between. */
const MOST_AT_ONCE: u32 = 16;
const MOST_STEPS: u32 = 40;

/** Whether a chunk may be on its way back. */
let isTaking: bool = false;
/** Whether what is asked for could not be given the last time. */
let isWaiting: bool = false;
/** Whether runs are asked for, too, that nobody has taken. */
let untaken: u64 = 0;

export function openLoans(): void {
  isTaking = false;
  isWaiting = false;
  untaken = 0;
}

/** Of a request that is tried again and again, the first time. */
function noteFailure(kind: u32, bytes: u64, detail: u32): void {
  if (!isWaiting) note(kind, bytes, detail);
}

/** Gives what is asked for and takes what is offered: after how many milliseconds to be called again, 0: when asked. */
export function balance(): u32 {
  const back = isTaking || hasSurplus() ? takeOffered() : 0;
  const forth = giveWanted();
  return forth === 0 || (back !== 0 && back < forth) ? back : forth;
}

function giveWanted(): u32 {
  const isAsked = wantedBytes() !== 0;
  if (isAsked && !isWaiting) note(MEMORY_EVENT_ASKED, wantedBytes(), 0);
  isWaiting = isAsked && isWaiting;
  for (let i: u32 = 0; i < MOST_AT_ONCE && wantedBytes() !== 0; i++) {
    const wanted = wantedBytes();
    isWaiting = lend(wanted < CHUNK_MOST_BYTES ? wanted : CHUNK_MOST_BYTES, CHUNK_LEAST_BYTES) !== ERROR_NONE;
    if (isWaiting) return RETRY_MS;
  }
  return wantedBytes() === 0 ? 0 : 1;
}

/** Gives one chunk of `largest` bytes, or of less where the operating system has none: ERROR_*. */
export function lend(largest: u64, least: u64): u32 {
  let bytes = largest;
  while (bytes >= least && !mayLend(bytes)) bytes /= 2;
  if (bytes < least) {
    noteFailure(MEMORY_EVENT_LIMIT, largest, 0);
    return ERROR_GROWTH_LIMIT;
  }
  let address = borrowPages(bytes / PAGE_BYTES);
  while (address === 0 && bytes > least) {
    bytes /= 2;
    address = borrowPages(bytes / PAGE_BYTES);
  }
  if (address === 0) {
    noteFailure(MEMORY_EVENT_NO_MEMORY, largest, 0);
    return ERROR_NO_MEMORY;
  }
  const answer = giveAtDoor(DOOR_GIVE, address, bytes);
  // Where a processor has not come back it is lent all the same, and handed out when that has flushed
  if (answer !== GIVE_DONE && answer !== GIVE_LATER) {
    givePages(address, bytes / PAGE_BYTES, true);
    noteFailure(MEMORY_EVENT_REFUSED, bytes, answer);
    refusal = answer;
    return ERROR_CHUNK_REFUSED;
  }
  addLoan(address, bytes, false);
  note(MEMORY_EVENT_GIVEN, bytes, 0);
  return ERROR_NONE;
}

/** Why the microkernel refused the last chunk. */
let refusal: u32 = 0;

/** Gives what nobody asked for: a power of two bytes. The report says what became of it. */
export function donate(bytes: u64): u32 {
  if (bytes < CHUNK_LEAST_BYTES || (bytes & (bytes - 1)) !== 0) return fail(ERROR_INVALID_ARGUMENT, bytes);
  const piece = bytes < CHUNK_MOST_BYTES ? bytes : CHUNK_MOST_BYTES;
  for (let given: u64 = 0; given < bytes; given += piece) {
    const error = lend(piece, piece);
    if (error !== ERROR_NONE) return fail(error, error === ERROR_CHUNK_REFUSED ? refusal : bytes - given);
  }
  return ERROR_NONE;
}

/** Asks back what is not needed, runs that nobody has taken among it: when to be called again, as balance() does. */
export function takeUntaken(): u32 {
  untaken = 1;
  return takeOffered();
}

/** Asks step by step. A processor that keeps the hypervisor from flushing is waited for elsewhere, not here. */
function takeOffered(): u32 {
  let isFlushed: bool = false;
  for (let i: u32 = 0; i < MOST_STEPS; i++) {
    const answer = knock(DOOR_TAKE, untaken, 0);
    if (answer === TAKE_DONE) takeBack(answeredAddress());
    else if (answer === TAKE_LATER && !isFlushed) {
      flushEverywhere();
      isFlushed = true;
    } else if (answer !== TAKE_MORE) {
      isTaking = answer === TAKE_LATER;
      if (!isTaking) untaken = 0;
      return isTaking ? FLUSH_MS : 0;
    }
  }
  isTaking = true;
  return 1;
}

/** A chunk or a run is the operating system's again; the kernel gives back nothing that was not lent. */
function takeBack(physical: u64): void {
  const bytes = endLoan(physical);
  if (bytes !== 0) note(MEMORY_EVENT_RETURNED, bytes, 0);
}
