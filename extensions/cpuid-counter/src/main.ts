// Counts CPUIDs, on each processor for itself; a CPUID leaf of its own tells the count

import { CpuidExit, logNumber, Next, onCpuid, onLeave, publishCounter, startRoot } from "@bareflank/sdk";

/** Leaf that tells the count: lower half in EAX, upper half in EDX; in EBX how many of them asked for this leaf. */
const LEAF_COUNT: u32 = 0x4000_0010;

let count: u64 = 0;
let asked: u32 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  onCpuid(countOne);
  onLeave(() => {
    logNumber("CPUIDs counted: ", count);
    logNumber("of these for the count itself: ", asked);
  });
  publishCounter("cpuids", () => count);
  publishCounter("asked", () => asked);
  return Next.Run;
}

/** The newest handler is asked first, so it sees every CPUID. False: somebody else is to answer. */
function countOne(exit: CpuidExit): bool {
  count++;
  if (exit.leaf != LEAF_COUNT) return false;
  exit.answer(<u32>count, ++asked, 0, <u32>(count >> 32));
  return true;
}
