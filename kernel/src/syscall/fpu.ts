// Group 15, registers: x87, vector and whatever other registers XSAVE holds of a VS

import { adoptFpu, currentFpu } from "#arch/fpu";
import { fpuBytes } from "#arch/fpu-area";
import { PP_BLOCK_REG0, PP_BLOCK_REG1, PP_BLOCK_REG2 } from "../../../abi/generated/bare/pp-block";
import {
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { PAGE_SIZE } from "../../../abi/generated/bare/syscalls";
import { copyMemory } from "../../../bsl/src/memory";
import { lockTables, unlockTables } from "../direct-map";
import { ownMemory, ownWritableMemory } from "../own-memory";
import { block64, ppid, setBlock64 } from "../pp";
import { vsAt, vss } from "../vs";

const PAGE_MASK: u64 = PAGE_SIZE - 1;

/** 15.0: REG1 vsid, REG2 page -> REG0 bytes of the whole area. */
export function fpuRead(): u64 {
  return transfer(false);
}

/** 15.1: REG1 vsid, REG2 page. */
export function fpuWrite(): u64 {
  return transfer(true);
}

/** The VS is one of this processor's: what another one has loaded of it is out of reach. */
function transfer(isWrite: bool): u64 {
  const reg1 = block64(PP_BLOCK_REG1);
  if (!vss.isOwn(reg1) || vsAt(<u32>reg1 & 0xffff).ppid != ppid()) return STATUS_INVALID_INPUT_REG1;
  const address = block64(PP_BLOCK_REG2);
  if ((address & PAGE_MASK) != 0) return STATUS_INVALID_INPUT_REG2;
  const object = vsAt(<u32>reg1 & 0xffff).fpu;
  const area = currentFpu(object);
  // Under this lock nobody takes the page away
  lockTables();
  const page = isWrite ? ownMemory(address) : ownWritableMemory(address);
  if (page != 0) copyMemory(isWrite ? area : page, isWrite ? page : area, min(fpuBytes(), PAGE_SIZE));
  unlockTables();
  if (page == 0) return STATUS_INVALID_INPUT_REG2;
  if (isWrite) adoptFpu(object);
  else setBlock64(PP_BLOCK_REG0, fpuBytes());
  return STATUS_SUCCESS;
}
