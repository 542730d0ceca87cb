// Kicks: a processor leaves its VM, or ends its wait, and the handlers of onKick are called there (docs/abi.md)

import { STATUS_SUCCESS } from "../../../../abi/generated/bare/status";
import { SYSCALL_PP_KICK } from "../../../../abi/generated/bare/syscalls";
import { callObject } from "../calls/objects";

/**
 * Kicks a processor. It carries nothing: write what it is about before, into memory that all processors see. False when the
 * processor is not in host mode, no NMI can be sent to it, or this extension does not own the root VM.
 */
export function kick(ppid: u32): bool {
  return callObject(SYSCALL_PP_KICK, ppid, 0, 0, 0, 0) == STATUS_SUCCESS;
}
