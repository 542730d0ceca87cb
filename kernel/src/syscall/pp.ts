// Group 14, physical processors: only the extension that owns the root VM may tell them what to do

import { ppLoad32 } from "#arch/pparea";
import { BOOT_ARGS_PP_COUNT } from "../../../abi/generated/bare/boot";
import { PP_BLOCK_REG1 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { PP_ARGS } from "../../../abi/generated/bare/windows";
import { currentExtension } from "../extension";
import { kick } from "../kick";
import { awaitKick, mayAwaitKick } from "../life-cycle";
import { block64 } from "../pp";
import { ownsRootVm } from "../vm";
import { finish } from "./finish";

/** 14.0: REG1 ppid, which may be the caller's own. */
export function ppKick(): u64 {
  if (!ownsRootVm(currentExtension())) return STATUS_INVALID_PERM_DENIED;
  const target = <u32>block64(PP_BLOCK_REG1) & 0xffff;
  if (target >= ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT)) return STATUS_INVALID_INPUT_REG1;
  return kick(target) ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

/** 14.1: returns only when it fails. Result: ACTION_*. */
export function ppWait(): u32 {
  if (!ownsRootVm(currentExtension())) return finish(STATUS_INVALID_PERM_DENIED);
  return mayAwaitKick() ? awaitKick() : finish(STATUS_FAILURE_UNKNOWN);
}
