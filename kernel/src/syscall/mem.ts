// Group 8, memory for the extension

import { PP_BLOCK_REG0, PP_BLOCK_REG1 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { EXT_POOL_BASE } from "../../../abi/generated/bare/windows";
import {
  allocateExtensionPage,
  allocateRun,
  freeExtensionPage,
  freeRun,
  isRunSize,
  isShownTo,
} from "../extension-memory";
import { setBlock64 } from "../pp";
import { isHandle } from "./handle";

/** 8.0: -> REG0 virtual, REG1 physical. */
export function allocPage(handle: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  return give(allocateExtensionPage());
}

/** 8.1: REG1 virtual. */
export function freePage(handle: u64, reg1: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  return freeExtensionPage(reg1) ? STATUS_SUCCESS : refused(reg1);
}

/** 8.2: REG1 bytes -> REG0 virtual, REG1 physical. */
export function allocHuge(handle: u64, reg1: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (!isRunSize(reg1)) return STATUS_INVALID_INPUT_REG1;
  return give(allocateRun(reg1));
}

/** 8.3: REG1 virtual. */
export function freeHuge(handle: u64, reg1: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  return freeRun(reg1) ? STATUS_SUCCESS : refused(reg1);
}

/** Why memory could not be given back: nested page tables show it, or it is none that was given. */
function refused(virtual: u64): u64 {
  return isShownTo(virtual) ? STATUS_FAILURE_UNKNOWN : STATUS_INVALID_INPUT_REG1;
}

function give(physical: u64): u64 {
  if (physical == 0) return STATUS_FAILURE_UNKNOWN;
  setBlock64(PP_BLOCK_REG0, EXT_POOL_BASE + physical);
  setBlock64(PP_BLOCK_REG1, physical);
  return STATUS_SUCCESS;
}
