// Takes memory and gives it back as the operating system asks: what happens to a hypervisor that grows and shrinks

import {
  allocatePage,
  CpuidExit,
  freePage,
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

/** The page that was taken last; each holds the address of the one before. */
let last: u64 = 0;
let count: u32 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS. */
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  onCpuid(serve);
  publishCounter("pages", () => count);
  return Next.Run;
}

function serve(exit: CpuidExit): bool {
  if (exit.leaf != LEAF_TAKE && exit.leaf != LEAF_GIVE) return false;
  const isDone = exit.leaf == LEAF_TAKE ? take(exit.subleaf) : give(exit.subleaf);
  exit.answer(count, isDone ? 0 : 1, 0, 0);
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
