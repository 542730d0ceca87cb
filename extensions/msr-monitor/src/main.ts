// Logs who changes the MSRs that system calls go through, and keeps LSTAR, the entry of system calls, as it is

import {
  guest,
  Level,
  line,
  logNumber,
  MSR_CSTAR,
  MSR_LSTAR,
  MSR_SFMASK,
  MSR_STAR,
  MSR_SYSENTER_EIP,
  MsrExit,
  MsrMap,
  Next,
  onLeave,
  onMsrWrite,
  Register,
  startRoot,
  Vector,
} from "@bareflank/sdk";

let allowed: u64 = 0; // writes, on this processor
let refused: u64 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  MsrMap.create()
    .use(startRoot(ppid))
    .trapWrites(MSR_STAR)
    .trapWrites(MSR_LSTAR)
    .trapWrites(MSR_CSTAR)
    .trapWrites(MSR_SFMASK)
    .trapWrites(MSR_SYSENTER_EIP);
  onMsrWrite(watch);
  onLeave(() => {
    logNumber("MSR writes allowed: ", allowed);
    logNumber("MSR writes refused: ", refused);
  });
  return Next.Run;
}

/** Logs every write. Whoever moves the entry of system calls sees a general protection fault. */
function watch(exit: MsrExit): bool {
  const isRefused = exit.index == MSR_LSTAR && exit.value != exit.vs.get(Register.Lstar);
  line(isRefused ? Level.Warning : Level.Info)
    .text(isRefused ? "refused: MSR " : "MSR ")
    .hex(exit.index)
    .text(" := ")
    .hex(exit.value)
    .text(" at RIP ")
    .hex(guest.rip)
    .end();
  if (isRefused) {
    refused++;
    return exit.raise(Vector.GeneralProtection, 0);
  }
  allowed++;
  return exit.write();
}
