// Chunks that are lent to the microkernel while it runs, and what happened to its memory
//
//     the kernel asks  ──> balance() ──> pages of the operating system's, the largest pieces first ──the door──> the kernel
//     the kernel offers ─> balance() ──the door──> a chunk that it does not need ──> the operating system
//
// The bounds of what it may hold are kept here; what a chunk must be, the kernel checks.

import { hypercall } from "#arch/cpu";
import { VENDOR_INTEL } from "../../abi/generated/bare/boot";
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
  MEMORY_LOANS_BYTES,
  MEMORY_LOANS_EVENT_BYTES,
  MEMORY_LOANS_EVENT_DETAIL,
  MEMORY_LOANS_EVENT_KIND,
  MEMORY_LOANS_EVENT_TIME,
  MEMORY_LOANS_EVENTS,
  MEMORY_LOANS_HELD_BYTES,
  MEMORY_LOANS_LENT_CHUNKS,
  MEMORY_LOANS_MOST_BYTES,
  MEMORY_LOANS_START_BYTES,
  MOST_MEMORY_EVENTS,
} from "../../abi/generated/bare/driver";
import {
  CHUNK_LEAST_BYTES,
  CHUNK_MOST_BYTES,
  DOOR_FLUSH,
  DOOR_GIVE,
  DOOR_REPORT,
  DOOR_TAKE,
  DOOR_UNKNOWN,
  GIVE_DONE,
  GIVE_LATER,
  MEMORY_DOOR,
  TAKE_DONE,
  TAKE_LATER,
  TAKE_MORE,
} from "../../abi/generated/bare/exchange";
import { fillMemory, nativeAddress, peek64, poke64 } from "../../bsl/src/memory";
import { hasSurplus, wantedBytes } from "./exchange";
import { MAX_LOANS } from "./limits";
import { borrowPages, givePages, PAGE_BYTES } from "./pages";
import { now, physicalAddress, runOnCpu } from "./platform";
import { processorCount } from "./processor";
import { fail } from "./report";
import { OPERATION_FLUSH } from "./run";

/** How long until a request that could not be met is tried again, in milliseconds. */
const RETRY_MS: u32 = 1000;
/** How long until a chunk that a processor has yet to flush is asked for again. */
const FLUSH_MS: u32 = 10;
/** Chunks that are given, and steps in which some come back, at one go: the driver's lock is free in between. */
const MOST_AT_ONCE: u32 = 16;
const MOST_STEPS: u32 = 40;

@unmanaged
class Loan {
  /** In the operating system's address space. */
  address: u64 = 0;
  bytes: u64 = 0;
}

const loans: usize = memory.data(MAX_LOANS * offsetof<Loan>(), 8);
let count: u32 = 0;
let lent: u64 = 0;
/** A MemoryLoans. */
const record: usize = memory.data(MEMORY_LOANS_BYTES, 8);
/** What the door is asked by, and answers in. */
const registers: usize = memory.data(64, 8);
/** Whether a chunk may be on its way back. */
let isTaking: bool = false;
/** Whether what is asked for could not be given the last time. */
let isWaiting: bool = false;
/** What the hypervisor holds besides, and may hold. */
let startBytes: u64 = 0;
let mostBytes: u64 = 0;
let isIntel: u32 = 0;

function loanAt(index: u32): Loan {
  return changetype<Loan>(loans + <usize>index * offsetof<Loan>());
}

/** A start holds so many bytes, and may grow to `most`. */
export function openLoans(start: u64, most: u64, vendor: u32): void {
  startBytes = start;
  mostBytes = most;
  isTaking = false;
  isWaiting = false;
  isIntel = vendor === VENDOR_INTEL ? 1 : 0;
  memory.fill(record, 0, MEMORY_LOANS_BYTES);
}

/** Bytes that are lent now. */
export function lentBytes(): u64 {
  return lent;
}

/** Nothing runs any more: everything goes back, zeroed. */
export function endLoans(): void {
  while (count !== 0) {
    const loan = loanAt(--count);
    fillMemory(loan.address, 0, loan.bytes);
    givePages(loan.address, loan.bytes / PAGE_BYTES, true);
    lent -= loan.bytes;
  }
}

/** A MemoryLoans as it is now, at a native address. */
export function loansRecord(): u64 {
  const at = nativeAddress(<u32>record);
  poke64(at + MEMORY_LOANS_START_BYTES, startBytes);
  poke64(at + MEMORY_LOANS_HELD_BYTES, startBytes + lent);
  poke64(at + MEMORY_LOANS_MOST_BYTES, mostBytes);
  memory.fill(record + MEMORY_LOANS_LENT_CHUNKS, 0, 12 * 4);
  for (let i: u32 = 0; i < count; i++) {
    const order = <usize>ctz<u64>(loanAt(i).bytes / PAGE_BYTES);
    const place = record + MEMORY_LOANS_LENT_CHUNKS + order * 4;
    store<u32>(place, load<u32>(place) + 1);
  }
  return at;
}

