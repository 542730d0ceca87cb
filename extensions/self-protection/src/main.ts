// Hides the hypervisor's own memory from the operating system, when told to by a CPUID leaf
//
// Not from the beginning: while other processors are on their way into the VM, the loader still looks at what it made.

import {
  CpuidExit,
  findHypervisorMemory,
  guest,
  Level,
  line,
  logNumber,
  NestedPageFaultExit,
  NestedTables,
  Next,
  Own,
  onCpuid,
  onLeave,
  onNestedPageFault,
  PAGE_BYTES,
  Right,
  startRoot,
  Vector,
  Vs,
} from "@bareflank/sdk";

/**
 * Leaf that hides the hypervisor's memory from the processor that asks for it. EAX: how many pages are hidden; the longest
 * run of them begins at page number EBX, and has ECX pages.
 */
const LEAF_HIDE: u32 = 0x4000_0020;

/** Physical memory that the VM sees, and the part of it in which hidden pages are counted. */
const VISIBLE_GIBIBYTES: u32 = 512;
const COUNTED_BYTES: u64 = 1 << 30;

/** Everything as it is, and everything with zeroes where the hypervisor is. */
let open: NestedTables | null = null;
let closed: NestedTables | null = null;
let hidden: u64 = 0;
/** The run of hidden pages that is being counted, and the longest one. */
let runStart: u64 = 0;
let runEnd: u64 = 0;
let longestStart: u64 = 0;
let longestEnd: u64 = 0;
let refused: u64 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS, with nested paging. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  open = NestedTables.identity(VISIBLE_GIBIBYTES);
  closed = NestedTables.identityWith(VISIBLE_GIBIBYTES, Right.All, Own.Blank);
  if (closed === null || !change(root, open)) return Next.Fail;
  onCpuid(hide);
  onNestedPageFault(refuse);
  // The loader needs its memory again
  onLeave(() => {
    change(guest.vs, open);
    logNumber("pages that were hidden: ", hidden);
    logNumber("writes refused: ", refused);
  });
  return Next.Run;
}

/** Makes a VS see memory by these tables. */
function change(vs: Vs, tables: NestedTables | null): bool {
  if (tables === null) return false;
  tables.use(vs);
  return true;
}

/** Hides the hypervisor's pages, and counts them when it is asked for the first time. */
function hide(exit: CpuidExit): bool {
  if (exit.leaf != LEAF_HIDE) return false;
  if (hidden == 0) {
    change(exit.vs, closed);
    if (!findHypervisorMemory(0, COUNTED_BYTES, countPage)) line(Level.Error).text("no memory to count by").end();
    line(Level.Info).text("hidden: ").decimal(hidden).text(" pages, most of them from ").hex(longestStart).end();
  }
  exit.answer(<u32>hidden, <u32>(longestStart >> 12), <u32>((longestEnd - longestStart) >> 12), 0);
  return true;
}

function countPage(page: u64): void {
  hidden++;
  if (page != runEnd) runStart = page;
  runEnd = page + PAGE_BYTES;
  if (runEnd - runStart <= longestEnd - longestStart) return;
  longestStart = runStart;
  longestEnd = runEnd;
}

/** A write to a hidden page, or an attempt to execute it: the operating system sees a general protection fault. */
function refuse(exit: NestedPageFaultExit): bool {
  refused++;
  line(Level.Warning).text("refused: ").hex(exit.address).text(" at RIP ").hex(guest.rip).end();
  return exit.raise(Vector.GeneralProtection, 0);
}
