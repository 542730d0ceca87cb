// Where an extension that failed for good came from: its instruction pointer, and the return addresses on its stack
//
// Nothing faults here: memory is read through the extension's page tables. Code is compiled without frame pointers, so
// every word on the stack counts that a CALL may have left there: an address in executable code, right behind a CALL. A
// few of them may be old.

import { isReturnAddress } from "#arch/call-site";
import { translate } from "#arch/page-table";
import {
  FAULT_FRAME_RIP,
  FAULT_FRAME_RSP,
  PP_BLOCK_FAULT_FRAME,
  PP_BLOCK_USER_RIP,
  PP_BLOCK_USER_RSP,
} from "../../abi/generated/bare/pp-block";
import { DIRECT_BASE, EXT_STACK_BYTES } from "../../abi/generated/bare/windows";
import { peek64 } from "../../bsl/src/memory";
import { close, hex, open, text } from "./console";
import { currentExtension, failStackTop, isCode, stackTop } from "./extension";
import { block64, ppid, setBlock64 } from "./pp";

/** Most lines of a backtrace. */
const LINES: u32 = 24;
const PAGE_MASK: u64 = 0xfff;

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
  return isCode(address) && isReturnAddress(currentExtension().table, address);
}
