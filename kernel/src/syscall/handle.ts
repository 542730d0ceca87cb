// Group 1, handles; and the checks that the other groups begin with

import { PP_BLOCK_REG0 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import {
  INVALID_ID,
  ROOT_VMID,
  SPEC_ID,
  SPEC_VERSION_1,
  SPEC_VERSION_2,
  SYSCALL_HANDLE_OPEN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_READ,
  SYSCALL_VS_RUN,
} from "../../../abi/generated/bare/syscalls";
import { currentExtension, Extension, NO_HANDLE } from "../extension";
import { isPinned, mayCall, noteDenial } from "../policy";
import { activeVs, NO_VP, setBlock64, showActive } from "../pp";
import { ownsRootVm } from "../vm";

/** 1.0: REG0 version -> REG0 handle. */
export function openHandle(version: u64): u64 {
  const extension = currentExtension();
  const offered = extension.offeredVersions;
  const version2 = (<u32>version & offered & SPEC_VERSION_2) != 0;
  const version1 = isVersion1(<u32>version) && (offered & SPEC_VERSION_1) != 0;
  // Whoever could go back to version 1 would be held to nothing
  if (!version2 && version1 && isPinned(extension)) {
    noteDenial(SYSCALL_HANDLE_OPEN, version);
    return STATUS_INVALID_PERM_DENIED;
  }
  if (!version1 && !version2) return STATUS_FAILURE_UNSUPPORTED;
  if (extension.handle != NO_HANDLE) return STATUS_FAILURE_UNKNOWN;
  setBlock64(PP_BLOCK_REG0, extension.openHandle(version2));
  allowShortcuts(extension);
  if (activeVs() === null) showActive((extension.id == 0 ? ROOT_VMID : INVALID_ID) | NO_VP, INVALID_ID);
  return STATUS_SUCCESS;
}

/** Bareflank 3.0 wants its name ("Bf#1"), and no bit of a mask; the bit alone is taken beside it. */
function isVersion1(version: u32): bool {
  return version == SPEC_ID || version == SPEC_VERSION_1;
}

/** 1.1: REG0 handle. */
export function closeHandle(handle: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  currentExtension().closeHandle();
  return STATUS_SUCCESS;
}

/** Lets the calls that handlers make most skip their checks, which have nothing to find for this handle. */
export function allowShortcuts(extension: Extension): void {
  if (extension.vmexitHandler == 0) return;
  if (mayCall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT)) extension.runHandle = extension.handle;
  if (mayCall(SYSCALL_VS_READ)) extension.reader = extension.address();
  // Others may run a VS only while they are called
  if (!ownsRootVm(extension)) return;
  if (mayCall(SYSCALL_VS_RUN) && mayCall(SYSCALL_VS_ADVANCE_IP_AND_RUN)) extension.switchHandle = extension.handle;
}

/** Whether a handle is the open one. */
export function isHandle(handle: u64): bool {
  return handle == currentExtension().handle && handle != NO_HANDLE;
}

/** What groups 4 to 6 check first: the handle, then that the caller owns the vmexit callback. */
export function checkOwner(handle: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (currentExtension().vmexitHandler == 0) return STATUS_INVALID_PERM_DENIED;
  return STATUS_SUCCESS;
}
