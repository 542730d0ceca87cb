// Accesses to ports and MSRs that no handler wants: the root VM's are the machine's, another VM finds nothing there

import { ROOT_VMID } from "../../../../abi/generated/bare/syscalls";
import { TCB_ACTIVE_VM } from "../../../../abi/generated/bare/tls";
import { SINGLETON } from "../calls/handle";
import { tcbLoad32 } from "../calls/tcb";
import { Next } from "../life/next";
import { setNext, takeNext } from "./current";
import { IoExit } from "./io-exit";
import { MsrExit } from "./msr-exit";

/** Whether the VM that exited owns the machine. */
function isRoot(): bool {
  return tcbLoad32(TCB_ACTIVE_VM) == ROOT_VMID;
}

export function accessPort(): Next {
  setNext(Next.AdvanceAndRun);
  const exit = changetype<IoExit>(SINGLETON);
  if (isRoot()) exit.passThrough();
  else exit.leaveUnanswered();
  return takeNext();
}

export function accessMsr(): Next {
  setNext(Next.AdvanceAndRun);
  const exit = changetype<MsrExit>(SINGLETON);
  if (isRoot()) exit.passThrough();
  else exit.useOwn();
  return takeNext();
}
