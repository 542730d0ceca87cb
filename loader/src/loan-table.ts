// What is lent to the microkernel, and what happened to its memory

import {
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
import { fillMemory, nativeAddress, poke64 } from "../../bsl/src/memory";
import { MAX_LOANS } from "./limits";
import { givePages, giveRun, PAGE_BYTES } from "./pages";
import { now, physicalAddress } from "./platform";

@unmanaged
class Loan {
  /** In the operating system's address space. */
  address: u64 = 0;
  bytes: u64 = 0;
  /** 1: it was borrowed as a run. */
  isRun: u64 = 0;
}

const loans: usize = memory.data(MAX_LOANS * offsetof<Loan>(), 8);
let count: u32 = 0;
let lent: u64 = 0;
/** What the hypervisor holds besides, and may hold. */
let startBytes: u64 = 0;
let mostBytes: u64 = 0;
/** A MemoryLoans. */
const record: usize = memory.data(MEMORY_LOANS_BYTES, 8);

function loanAt(index: u32): Loan {
  return changetype<Loan>(loans + <usize>index * offsetof<Loan>());
}

/** A start holds so many bytes, and may grow to `most`. */
export function openLoanTable(start: u64, most: u64): void {
  startBytes = start;
  mostBytes = most;
  memory.fill(record, 0, MEMORY_LOANS_BYTES);
}

/** Bytes that are lent now. */
export function lentBytes(): u64 {
  return lent;
}

/** Whether so many more may be lent. */
export function mayLend(bytes: u64): bool {
  return count < MAX_LOANS && bytes <= mostBytes && startBytes + lent + bytes <= mostBytes;
}

/** The microkernel has what was borrowed, as a chunk or as a run. */
export function addLoan(address: u64, bytes: u64, isRun: bool): void {
  const loan = loanAt(count++);
  loan.address = address;
  loan.bytes = bytes;
  loan.isRun = isRun ? 1 : 0;
  lent += bytes;
}

/** A chunk or a run is the operating system's again: its bytes, 0 when it was none that was lent. */
export function endLoan(physical: u64): u64 {
  for (let i: u32 = 0; i < count; i++) {
    const loan = loanAt(i);
    if (physicalAddress(loan.address) !== physical) continue;
    const bytes = loan.bytes;
    giveBack(loan);
    const last = loanAt(--count);
    loan.address = last.address;
    loan.bytes = last.bytes;
    loan.isRun = last.isRun;
    return bytes;
  }
  return 0;
}

function giveBack(loan: Loan): void {
  lent -= loan.bytes;
  if (loan.isRun !== 0) giveRun(loan.address, loan.bytes / PAGE_BYTES);
  else givePages(loan.address, loan.bytes / PAGE_BYTES, true);
}

/** Nothing runs any more: everything goes back, zeroed. */
export function endLoans(): void {
  while (count !== 0) {
    const loan = loanAt(--count);
    fillMemory(loan.address, 0, loan.bytes);
    giveBack(loan);
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
    if (loanAt(i).isRun !== 0) continue;
    const order = <usize>ctz<u64>(loanAt(i).bytes / PAGE_BYTES);
    const place = record + MEMORY_LOANS_LENT_CHUNKS + order * 4;
    store<u32>(place, load<u32>(place) + 1);
  }
  return at;
}

/** Notes MEMORY_EVENT_* and the bytes that it is about. */
export function note(kind: u32, bytes: u64, detail: u32): void {
  const number = load<u64>(record + MEMORY_LOANS_EVENTS);
  const slot = <usize>(number % MOST_MEMORY_EVENTS);
  store<u64>(record + MEMORY_LOANS_EVENT_TIME + slot * 8, now());
  store<u64>(record + MEMORY_LOANS_EVENT_BYTES + slot * 8, bytes);
  store<u32>(record + MEMORY_LOANS_EVENT_KIND + slot * 4, kind);
  store<u32>(record + MEMORY_LOANS_EVENT_DETAIL + slot * 4, detail);
  store<u64>(record + MEMORY_LOANS_EVENTS, number + 1);
}
