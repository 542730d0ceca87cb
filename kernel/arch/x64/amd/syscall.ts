// The system call that ends nearly every exit, on AMD

import { ACTION_RUN, ACTION_SERVE, PP_BLOCK_VMCB_VIRTUAL } from "../../../../abi/generated/bare/pp-block";
import { block64 } from "../../../src/pp";
import { countFastCall, isFastCall } from "../../../src/syscall/fast";
import { isPlainSkip, skipPlain } from "./completion";

/** Serves it if it is that one and all is well; else ACTION_SERVE. */
export function enterFastSyscall(reg0: u64, rax: u64): u32 {
  const vmcb = block64(PP_BLOCK_VMCB_VIRTUAL);
  if (!isFastCall(reg0, rax) || !isPlainSkip(vmcb)) return ACTION_SERVE;
  countFastCall();
  skipPlain(vmcb);
  return ACTION_RUN;
}
