// Takes memory and gives it back as the operating system asks: what happens to a hypervisor that grows and shrinks

import {
  allocatePage,
  allocateRun,
  CpuidExit,
  freePage,
  freeRun,
  Next,
  onCpuid,
  ownMemory,
  peek64,
  poke64,
  publishCounter,
  startRoot,
} from "@bareflank/sdk";

/** Leaves that take, and give back, as many pages as ECX says: EAX is what this processor has then, EBX 1: not so many. */
const LEAF_TAKE: u32 = 0x4000_0012;
const LEAF_GIVE: u32 = 0x4000_0013;

/** Leaves that take a run of as many MiB as ECX says, and give it back: EAX is the MiB that this processor has in a run, EBX as above. */
const LEAF_TAKE_RUN: u32 = 0x4000_0014;
const LEAF_GIVE_RUN: u32 = 0x4000_0015;
/** Leaf that has this processor's linear memory grow by as many times 64 KiB as ECX says: EAX is the KiB that it has then, EBX as above. */
const LEAF_GROW: u32 = 0x4000_0016;
const MIB: u64 = 0x10_0000;

/** The page that was taken last; each holds the address of the one before. */
let last: u64 = 0;
let count: u32 = 0;
/** The run, and its MiB; 0: there is none. */
let run: u64 = 0;
let runMib: u32 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  onCpuid(serve);
  publishCounter("pages", () => count);
  return Next.Run;
}

function serve(exit: CpuidExit): bool {
  switch (exit.leaf) {
    case LEAF_TAKE:
      return answer(exit, take(exit.subleaf), count);
    case LEAF_GIVE:
      return answer(exit, give(exit.subleaf), count);
    case LEAF_TAKE_RUN:
      return answer(exit, takeRun(exit.subleaf), runMib);
    case LEAF_GIVE_RUN:
      return answer(exit, giveRun(), runMib);
    case LEAF_GROW:
      return answer(exit, memory.grow(exit.subleaf) >= 0, <u32>memory.size() * 64);
    default:
      return false;
  }
}

function answer(exit: CpuidExit, isDone: bool, has: u32): bool {
  exit.answer(has, isDone ? 0 : 1, 0, 0);
  return true;
}

/** False when there is none yet: the kernel has asked for it. Writes to its first and last word. */
function takeRun(mib: u32): bool {
  if (run != 0) return false;
  run = allocateRun(mib * MIB);
  if (run == 0) return false;
  runMib = mib;
  const first = ownMemory(run);
  const last = first + mib * MIB - 8;
  const isZeroed = peek64(first) == 0 && peek64(last) == 0;
  poke64(first, run);
  poke64(last, run);
  return isZeroed && peek64(first) == run && peek64(last) == run;
}

function giveRun(): bool {
  if (run == 0) return false;
  freeRun(run);
  run = 0;
  runMib = 0;
  return true;
}

/** False when there was no page left: the kernel has asked for memory, and it comes when the operating system runs. */
function take(pages: u32): bool {
  for (let i: u32 = 0; i < pages; i++) {
    const page = allocatePage();
    if (page == 0) return false;
    poke64(ownMemory(page), last);
    last = page;
    count++;
  }
  return true;
}

function give(pages: u32): bool {
  for (let i: u32 = 0; i < pages; i++) {
    if (last == 0) return false;
    const page = last;
    last = peek64(ownMemory(page));
    freePage(page);
    count--;
  }
  return true;
}
