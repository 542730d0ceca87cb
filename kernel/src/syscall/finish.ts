// The way back to the extension

import { ACTION_RETURN, PP_BLOCK_STATUS } from "../../../abi/generated/bare/pp-block";
import { setBlock64 } from "../pp";
import { leaveKernel } from "../work";

/** Returns to the extension with a status. Result: ACTION_RETURN. */
export function finish(status: u64): u32 {
  setBlock64(PP_BLOCK_STATUS, status);
  return leaveKernel(false, ACTION_RETURN);
}
