// Messages: one extension calls another on the same processor, and waits for its reply
//
//     caller ──message_call──> message callback ──message_reply──> caller, behind its call
//                                   └──run──> its own VM ──exit──> its vmexit ──message_reply──┘
//
// Nothing of either stays on the kernel's stack: the caller's registers are in its seat. An extension is called once at
// a time, so no chain of callers is longer than there are extensions.

import {
  ACTION_RETURN_SAVED,
  ACTION_UPCALL,
  CONTEXT_MESSAGE,
  CONTEXT_NONE,
  PP_BLOCK_CALLER,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_PRESENCE,
  PP_BLOCK_REG0,
  PP_BLOCK_REG1,
  PP_BLOCK_REG2,
  PP_BLOCK_REG3,
  PP_BLOCK_REG4,
  PP_BLOCK_REG5,
  PP_BLOCK_STATUS,
  PP_BLOCK_UPCALL_REG2,
  PP_BLOCK_UPCALL_REG3,
  PP_BLOCK_UPCALL_REG4,
  PRESENCE_BUSY,
  PRESENCE_DEAD,
  PRESENCE_READY,
} from "../../abi/generated/bare/pp-block";
import { STATUS_FAILURE_DEAD, STATUS_SUCCESS } from "../../abi/generated/bare/status";
import { SYSCALL_MESSAGE_CALL } from "../../abi/generated/bare/syscalls";
import { currentExtension, Extension, extensionAt, stackTop } from "./extension";
import { block32, block64, ppid, prepareUpcall, setBlock32, setBlock64 } from "./pp";
import { takeSeat } from "./seat";
import { leaveKernel } from "./work";

/** Whether an extension waits for the running one's reply. */
export function isCalled(): bool {
  return block32(PP_BLOCK_CALLER) != 0;
}

/** The registers that functions preserve are in the block now: the message or the reply goes its way. */
export function enterExchange(): u32 {
  return <u32>block64(PP_BLOCK_STATUS) == SYSCALL_MESSAGE_CALL ? deliver() : reply();
}

/** REG1 extension, REG2 to REG5 the message: calls its message callback. */
function deliver(): u32 {
  const caller = currentExtension();
  const target = extensionAt(<u32>block64(PP_BLOCK_REG1) & 0xffff);
  const word0 = block64(PP_BLOCK_REG2);
  const word1 = block64(PP_BLOCK_REG3);
  const word2 = block64(PP_BLOCK_REG4);
  const word3 = block64(PP_BLOCK_REG5);
  takeSeat(target);
  setBlock32(PP_BLOCK_CALLER, caller.address());
  setBlock32(PP_BLOCK_PRESENCE, PRESENCE_BUSY);
  prepareUpcall(CONTEXT_MESSAGE, target.messageHandler, stackTop(ppid()), caller.id, word0);
  setBlock64(PP_BLOCK_UPCALL_REG2, word1);
  setBlock64(PP_BLOCK_UPCALL_REG3, word2);
  setBlock64(PP_BLOCK_UPCALL_REG4, word3);
  return leaveKernel(false, ACTION_UPCALL);
}

/** REG1 to REG4 the reply: the caller's call succeeds with them in REG0 to REG3. */
function reply(): u32 {
  const word0 = block64(PP_BLOCK_REG1);
  const word1 = block64(PP_BLOCK_REG2);
  const word2 = block64(PP_BLOCK_REG3);
  const word3 = block64(PP_BLOCK_REG4);
  returnToCaller(PRESENCE_READY);
  setBlock64(PP_BLOCK_REG0, word0);
  setBlock64(PP_BLOCK_REG1, word1);
  setBlock64(PP_BLOCK_REG2, word2);
  setBlock64(PP_BLOCK_REG3, word3);
  return finishCall(STATUS_SUCCESS);
}

/** The running extension failed for good while another waits for its reply: that one's call fails. */
export function failCall(): u32 {
  returnToCaller(PRESENCE_DEAD);
  return finishCall(STATUS_FAILURE_DEAD);
}

function returnToCaller(presence: u32): void {
  const caller = changetype<Extension>(<usize>block32(PP_BLOCK_CALLER));
  setBlock32(PP_BLOCK_CALLER, 0);
  setBlock32(PP_BLOCK_PRESENCE, presence);
  setBlock32(PP_BLOCK_CONTEXT, CONTEXT_NONE);
  takeSeat(caller);
}

function finishCall(status: u64): u32 {
  setBlock64(PP_BLOCK_STATUS, status);
  return leaveKernel(false, ACTION_RETURN_SAVED);
}
