// The system call that ends nearly every exit, on Intel

import { ACTION_RUN, ACTION_SERVE } from "../../../../abi/generated/bare/pp-block";
import { countFastCall, isFastCall } from "../../../src/syscall/fast";
import { isPlainSkip, skipPlain } from "./completion";

/** Serves it if it is that one and all is well; else ACTION_SERVE. */
export function enterIntelFastSyscall(reg0: u64, rax: u64): u32 {
  if (!isFastCall(reg0, rax) || !isPlainSkip()) return ACTION_SERVE;
  countFastCall();
  skipPlain();
  return ACTION_RUN;
}
