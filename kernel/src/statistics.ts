// What each processor has counted: VM exits by reason, system calls by number
//
// One page of u64 counters at PP_STATISTICS:
//
//     0x000  exits with codes 0 to 0xFF
//     0x100  exits with codes 0x400 to 0x403
//     0x104  every other exit (the processor refused the VS)
//     0x105  system calls: opcode * 16 + index, opcodes 0 to 14, of the last one two; those of opcode 15 behind 13's
//     0x1E7  the last exits, at debug level 2

import { translate } from "#arch/page-table";
import { ppLoad64, ppStore64 } from "#arch/pparea";
import { exitWord } from "#arch/vendor";
import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE, PP_AREA_BASE, PP_STATISTICS } from "../../abi/generated/bare/windows";
import { loadAcquire64 } from "../../bsl/src/atomic";
import { close, decimal, hex, open, text } from "./console";
import { ppid } from "./pp";
import { Vs } from "./vs";

const NESTED_EXITS: u32 = 0x100;
const OTHER_EXITS: u32 = 0x104;
const SYSCALLS: u32 = 0x105;
const FIRST_NESTED_CODE: u64 = 0x400;

/** Offset, in counters, of the log of exits: LOG_RECORDS records of LOG_WORDS words, and the number ever written. */
const LOG: u32 = 0x1e7;
const LOG_RECORDS: u64 = 4;
const LOG_WORDS: u64 = 6;
/** Those that tell of the exit; the VS comes before them, its RAX behind. */
const EXIT_WORDS: u32 = 4;
const LOG_COUNT: u32 = LOG + 24;

/** No counter. */
export const NO_COUNTER: u32 = 0xffff_ffff;

/** The last group that has counters of calls: those of another one with index 8 and so on, which it has not. */
const LAST_GROUP: u32 = 15;
const SHARING_GROUP: u32 = 13;
const SHARED_CALLS: u32 = 8;
const LAST_GROUP_OFFSET: u32 = SHARING_GROUP * 16 + SHARED_CALLS;

/** Each processor's page of counters in the direct map; 0 before it has come up. */
const counters: usize = memory.data(8 * MAX_PPS, 8);

/** Makes this processor's counters readable for the others. */
export function announceCounters(id: u32, root: u64): void {
  store<u64>(counters + <usize>(id * 8), DIRECT_BASE + translate(root, PP_AREA_BASE + PP_STATISTICS));
}

/** A counter of a processor; 0 before it has come up. */
export function readCounter(id: u32, counter: u32): u64 {
  const page = load<u64>(counters + <usize>(id * 8));
  return page == 0 ? 0 : loadAcquire64(page + counter * 8);
}

/** The counter of an exit reason, or NO_COUNTER; all ones name those that have none of their own. */
export function exitCounter(code: u64): u32 {
  if (code < NESTED_EXITS) return <u32>code;
  if (code >= FIRST_NESTED_CODE && code < FIRST_NESTED_CODE + 4) return NESTED_EXITS + (<u32>code & 3);
  return code == ~(<u64>0) ? OTHER_EXITS : NO_COUNTER;
}

/** The counter of a system call, or NO_COUNTER. */
export function callCounter(call: u64): u32 {
  const group = call >> 16;
  // Two share what is one group's
  const calls: u64 = group == LAST_GROUP || group == SHARING_GROUP ? SHARED_CALLS : 16;
  if (group > LAST_GROUP || (call & 0xffff) >= calls) return NO_COUNTER;
  const counter = counterOf(<u32>call);
  return counter < LOG ? counter : NO_COUNTER;
}

function increment(counter: u32): void {
  ppStore64(PP_STATISTICS + counter * 8, ppLoad64(PP_STATISTICS + counter * 8) + 1);
}

/** Counts an exit of this processor's active VS. */
export function countExit(code: u64): void {
  if (code < NESTED_EXITS) increment(<u32>code);
  else if (code >= FIRST_NESTED_CODE && code < FIRST_NESTED_CODE + 4) increment(NESTED_EXITS + (<u32>code & 3));
  else increment(OTHER_EXITS);
}

/** Counts a system call that exists. */
export function countCall(call: u32): void {
  increment(counterOf(call));
}

function counterOf(call: u32): u32 {
  const group = call >> 16;
  return SYSCALLS + (group == LAST_GROUP ? LAST_GROUP_OFFSET : group * 16) + (call & 15);
}

/** Adds the exit that a VS has just made to this processor's log. */
export function logExit(vs: Vs): void {
  const count = ppLoad64(PP_STATISTICS + LOG_COUNT * 8);
  const record = PP_STATISTICS + (LOG + <u32>((count % LOG_RECORDS) * LOG_WORDS)) * 8;
  ppStore64(record, vs.id);
  for (let word: u32 = 0; word < EXIT_WORDS; word++) ppStore64(record + 8 + word * 8, exitWord(vs, word));
  ppStore64(record + 40, vs.readGeneral(0));
  ppStore64(PP_STATISTICS + LOG_COUNT * 8, count + 1);
}

/** Prints the last exits of a processor, newest last. Only the processor itself can reach its log. */
export function printLog(id: u32): void {
  text("exits of PP ");
  decimal(id);
  const count = ppLoad64(PP_STATISTICS + LOG_COUNT * 8);
  if (id != ppid()) text(": to be read on that processor\n");
  else if (count == 0) text(": none recorded (the debug level is below 2)\n");
  else text(": vs, reason, info1, info2, rip, rax\n");
  if (id != ppid()) return;
  for (let n = count > LOG_RECORDS ? count - LOG_RECORDS : 0; n < count; n++) {
    const record = PP_STATISTICS + (LOG + <u32>((n % LOG_RECORDS) * LOG_WORDS)) * 8;
    for (let word: u32 = 0; word < <u32>LOG_WORDS; word++) {
      text(word == 0 ? "  " : " ");
      hex(ppLoad64(record + word * 8));
    }
    text("\n");
  }
}

/** Prints how often this processor's VSs exited, by reason. */
export function printExits(): void {
  open();
  text("bareflank: PP ");
  decimal(ppid());
  text(": exits by reason:");
  for (let counter: u32 = 0; counter <= OTHER_EXITS; counter++) {
    const count = ppLoad64(PP_STATISTICS + counter * 8);
    if (count == 0) continue;
    text(" ");
    if (counter == OTHER_EXITS) text("other");
    else hex(counter < NESTED_EXITS ? counter : FIRST_NESTED_CODE + (counter - NESTED_EXITS));
    text("=");
    decimal(count);
  }
  text("\n");
  close();
}
