// Group 15, too: MSRs that a guest has for itself

import { isOwnMsr, readOwnMsr, writeOwnMsr } from "#arch/own-msrs";
import { PP_BLOCK_REG0, PP_BLOCK_REG1, PP_BLOCK_REG2, PP_BLOCK_REG3 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { PP_AREA_BASE, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { block64, ppid } from "../pp";
import { Vs, vsAt, vss } from "../vs";

const OUTPUT: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_REG0;

/** 15.2: REG1 vsid, REG2 msr -> REG0 value. */
export function msrRead(): u64 {
  const status = check();
  if (status == STATUS_SUCCESS) readOwnMsr(vsOf(), <u32>block64(PP_BLOCK_REG2), OUTPUT);
  return status;
}

/** 15.3: REG1 vsid, REG2 msr, REG3 value. */
export function msrWrite(): u64 {
  const status = check();
  if (status != STATUS_SUCCESS) return status;
  const isTaken = writeOwnMsr(vsOf(), <u32>block64(PP_BLOCK_REG2), block64(PP_BLOCK_REG3));
  return isTaken ? STATUS_SUCCESS : STATUS_FAILURE_UNKNOWN;
}

function vsOf(): Vs {
  return vsAt(<u32>block64(PP_BLOCK_REG1) & 0xffff);
}

/** A guest of this processor, and an MSR that it can have. */
function check(): u64 {
  const isHere = vss.isOwn(block64(PP_BLOCK_REG1)) && vsOf().ppid == ppid();
  if (!isHere || !vsOf().isClosed()) return STATUS_INVALID_INPUT_REG1;
  return isOwnMsr(block64(PP_BLOCK_REG2)) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG2;
}
