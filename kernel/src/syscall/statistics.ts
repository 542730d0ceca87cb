// Group 0xC, statistics

import { ppLoad32 } from "#arch/pparea";
import { BOOT_ARGS_PP_COUNT } from "../../../abi/generated/bare/boot";
import {
  POOL_HUGE,
  POOL_MAPS,
  POOL_NESTED,
  POOL_PAGES,
  POOL_REGISTERS,
  POOL_VMS,
  POOL_VPS,
  POOL_VSS,
} from "../../../abi/generated/bare/objects";
import { PP_BLOCK_REG0, PP_BLOCK_REG1, PP_BLOCK_REG2 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { INVALID_ID, MAX_HUGE_ALLOCATIONS } from "../../../abi/generated/bare/syscalls";
import { PP_ARGS } from "../../../abi/generated/bare/windows";
import { usedRuns } from "../extension-memory";
import { pages, usedPages } from "../memory/pages";
import { nesteds } from "../nested/nested";
import { maps } from "../permission-map";
import { Pool } from "../pool";
import { block64, setBlock64 } from "../pp";
import { callCounter, exitCounter, NO_COUNTER, readCounter } from "../statistics";
import { vms } from "../vm";
import { vps } from "../vp";
import { registerFilesTotal, registerFilesUsed, vss } from "../vs";

/** C.0: REG1 pool -> REG0 total, REG1 used. */
export function statisticsPool(): u64 {
  switch (block64(PP_BLOCK_REG1)) {
    case POOL_PAGES:
      return give(pages.totalPages(), usedPages());
    case POOL_HUGE:
      return give(MAX_HUGE_ALLOCATIONS, usedRuns());
    case POOL_VMS:
      return giveObjects(vms);
    case POOL_VPS:
      return giveObjects(vps);
    case POOL_VSS:
      return giveObjects(vss);
    case POOL_NESTED:
      return giveObjects(nesteds);
    case POOL_MAPS:
      return giveObjects(maps);
    case POOL_REGISTERS:
      return give(registerFilesTotal(), registerFilesUsed());
    default:
      return STATUS_INVALID_INPUT_REG1;
  }
}

/** C.1: REG1 ppid, REG2 reason -> REG0 count. */
export function statisticsExits(): u64 {
  return giveCounter(exitCounter(block64(PP_BLOCK_REG2)));
}

/** C.2: REG1 ppid, REG2 number of a call -> REG0 count. */
export function statisticsCalls(): u64 {
  return giveCounter(callCounter(block64(PP_BLOCK_REG2)));
}

function giveCounter(counter: u32): u64 {
  const id = block64(PP_BLOCK_REG1);
  if (id >= ppLoad32(PP_ARGS + BOOT_ARGS_PP_COUNT)) return STATUS_INVALID_INPUT_REG1;
  if (counter == NO_COUNTER) return STATUS_INVALID_INPUT_REG2;
  setBlock64(PP_BLOCK_REG0, readCounter(<u32>id, counter));
  return STATUS_SUCCESS;
}

function give(total: u64, used: u64): u64 {
  setBlock64(PP_BLOCK_REG0, total);
  setBlock64(PP_BLOCK_REG1, used);
  return STATUS_SUCCESS;
}

/** As many as there are indexes, if memory suffices. */
function giveObjects(pool: Pool): u64 {
  return give(INVALID_ID, pool.size);
}
