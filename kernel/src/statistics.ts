// What each processor has counted: VM exits by reason, system calls by number
//
// One page of u64 counters at PP_STATISTICS:
//
//     0x000  exits with codes 0 to 0xFF
//     0x100  exits with codes 0x400 to 0x403
//     0x104  every other exit (VMEXIT_INVALID)
//     0x110  system calls: opcode * 16 + index

import { PP_STATISTICS } from "../../abi/generated/bare/windows";
import { ppLoad64, ppStore64 } from "../arch/x64/pparea";
import { close, decimal, hex, open, text } from "./console";
import { ppid } from "./pp";

const NESTED_EXITS: u32 = 0x100;
const OTHER_EXITS: u32 = 0x104;
const SYSCALLS: u32 = 0x110;
const FIRST_NESTED_CODE: u64 = 0x400;

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
  increment(SYSCALLS + (call >> 16) * 16 + (call & 15));
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
