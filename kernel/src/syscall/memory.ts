// Group 13, an extension's own memory

import { PP_BLOCK_REG0, PP_BLOCK_REG1 } from "../../../abi/generated/bare/pp-block";
import { STATUS_FAILURE_UNKNOWN, STATUS_INVALID_INPUT_REG1, STATUS_SUCCESS } from "../../../abi/generated/bare/status";
import { growMemory, mostMemoryPages } from "../linear-memory";
import { block64, setBlock64 } from "../pp";

/** 13.0: REG1 pages that linear memory shall have -> REG0 pages that it has. */
export function memoryGrow(): u64 {
  const wanted = block64(PP_BLOCK_REG1);
  if (wanted > mostMemoryPages()) return STATUS_INVALID_INPUT_REG1;
  const has = growMemory(wanted);
  if (has == 0 && wanted != 0) return STATUS_FAILURE_UNKNOWN;
  setBlock64(PP_BLOCK_REG0, has);
  return STATUS_SUCCESS;
}
