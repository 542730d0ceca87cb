// Which physical processor this is, and of how many

import { TCB_ONLINE_PPS, TCB_PPID } from "../../../../abi/generated/bare/tls";
import { tcbLoad16 } from "./tcb";

/** The PP's number, from 0. */
export function processorNumber(): u32 {
  return tcbLoad16(TCB_PPID);
}

/** How many there are. */
export function processorCount(): u32 {
  return tcbLoad16(TCB_ONLINE_PPS);
}
