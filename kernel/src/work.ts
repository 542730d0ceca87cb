// The border of the kernel: the work that a processor does before it enters ring 3 or a guest again (requests.ts)

import { rdtsc } from "#arch/cpu";
import { wayToRing3 } from "#arch/isolation";
import { signalRoot } from "#arch/nmi";
import { translate } from "#arch/page-table";
import { ppExchange32, ppLoad32, ppStore32 } from "#arch/pparea";
import { isMitigated, secureGuest, secureRing3 } from "#arch/speculation";
import { armNmi, endFlush, flushGuests } from "#arch/vendor";
import { awaitChange } from "#arch/wait";
import { BOOT_ARGS_DEBUG_LEVEL } from "../../abi/generated/bare/boot";
import { MEMORY_EXCHANGE_SIGNAL } from "../../abi/generated/bare/exchange";
import {
  KICK_AWAY,
  PP_BLOCK_IN_USER,
  PP_BLOCK_KICK,
  PP_BLOCK_PPID,
  PP_BLOCK_SCRATCH,
  PP_BLOCK_WORK,
  WORK_END_FLUSH,
  WORK_FLUSH_GUESTS,
  WORK_FLUSH_HOST,
  WORK_KICK,
  WORK_KICK_OWNER,
  WORK_KICKED,
  WORK_LOG,
  WORK_MITIGATE,
  WORK_SIGNAL,
  WORK_WATCH,
} from "../../abi/generated/bare/pp-block";
import { ROOT_VMID } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE, PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../abi/generated/bare/windows";
import { pause, storeRelease32 } from "../../bsl/src/atomic";
import { currentExtension } from "./extension";
import { flushIfAsked } from "./flush";
import { exchangePage } from "./memory/marks";
import { announceStore } from "./memory/store";
import { activeVs, isWatched, setBlock32 } from "./pp";
import { addWork, announceBlock, takeWork } from "./requests";
import { logExit } from "./statistics";
import { ownsRootVm } from "./vm";
import { Vs } from "./vs";
import { endWatchForGuest, lookAround, watch } from "./watchdog";

/** Debug level from which every exit is logged. */
const LEVEL_EXITS: u32 = 2;

/** What is to be done before a guest is entered. */
const GUEST_WORK: u32 = WORK_FLUSH_GUESTS | WORK_MITIGATE | WORK_WATCH | WORK_KICK | WORK_KICK_OWNER | WORK_KICKED;

/** Makes this processor's block known to the others. */
export function announceProcessor(id: u32, root: u64): void {
  const page = translate(root, PP_AREA_BASE + PP_BLOCK);
  setBlock32(PP_BLOCK_KICK, KICK_AWAY);
  announceBlock(id, DIRECT_BASE + page);
  announceStore(id, DIRECT_BASE + page);
  if (ppLoad32(PP_ARGS + BOOT_ARGS_DEBUG_LEVEL) >= LEVEL_EXITS) addWork(WORK_LOG);
  if (isWatched()) addWork(WORK_WATCH);
  if (isMitigated()) addWork(WORK_MITIGATE);
}

/** The last thing before ring 3, which is entered as ACTION_* says: the same; `afterExit` when a VS has just exited. */
export function leaveKernel(afterExit: bool, action: u32): u32 {
  ppExchange32(PP_BLOCK + PP_BLOCK_IN_USER, 1);
  return ppLoad32(PP_BLOCK + PP_BLOCK_WORK) == 0 ? action : workForRing3(afterExit, action);
}

/** The first thing when ring 3 has called or faulted. */
export function reenterKernel(): void {
  ppStore32(PP_BLOCK + PP_BLOCK_IN_USER, 0);
}

/** The last thing before a guest is entered, on the way that looks. False: it is not, for the processor was kicked. */
export function leaveForGuest(vs: Vs): bool {
  const bits = ppLoad32(PP_BLOCK + PP_BLOCK_WORK);
  return (bits & GUEST_WORK) == 0 || workForGuest(vs, bits);
}

