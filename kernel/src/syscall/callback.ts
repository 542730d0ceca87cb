// Group 3, callbacks: where the kernel calls the extension

import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { currentExtension, isCode } from "../extension";
import { showRootVm } from "../pp";
import { claimRootVm, ownsRootVm, rootOwner } from "../vm";
import { allowShortcuts, isHandle } from "./handle";

/** 3.0: REG1 address, called on every processor before its first run. */
export function registerBootstrap(handle: u64, address: u64): u64 {
  const status = check(handle, address, currentExtension().bootstrapHandler);
  if (status == STATUS_SUCCESS) currentExtension().bootstrapHandler = address;
  return status;
}

/**
 * 3.1: REG1 address, called for every VM exit of the extension's own VMs. The first that registers gets the root VM; in
 * version 1 there is no second.
 */
export function registerVmexit(handle: u64, address: u64): u64 {
  const extension = currentExtension();
  const status = check(handle, address, extension.vmexitHandler);
  if (status != STATUS_SUCCESS) return status;
  if (extension.version2 == 0 && rootOwner() !== null) return STATUS_FAILURE_UNKNOWN;
  extension.vmexitHandler = address;
  claimRootVm(extension);
  allowShortcuts(extension);
  if (ownsRootVm(extension)) showRootVm();
  return STATUS_SUCCESS;
}

/** 3.2: REG1 address, called when another callback failed. */
export function registerFail(handle: u64, address: u64): u64 {
  const status = check(handle, address, currentExtension().failHandler);
  if (status == STATUS_SUCCESS) currentExtension().failHandler = address;
  return status;
}

function check(handle: u64, address: u64, registered: u64): u64 {
  if (!isHandle(handle)) return STATUS_FAILURE_INVALID_HANDLE;
  if (!isCode(address)) return STATUS_INVALID_INPUT_REG1;
  return registered != 0 ? STATUS_FAILURE_UNKNOWN : STATUS_SUCCESS;
}
