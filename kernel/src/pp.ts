// Physical processors: what the kernel keeps about the one it runs on, and which VS is active there

import { ppLoad32, ppLoad64, ppStore16, ppStore32, ppStore64 } from "#arch/pparea";
import {
  BOOT_ARGS_PP_COUNT,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_ARGS_WATCH_TICKS,
  BOOT_REPORT_DETAIL,
  BOOT_REPORT_PHASE,
  BOOT_REPORT_STATUS,
} from "../../abi/generated/bare/boot";
import {
  PP_BLOCK_ACTIVE_VS,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_LOADED_VS,
  PP_BLOCK_PPID,
  PP_BLOCK_TCB_IDS0,
  PP_BLOCK_TCB_IDS1,
  PP_BLOCK_UPCALL_REG0,
  PP_BLOCK_UPCALL_REG1,
  PP_BLOCK_UPCALL_REG2,
  PP_BLOCK_UPCALL_REG3,
  PP_BLOCK_UPCALL_REG4,
  PP_BLOCK_UPCALL_RIP,
  PP_BLOCK_UPCALL_RSP,
  PP_BLOCK_VIEW,
} from "../../abi/generated/bare/pp-block";
import { INVALID_ID, ROOT_VMID } from "../../abi/generated/bare/syscalls";
import { TCB_ACTIVE_VM, TCB_ACTIVE_VS } from "../../abi/generated/bare/tls";
import { DIRECT_BASE, PP_ARGS, PP_BLOCK, PP_TCB } from "../../abi/generated/bare/windows";
import { peek32, poke32, poke64 } from "../../bsl/src/memory";
import { currentExtension } from "./extension";
import { PoolObject } from "./pool";
import { Vs } from "./vs";

/** Reads and writes a field of this processor's block. */
export function block32(field: u32): u32 {
  return ppLoad32(PP_BLOCK + field);
}
export function block64(field: u32): u64 {
  return ppLoad64(PP_BLOCK + field);
}
export function setBlock32(field: u32, value: u32): void {
  ppStore32(PP_BLOCK + field, value);
}
export function setBlock64(field: u32, value: u64): void {
  ppStore64(PP_BLOCK + field, value);
}

/**
 * Sets an object's identifier as a call's output. In version 1 it has 16 bits, and the register's upper bits stay (ABI,
 * calling convention).
 */
export function setIdentifier(field: u32, object: PoolObject): void {
  if (currentExtension().version2 != 0) ppStore64(PP_BLOCK + field, object.tag);
  else ppStore16(PP_BLOCK + field, object.id);
}

/** Native address of what this processor tells the loader. */
export function bootReport(): u64 {
  return DIRECT_BASE + ppLoad64(PP_ARGS + BOOT_ARGS_REPORT_PHYS);
}

/** Tells the loader how far this processor has come. */
export function setPhase(phase: u32): void {
  poke32(bootReport() + BOOT_REPORT_PHASE, phase);
}

/** Tells the loader why this processor could not go on; the first reason stays. */
export function setStatus(status: u32, detail: u64): void {
  if (reportedStatus() != 0) return;
  poke64(bootReport() + BOOT_REPORT_DETAIL, detail);
  poke32(bootReport() + BOOT_REPORT_STATUS, status);
}

/** What setStatus() has told it; the operating system gets this as the result of its jump into the kernel. */
export function reportedStatus(): u32 {
  return peek32(bootReport() + BOOT_REPORT_STATUS);
}

/** Prepares the next ACTION_UPCALL. It stays as it is until the next one. */
export function prepareUpcall(context: u32, handler: u64, stackTop: u64, reg0: u64, reg1: u64): void {
  setBlock32(PP_BLOCK_CONTEXT, context);
  setBlock64(PP_BLOCK_UPCALL_RIP, handler);
  setBlock64(PP_BLOCK_UPCALL_RSP, stackTop);
  setBlock64(PP_BLOCK_UPCALL_REG0, reg0);
  setBlock64(PP_BLOCK_UPCALL_REG1, reg1);
  setBlock64(PP_BLOCK_UPCALL_REG2, 0);
  setBlock64(PP_BLOCK_UPCALL_REG3, 0);
  setBlock64(PP_BLOCK_UPCALL_REG4, 0);
}

/** Sets what the TCB shows of this processor. */
export function showOnline(ppid: u32, online: u32): void {
  setBlock64(PP_BLOCK_TCB_IDS1, <u64>ppid | ((<u64>online) << 16));
}

/** Shows the running extension, which has no VS active yet, the root VM: it has just become its own. */
export function showRootVm(): void {
  setBlock32(PP_BLOCK_VIEW, ROOT_VMID);
  const none: u64 = INVALID_ID;
  setBlock64(PP_BLOCK_TCB_IDS0, currentExtension().id | ((<u64>ROOT_VMID) << 16) | (none << 32) | (none << 48));
  showActive(ROOT_VMID | NO_VP, INVALID_ID);
}

/** For showActive: no VP. */
export const NO_VP: u64 = (<u64>INVALID_ID) << 32;

/** Shows an extension that speaks version 2 whose general registers its TCB holds. */
export function showActive(vmAndVp: u64, vs: u32): void {
  if (currentExtension().version2 == 0) return;
  // TCB_ACTIVE_VP lies behind it
  ppStore64(PP_TCB + TCB_ACTIVE_VM, vmAndVp);
  ppStore32(PP_TCB + TCB_ACTIVE_VS, vs);
}

/** This processor's active VS, or null. */
export function activeVs(): Vs | null {
  const address = block32(PP_BLOCK_ACTIVE_VS);
  return address == 0 ? null : changetype<Vs>(<usize>address);
}

/** The VS whose other registers this processor holds: the active one, or that of an extension which waits; or null. */
export function loadedVs(): Vs | null {
  const address = block32(PP_BLOCK_LOADED_VS);
  return address == 0 ? null : changetype<Vs>(<usize>address);
}

/** This processor's number. */
export function ppid(): u32 {
  return block32(PP_BLOCK_PPID);
}

/** Whether processors are watched. */
export function isWatched(): bool {
  return ppLoad64(PP_ARGS + BOOT_ARGS_WATCH_TICKS) != 0;
}

/** Whether nobody but a counter of its own can watch this processor. */
export function isAlone(): bool {
  return ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT) == 1;
}
