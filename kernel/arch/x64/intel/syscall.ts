// The system call that ends nearly every exit, on Intel

import { ACTION_RUN, ACTION_SERVE } from "../../../../abi/generated/bare/pp-block";
import { takeFastCall } from "../../../src/syscall/fast";
import { skipInstruction } from "./vs";

/** Serves it if it is that one and all is well; else ACTION_SERVE. */
export function enterIntelFastSyscall(reg0: u64, rax: u64): u32 {
  if (!takeFastCall(reg0, rax)) return ACTION_SERVE;
  skipInstruction();
  return ACTION_RUN;
}
