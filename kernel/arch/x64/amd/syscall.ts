// The system call that ends nearly every exit, on AMD

import { ACTION_RUN, ACTION_SERVE, PP_BLOCK_VMCB_VIRTUAL } from "../../../../abi/generated/bare/pp-block";
import { block64 } from "../../../src/pp";
import { takeFastCall } from "../../../src/syscall/fast";
import { skipInstructionOf } from "./vs";

/** Serves it if it is that one and all is well; else ACTION_SERVE. */
export function enterFastSyscall(reg0: u64, rax: u64): u32 {
  if (!takeFastCall(reg0, rax)) return ACTION_SERVE;
  skipInstructionOf(block64(PP_BLOCK_VMCB_VIRTUAL));
  return ACTION_RUN;
}
