// Groups 9 and above: calls that an extension has which opened version 2
//
// They check in this order: that the call exists, the handle, the policy, then what the call itself wants: the owner of
// the vmexit callback where that applies, its arguments in the order of their registers, the state. The first three are
// done here. A call takes its arguments from this processor's block, where the entry of system calls saved them.

import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_PERM_DENIED,
} from "../../../abi/generated/bare/status";
import { currentExtension } from "../extension";
import { mayCall } from "../policy";
import { isHandle } from "./handle";

/** Serves a call of these groups; for an extension of version 1 none of them exists. */
export function extend(call: u32, handle: u64): u64 {
  if (currentExtension().version2 == 0 || (call & 0xffff) >= callCount(call >> 16)) return STATUS_FAILURE_UNSUPPORTED;
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (!mayCall(call)) return STATUS_INVALID_PERM_DENIED;
  return serve(call);
}

/** How many calls a group has. */
function callCount(group: u32): u32 {
  switch (group) {
    default:
      return 0;
  }
}

function serve(call: u32): u64 {
  switch (call) {
    default:
      return STATUS_FAILURE_UNSUPPORTED;
  }
}
