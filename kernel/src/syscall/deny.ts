// What a call gets that the extension's policy denies

import { STATUS_FAILURE_INVALID_HANDLE, STATUS_INVALID_PERM_DENIED } from "../../../abi/generated/bare/status";
import { SYSCALL_HANDLE_CLOSE } from "../../../abi/generated/bare/syscalls";
import { noteDenial } from "../policy";
import { isHandle } from "./handle";

const DEBUG_GROUP: u32 = 2;

/** Counts the refusal of a call; its status. */
export function deny(call: u32): u64 {
  noteDenial(call, 0);
  return STATUS_INVALID_PERM_DENIED;
}

/** The same for a call of groups 0 to 8, of which those that want a handle check that first. */
export function denyUnchecked(call: u32, handle: u64): u64 {
  const wantsHandle = call >= SYSCALL_HANDLE_CLOSE && call >> 16 != DEBUG_GROUP;
  return wantsHandle && !isHandle(handle) ? STATUS_FAILURE_INVALID_HANDLE : deny(call);
}