function note(kind: u32, bytes: u64, detail: u32): void {
  const number = load<u64>(record + MEMORY_LOANS_EVENTS);
  const slot = <usize>(number % MOST_MEMORY_EVENTS);
  store<u64>(record + MEMORY_LOANS_EVENT_TIME + slot * 8, now());
  store<u64>(record + MEMORY_LOANS_EVENT_BYTES + slot * 8, bytes);
  store<u32>(record + MEMORY_LOANS_EVENT_KIND + slot * 4, kind);
  store<u32>(record + MEMORY_LOANS_EVENT_DETAIL + slot * 4, detail);
  store<u64>(record + MEMORY_LOANS_EVENTS, number + 1);
}

/** Of a request that is tried again and again, the first time. */
function noteFailure(kind: u32, bytes: u64, detail: u32): void {
  if (!isWaiting) note(kind, bytes, detail);
}

/** Knocks at the kernel's door; this processor is in the VM. The answer's chunk is in `registers`. */
function knock(what: u32, physical: u64, bytes: u64): u32 {
  const at = nativeAddress(<u32>registers);
  fillMemory(at, 0, 64);
  poke64(at, MEMORY_DOOR);
  poke64(at + 8, what);
  poke64(at + 16, physical);
  poke64(at + 24, bytes);
  return hypercall(at, isIntel) === 0 ? DOOR_UNKNOWN : <u32>peek64(at);
}

/** Has the microkernel report: false when it does not. */
export function askForReport(): bool {
  return knock(DOOR_REPORT, 0, 0) === GIVE_DONE;
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
function lend(largest: u64, least: u64): u32 {
  let bytes = largest;
  while (bytes >= least && startBytes + lent + bytes > mostBytes) bytes /= 2;
  if (bytes < least || count === MAX_LOANS) {
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
  let answer = knock(DOOR_GIVE, physicalAddress(address), bytes);
  if (answer === GIVE_LATER) {
    flushEverywhere();
    answer = knock(DOOR_GIVE, physicalAddress(address), bytes);
  }
  // Where a processor has not come back it is lent all the same, and handed out when that has flushed
  if (answer !== GIVE_DONE && answer !== GIVE_LATER) {
    givePages(address, bytes / PAGE_BYTES, true);
    noteFailure(MEMORY_EVENT_REFUSED, bytes, answer);
    refusal = answer;
    return ERROR_CHUNK_REFUSED;
  }
  const loan = loanAt(count++);
  loan.address = address;
  loan.bytes = bytes;
  lent += bytes;
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

/** Asks step by step. A processor that keeps the hypervisor from flushing is waited for elsewhere, not here. */
function takeOffered(): u32 {
  let isFlushed: bool = false;
  for (let i: u32 = 0; i < MOST_STEPS; i++) {
    const answer = knock(DOOR_TAKE, 0, 0);
    if (answer === TAKE_DONE) takeBack(peek64(nativeAddress(<u32>registers) + 16));
    else if (answer === TAKE_LATER && !isFlushed) {
      flushEverywhere();
      isFlushed = true;
    } else if (answer !== TAKE_MORE) {
      isTaking = answer === TAKE_LATER;
      return isTaking ? FLUSH_MS : 0;
    }
  }
  isTaking = true;
  return 1;
}

function flushEverywhere(): void {
  for (let cpu: u32 = 0; cpu < processorCount(); cpu++) runOnCpu(cpu, OPERATION_FLUSH);
}

/** Makes the processor that this runs on drop what it knows of chunks that come and go. */
export function flushHere(): void {
  knock(DOOR_FLUSH, 0, 0);
}

/** A chunk is the operating system's again; the kernel gives back nothing that was not lent. */
function takeBack(physical: u64): void {
  for (let i: u32 = 0; i < count; i++) {
    const loan = loanAt(i);
    if (physicalAddress(loan.address) !== physical) continue;
    const address = loan.address;
    const bytes = loan.bytes;
    const last = loanAt(--count);
    loan.address = last.address;
    loan.bytes = last.bytes;
    lent -= bytes;
    givePages(address, bytes / PAGE_BYTES, true);
    note(MEMORY_EVENT_RETURNED, bytes, 0);
    return;
  }
}
