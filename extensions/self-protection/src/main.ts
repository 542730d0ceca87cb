// Hides the hypervisor's own memory from the operating system, and says who writes there
//
// The default extension lets the microkernel do that, in one line; here the extension keeps the tables.

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
  onCpuid,
  onLeave,
  onNestedPageFault,
  PAGE_BYTES,
  startRoot,
  Vector,
} from "@bareflank/sdk";

/** Leaf that counts. EAX: how many pages are hidden; the longest run of them begins at page number EBX, and has ECX pages. */
const LEAF_COUNT: u32 = 0x4000_0020;

/** Physical memory that the VM sees, and the part of it in which hidden pages are counted. */
const VISIBLE_GIBIBYTES: u32 = 512;
const COUNTED_BYTES: u64 = 1 << 30;

let hidden: u64 = 0;
/** The run of hidden pages that is being counted, and the longest one. */
let runStart: u64 = 0;
let runEnd: u64 = 0;
let longestStart: u64 = 0;
let longestEnd: u64 = 0;
let refused: u64 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS, with zeroes where the hypervisor is. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  const tables = NestedTables.identity(VISIBLE_GIBIBYTES);
  if (tables === null) return Next.Fail;
  tables.use(root);
  onCpuid(count);
  onNestedPageFault(refuse);
  onLeave(() => {
    logNumber("writes refused: ", refused);
  });
  return Next.Run;
}

/** Counts the hypervisor's pages when it is asked for the first time. */
function count(exit: CpuidExit): bool {
  if (exit.leaf != LEAF_COUNT) return false;
  if (hidden == 0) {
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