/** What the active VS's exit leaves to do, whether ring 3 hears of it or not. */
export function endExit(vs: Vs): void {
  const bits = ppLoad32(PP_BLOCK + PP_BLOCK_WORK);
  if ((bits & WORK_END_FLUSH) != 0) {
    takeWork(WORK_END_FLUSH);
    endFlush(vs);
  }
  if ((bits & WORK_LOG) != 0) logExit(vs);
}

/** Exported from the module, like the next, so that no compiler puts it into the way of an exit that has no work. */
export function workForRing3(afterExit: bool, action: u32): u32 {
  // Through memory, or they see that the result is known, and what calls this prepares for going on behind the call
  ppStore32(PP_BLOCK + PP_BLOCK_SCRATCH, action);
  flushIfAsked();
  if ((ppLoad32(PP_BLOCK + PP_BLOCK_WORK) & WORK_SIGNAL) != 0) signal();
  const vs = activeVs();
  if (afterExit && vs !== null) endExit(vs);
  if ((ppLoad32(PP_BLOCK + PP_BLOCK_WORK) & WORK_WATCH) != 0) watch();
  if (isMitigated()) secureRing3(ownsRootVm(currentExtension()));
  return wayToRing3(ppLoad32(PP_BLOCK + PP_BLOCK_SCRATCH));
}

export function workForGuest(vs: Vs, bits: u32): bool {
  if ((bits & WORK_FLUSH_GUESTS) != 0) {
    takeWork(WORK_FLUSH_GUESTS);
    flushGuests(vs);
  }
  if ((bits & WORK_WATCH) != 0) endWatchForGuest();
  const isKicked = takeWorkOfKick();
  // What an NMI in the kernel has armed for that
  if ((bits & (WORK_FLUSH_GUESTS | WORK_KICK)) != 0) armNmi();
  if (isKicked) return false;
  if ((bits & WORK_KICKED) != 0) endKicked(vs);
  if ((bits & WORK_MITIGATE) != 0) secureGuest(vs.vmid == ROOT_VMID);
  return true;
}

/** Whether the extension whose VS would run is to hear of a kick; the one that owns the root VM hears of each. */
function takeWorkOfKick(): bool {
  const bits = ppLoad32(PP_BLOCK + PP_BLOCK_WORK);
  if ((bits & (WORK_KICK | WORK_KICK_OWNER)) == 0) return false;
  const isOwner = ownsRootVm(currentExtension());
  if (!isOwner && (bits & WORK_KICK) == 0) return false;
  if (isOwner) takeWork(WORK_KICK | WORK_KICK_OWNER);
  else {
    addWork(WORK_KICK_OWNER);
    takeWork(WORK_KICK);
  }
  return true;
}

/** Its callback begins: whatever the VS exited for before has been dealt with. The fast way skips instructions: it is not taken. */
export function beginKicked(vs: Vs): void {
  vs.kicked = 1;
  addWork(WORK_KICKED);
}

/** Something else comes before that callback. */
export function putOffKick(vs: Vs): void {
  vs.kicked = 0;
  addWork(WORK_KICK_OWNER | WORK_KICK);
}

/** Waits in the kernel until this processor has something to do; where processors are watched, it looks at the others. */
export function awaitWork(): void {
  const bits = ppLoad32(PP_BLOCK + PP_BLOCK_WORK);
  if ((bits & (WORK_FLUSH_GUESTS | WORK_FLUSH_HOST | WORK_KICK | WORK_KICK_OWNER)) != 0) return;
  if (isWatched()) {
    lookAround(rdtsc());
    pause();
  } else awaitChange(PP_AREA_BASE + PP_BLOCK + PP_BLOCK_WORK, bits);
}

function endKicked(vs: Vs): void {
  vs.kicked = 0;
  takeWork(WORK_KICKED);
}

/**
 * Tells the driver that memory is to come or to go, as soon as the operating system runs here; but not where an extension of
 * version 1 would see its VM exit for an NMI that Bareflank 3.0 does not send: it has what the start took.
 */
function signal(): void {
  takeWork(WORK_SIGNAL);
  if (currentExtension().version2 == 0) return;
  storeRelease32(exchangePage() + MEMORY_EXCHANGE_SIGNAL + ppLoad32(PP_BLOCK + PP_BLOCK_PPID) * 4, 1);
  signalRoot();
}
