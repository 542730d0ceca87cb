// Entry points of the microkernel: what its assembly calls; those that differ between processors are the architecture's

import { KERNEL_DATA, mapNewPages } from "#arch/page-table";
import { ppLoad32, ppLoad64, ppStore64 } from "#arch/pparea";
import { enterHostMode, initProcessors, makeProcessor } from "#arch/processor";
import { giveBackSaved } from "#arch/root";
import { chooseVendor } from "#arch/vendor";
import {
  BOOT_ARGS_ARENA_BYTES,
  BOOT_ARGS_ARENA_COUNT,
  BOOT_ARGS_ARENA_PHYS,
  BOOT_ARGS_ARENA_USED,
  BOOT_ARGS_EXCHANGE_PHYS,
  BOOT_ARGS_EXT_BYTES,
  BOOT_ARGS_FEATURES,
  BOOT_ARGS_MAGIC,
  BOOT_ARGS_PP_COUNT,
  BOOT_ARGS_PPID,
  BOOT_ARGS_REPORT_PHYS,
  BOOT_ARGS_RING_PHYS,
  BOOT_ARGS_ROOT_PHYS,
  BOOT_ARGS_VENDOR,
  BOOT_ARGS_VERSION,
  BOOT_BAD_ARGS,
  BOOT_MAGIC,
  BOOT_NO_MEMORY,
  BOOT_NO_VMX_OPERATION,
  BOOT_VERSION,
  DEBUG_RING_AREA_BYTES,
  PHASE_KERNEL,
  SAVED_STATE_RAX,
} from "../../abi/generated/bare/boot";
import { ACTION_PROMOTE, PP_BLOCK_PPID } from "../../abi/generated/bare/pp-block";
import { BOOTSTRAP_PPID, PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE, PP_AREA_BASE, PP_ARGS, PP_STATE, PP_STATISTICS } from "../../abi/generated/bare/windows";
import { comeForKicks } from "./announced";
import { attachRing, line } from "./console";
import { extensionAt, extensionCount, makeExtensions, setCurrentExtension, threadPointer } from "./extension";
import { loadExtension } from "./extension-image";
import { callBootstraps, callStart } from "./life-cycle";
import { openExchange, readyForMore } from "./memory/growth";
import { fillStore, pages } from "./memory/pages";
import { initObjects } from "./object-pools";
import { makePortPolicy, readPolicy } from "./policy";
import { reportedStatus, setBlock32, setPhase, setStatus, showOnline } from "./pp";
import { makeSeats } from "./seat";
import { announceCounters } from "./statistics";
import { announceProcessor } from "./work";

export { failAllocation, isFailureDue } from "./memory/faults";
export { enterExchange } from "./message";
export { emptyReserves } from "./object-pools";
export { serveSyscall } from "./syscall/dispatch";
export { enterRead, enterSyscall } from "./syscall/enter";
export { enterSwitch } from "./syscall/switch";
export { workForGuest, workForRing3 } from "./work";

/** A processor arrives from the loader. Result: ACTION_*. */
export function enterBoot(): u32 {
  if (ppLoad64(PP_ARGS + BOOT_ARGS_MAGIC) != BOOT_MAGIC || ppLoad64(PP_ARGS + BOOT_ARGS_VERSION) != BOOT_VERSION) {
    return refuseArgs();
  }
  setPhase(PHASE_KERNEL);
  if (!chooseVendor(ppLoad32(PP_ARGS + BOOT_ARGS_VENDOR))) return refuseArgs();
  const ppid = ppLoad32(PP_ARGS + BOOT_ARGS_PPID);
  const root = ppLoad64(PP_ARGS + BOOT_ARGS_ROOT_PHYS);
  setBlock32(PP_BLOCK_PPID, ppid);
  setCurrentExtension(extensionAt(0));
  announceProcessor(ppid, root);
  const first = ppid == BOOTSTRAP_PPID;
  if (first && !bootSystem()) return refuse(BOOT_NO_MEMORY);
  if (!bootProcessor(ppid, root)) return refuse(BOOT_NO_MEMORY);
  return first ? callStart() : callBootstraps();
}

/** What is done once: memory, objects, the extension's image. */
function bootSystem(): bool {
  const ring = ppLoad64(PP_ARGS + BOOT_ARGS_RING_PHYS);
  if (ring != 0) attachRing(DIRECT_BASE + ring);
  const chunks = ppLoad32(PP_ARGS + BOOT_ARGS_ARENA_COUNT);
  for (let i: u32 = 0; i < chunks; i++) {
    const phys = ppLoad64(PP_ARGS + BOOT_ARGS_ARENA_PHYS + i * 8);
    const bytes = ppLoad64(PP_ARGS + BOOT_ARGS_ARENA_BYTES + i * 8);
    if (!pages.addChunk(phys, bytes, ppLoad64(PP_ARGS + BOOT_ARGS_ARENA_USED + i * 8))) return false;
  }
  if (!makeExtensions() || !ownSharedPages(ring) || !openExchangeOf()) return false;
  return initObjects() && initProcessors() && loadExtensions();
}

function loadExtensions(): bool {
  for (let id: u32 = 0; id < extensionCount(); id++) {
    const extension = extensionAt(id);
    extension.init(id);
    readPolicy(extension);
    if (!makePortPolicy(extension)) return false;
    if (!loadExtension(extension, ppLoad64(PP_ARGS + BOOT_ARGS_EXT_BYTES + id * 8))) return false;
  }
  return true;
}

/** Pages that kernel and operating system share: no call may map them for the extension either. */
function ownSharedPages(ring: u64): bool {
  const reports = ppLoad64(PP_ARGS + BOOT_ARGS_REPORT_PHYS) & ~(<u64>PAGE_SIZE - 1);
  return (ring == 0 || pages.addShared(ring, DEBUG_RING_AREA_BYTES)) && pages.addShared(reports, PAGE_SIZE);
}

/** The page that is shared with the driver, if there is one. */
function openExchangeOf(): bool {
  const exchange = ppLoad64(PP_ARGS + BOOT_ARGS_EXCHANGE_PHYS);
  if (exchange == 0) return true;
  if (!pages.addShared(exchange, PAGE_SIZE)) return false;
  openExchange(DIRECT_BASE + exchange, ppLoad64(PP_ARGS + BOOT_ARGS_ROOT_PHYS));
  return true;
}

/** What is done on every processor. Memory first, so that giving up leaves the processor as it was. */
function bootProcessor(ppid: u32, root: u64): bool {
  if (!makeProcessor(root)) return false;
  if (!mapNewPages(root, PP_AREA_BASE + PP_STATISTICS, 1, KERNEL_DATA)) return false;
  announceCounters(ppid, root);
  if (!makeSeats(ppid, root)) return false;
  fillStore();
  if (!readyForMore()) return false;
  showOnline(ppid, ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT));
  if (enterHostMode(ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES), threadPointer(ppid))) {
    comeForKicks();
    return true;
  }
  setStatus(BOOT_NO_VMX_OPERATION, 0);
  return false;
}

/** Gives the processor back before any extension ran on it. */
function refuse(status: u32): u32 {
  setStatus(status, 0);
  line("bareflank: the microkernel could not start on this processor");
  giveBackSaved(reportedStatus());
  return ACTION_PROMOTE;
}

/** The same when the loader speaks another version: nothing that it left can be used, and nothing has changed yet. */
function refuseArgs(): u32 {
  line("bareflank: the microkernel could not start on this processor");
  ppStore64(PP_STATE + SAVED_STATE_RAX, BOOT_BAD_ARGS);
  return ACTION_PROMOTE;
}
