// Where an extension that failed for good came from: its instruction pointer, and the return addresses on its stack
//
// Nothing faults here: memory is read through the extension's page tables. Code is compiled without frame pointers, so
// every word on the stack counts that a CALL may have left there: an address in executable code, right behind a CALL. A
// few of them may be old.

import {
  FAULT_FRAME_RIP,
  FAULT_FRAME_RSP,
  PP_BLOCK_FAULT_FRAME,
  PP_BLOCK_USER_RIP,
  PP_BLOCK_USER_RSP,
} from "../../abi/generated/bare/pp-block";
import { DIRECT_BASE, EXT_STACK_BYTES } from "../../abi/generated/bare/windows";
import { peek8, peek64 } from "../../bsl/src/memory";
import { isExecutable, translate } from "../arch/x64/page-table";
import { close, hex, open, text } from "./console";
import { currentExtension, failStackTop, isCode, stackTop } from "./extension";
import { block64, ppid, setBlock64 } from "./pp";

/** Most lines of a backtrace. */
const LINES: u32 = 24;
const PAGE_MASK: u64 = 0xfff;

/** CALL with a distance (APM volume 3, CALL (Near)), and its length. */
const CALL: u32 = 0xe8;
const CALL_BYTES: u64 = 5;
/** Group 5, whose /2 is CALL through a register or memory, and its longest form. Prefixes come before it. */
const GROUP_5: u32 = 0xff;
const GROUP_5_CALL: u32 = 2;
const GROUP_5_BYTES: u64 = 7;

/** Notes where the system call came from that failed, as a fault notes its registers. */
export function noteCaller(): void {
  setBlock64(PP_BLOCK_FAULT_FRAME + FAULT_FRAME_RIP, block64(PP_BLOCK_USER_RIP));
  setBlock64(PP_BLOCK_FAULT_FRAME + FAULT_FRAME_RSP, block64(PP_BLOCK_USER_RSP));
}

/** Prints what was noted last. */
export function printBacktrace(): void {
  const rsp = block64(PP_BLOCK_FAULT_FRAME + FAULT_FRAME_RSP);
  const end = stackEnd(rsp);
  open();
  text("  backtrace, newest first:\n");
  entry(block64(PP_BLOCK_FAULT_FRAME + FAULT_FRAME_RIP));
  let lines: u32 = 1;
  for (let at = (rsp + 7) & ~7; at < end && lines < LINES; at += 8) {
    const page = translate(currentExtension().table, at);
    if (page == 0) break;
    const word = peek64(DIRECT_BASE + page + (at & PAGE_MASK));
    if (!isBehindCall(word)) continue;
    entry(word);
    lines++;
  }
  close();
}

function entry(address: u64): void {
  text("    ");
  hex(address, 16);
  text("\n");
}

/** The top of the stack that an address lies in; 0 when it lies in none of this processor's. */
function stackEnd(rsp: u64): u64 {
  const top = stackTop(ppid());
  const failTop = failStackTop(ppid());
  if (top - rsp <= EXT_STACK_BYTES) return top;
  return failTop - rsp <= EXT_STACK_BYTES ? failTop : 0;
}

function isBehindCall(address: u64): bool {
  if (!isCode(address) || !isExecutable(currentExtension().table, address)) return false;
  if (codeByte(address - CALL_BYTES) == CALL) return true;
  for (let bytes: u64 = 2; bytes <= GROUP_5_BYTES; bytes++) {
    const at = address - bytes;
    if (codeByte(at) == GROUP_5 && callBytes(codeByte(at + 1), codeByte(at + 2)) == bytes) return true;
  }
  return false;
}

/** Length of group 5's CALL with these bytes ModRM and SIB (APM volume 3, 1.4); 0 when it is no CALL. */
function callBytes(modrm: u32, sib: u32): u64 {
  if (((modrm >> 3) & 7) != GROUP_5_CALL) return 0;
  const mod = modrm >> 6;
  if (mod == 3) return 2;
  const hasSib = (modrm & 7) == 4;
  const base = hasSib ? sib & 7 : modrm & 7;
  const displacement = mod == 1 ? 1 : mod == 2 || base == 5 ? 4 : 0;
  return <u64>(2 + (hasSib ? 1 : 0) + displacement);
}

/** A byte of the extension's code; 0 where there is none. */
function codeByte(address: u64): u32 {
  const page = translate(currentExtension().table, address);
  return page == 0 ? 0 : peek8(DIRECT_BASE + page + (address & PAGE_MASK));
}
