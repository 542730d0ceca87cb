// What is printed when something faults: vector, registers, and the addresses on the stack that look like calls

import {
  FAULT_FRAME_ERROR_CODE,
  FAULT_FRAME_R8,
  FAULT_FRAME_R9,
  FAULT_FRAME_R10,
  FAULT_FRAME_R11,
  FAULT_FRAME_R12,
  FAULT_FRAME_R13,
  FAULT_FRAME_R14,
  FAULT_FRAME_R15,
  FAULT_FRAME_RAX,
  FAULT_FRAME_RBP,
  FAULT_FRAME_RBX,
  FAULT_FRAME_RCX,
  FAULT_FRAME_RDI,
  FAULT_FRAME_RDX,
  FAULT_FRAME_RFLAGS,
  FAULT_FRAME_RIP,
  FAULT_FRAME_RSI,
  FAULT_FRAME_RSP,
  FAULT_FRAME_VECTOR,
} from "../../../abi/generated/bare/pp-block";
import { KERNEL_IMAGE_BASE, PP_AREA_BASE, PP_STACK, PP_STACK_BYTES } from "../../../abi/generated/bare/windows";
import { peek64 } from "../../../bsl/src/memory";
import { close, decimal, hex, open, text } from "../../src/console";
import { ppid } from "../../src/pp";
import { readCr2, textEnd, textStart } from "./cpu";

/** Most lines of a backtrace. */
const BACKTRACE_LINES: u32 = 16;

/** Prints a fault of the kernel itself, with a backtrace. */
export function panic(frame: u64): void {
  printFrame("bareflank: PANIC: the microkernel faulted", frame, readCr2());
  open();
  text("  backtrace (candidates, newest first):\n");
  const low = PP_AREA_BASE + PP_STACK;
  const high = low + PP_STACK_BYTES;
  let lines: u32 = 0;
  for (let at = peek64(frame + FAULT_FRAME_RSP) & ~7; at >= low && at < high && lines < BACKTRACE_LINES; at += 8) {
    const value = peek64(at);
    if (value < textStart() || value >= textEnd()) continue;
    text("    ");
    hex(linked(value), 16);
    text("\n");
    lines++;
  }
  close();
}

/** Prints a fault's registers under a title. */
export function printFrame(title: string, frame: u64, address: u64): void {
  open();
  text(title);
  text(" on PP ");
  decimal(ppid());
  text(": vector ");
  decimal(peek64(frame + FAULT_FRAME_VECTOR));
  text(", error code ");
  hex(peek64(frame + FAULT_FRAME_ERROR_CODE));
  text(", address ");
  hex(address);
  text("\n");
  row("rip", FAULT_FRAME_RIP, "rsp", FAULT_FRAME_RSP, "rfl", FAULT_FRAME_RFLAGS, frame);
  row("rax", FAULT_FRAME_RAX, "rbx", FAULT_FRAME_RBX, "rcx", FAULT_FRAME_RCX, frame);
  row("rdx", FAULT_FRAME_RDX, "rsi", FAULT_FRAME_RSI, "rdi", FAULT_FRAME_RDI, frame);
  row("rbp", FAULT_FRAME_RBP, "r8 ", FAULT_FRAME_R8, "r9 ", FAULT_FRAME_R9, frame);
  row("r10", FAULT_FRAME_R10, "r11", FAULT_FRAME_R11, "r12", FAULT_FRAME_R12, frame);
  row("r13", FAULT_FRAME_R13, "r14", FAULT_FRAME_R14, "r15", FAULT_FRAME_R15, frame);
  close();
}

function row(name0: string, field0: u64, name1: string, field1: u64, name2: string, field2: u64, frame: u64): void {
  text("  ");
  cell(name0, peek64(frame + field0));
  cell(name1, peek64(frame + field1));
  cell(name2, peek64(frame + field2));
  text("\n");
}

/** The address that one in the kernel's code has in its image: names are looked up by it, and its place stays unknown. */
function linked(value: u64): u64 {
  return value >= textStart() && value < textEnd() ? value - textStart() + KERNEL_IMAGE_BASE : value;
}

function cell(name: string, value: u64): void {
  text(name);
  text(" ");
  hex(linked(value), 16);
  text("  ");
}
