// Counts the system calls of Linux's programs, by name
//
// With EFER.SCE clear, SYSCALL and SYSRET are invalid instructions: each is carried out here, and Linux is told that SCE
// is set.

import {
  ExceptionExit,
  guest,
  Level,
  line,
  MSR_EFER,
  MsrExit,
  MsrMap,
  Next,
  onException,
  onLeave,
  onMsrRead,
  onMsrWrite,
  startRoot,
  Vector,
} from "@bareflank/sdk";
import { NAMED_CALLS, nameOf } from "./names";
import { isSyscall, isSysret, syscall, sysret } from "./syscall-instructions";

const EFER_SCE: u64 = 1;

/** How often each call was made on this processor; the last one: calls without a name. */
const counts: StaticArray<u32> = new StaticArray<u32>(<i32>NAMED_CALLS + 1);

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid).interceptException(Vector.UndefinedOpcode, true);
  guest.efer = guest.efer & ~EFER_SCE;
  MsrMap.create().use(root).trapReads(MSR_EFER).trapWrites(MSR_EFER);
  onException(trace);
  onMsrRead((exit: MsrExit): bool => {
    if (exit.read()) exit.value = exit.value | EFER_SCE;
    return true;
  });
  onMsrWrite((exit: MsrExit): bool => {
    exit.value = exit.value & ~EFER_SCE;
    return exit.write();
  });
  onLeave(report);
  return Next.Run;
}

/** An invalid instruction: one of the two, or really invalid. */
function trace(exit: ExceptionExit): bool {
  if (exit.vector != Vector.UndefinedOpcode) return false;
  if (isSyscall()) {
    const number = guest.rax < NAMED_CALLS ? <i32>guest.rax : <i32>NAMED_CALLS;
    counts[number] += 1;
    syscall();
    return true;
  }
  if (!isSysret()) return false;
  sysret();
  return true;
}

/** Before the processor leaves: SYSCALL is an instruction again, and the counts go to the debug ring. */
function report(): void {
  guest.efer = guest.efer | EFER_SCE;
  for (let number: u32 = 0; number <= NAMED_CALLS; number++) {
    const count = counts[number];
    if (count != 0) line(Level.Info).text(nameOf(number)).text(": ").decimal(count).end();
  }
}
