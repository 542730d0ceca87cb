// System calls on the ways that look (entry.S)

import { ACTION_SERVE } from "../../../abi/generated/bare/pp-block";
import { reenterKernel } from "../../src/work";
import { secureCall } from "./speculation";

/** What is to be done before all calls; none is fast here. Result: ACTION_SERVE. */
export function enterCarefulSyscall(_reg0: u64, _rax: u64): u32 {
  secureCall();
  reenterKernel();
  return ACTION_SERVE;
}
