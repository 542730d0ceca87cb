// Logs every instruction of a range that a CPUID leaf names, one at a time
//
// Code enters the range by executing a page that nested paging does not let it execute. From there on it goes in single
// steps, until an instruction lies outside.

import {
  ACCESS_EXECUTE,
  CpuidExit,
  guest,
  Level,
  line,
  logNumber,
  NestedPageFaultExit,
  NestedTables,
  Next,
  NOT_MAPPED,
  onCpuid,
  onLeave,
  onNestedPageFault,
  PAGE_BYTES,
  Right,
  startRoot,
  step,
  translateGuest,
} from "@bareflank/sdk";

/**
 * Leaf that names the range: it begins at the virtual address in ECX, sign-extended, since Linux's modules lie in the
 * upper 2 GiB. EAX: 1 when it is watched.
 */
const LEAF_WATCH: u32 = 0x4000_0050;
/** Bytes of the range; it lies in one page. */
const RANGE_BYTES: u64 = 64;

const VISIBLE_GIBIBYTES: u32 = 512;

let tables: NestedTables | null = null;
let start: u64 = 0; // virtual address; 0: nothing is watched
let page: u64 = 0; // guest physical address
let steps: u64 = 0; // on this processor

/** Called on each processor when it starts: the operating system becomes its root VS, with nested paging. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  const made = NestedTables.identity(VISIBLE_GIBIBYTES);
  if (made === null) return Next.Fail;
  tables = made.use(root);
  onCpuid(watch);
  onNestedPageFault(enter);
  onLeave(() => {
    logNumber("instructions in the range: ", steps);
  });
  return Next.Run;
}

function watch(exit: CpuidExit): bool {
  if (exit.leaf != LEAF_WATCH || guest.privilege != 0) return false;
  const address: u64 = <i64>(<i32>exit.subleaf);
  const physical = translateGuest(address, ACCESS_EXECUTE);
  const fits = (address & (PAGE_BYTES - 1)) + RANGE_BYTES <= PAGE_BYTES;
  const isNew = physical != NOT_MAPPED && fits && start == 0;
  if (isNew) {
    start = address;
    page = physical & ~(PAGE_BYTES - 1);
    give(Right.Read | Right.Write);
  }
  exit.answer(isNew ? 1 : 0, 0, 0, 0);
  return true;
}

/** Changes what this processor's VM may do with the page. */
function give(rights: Right): void {
  const map = tables;
  if (map === null) return;
  map.protect(page, PAGE_BYTES, rights);
  guest.vs.flushTranslations();
}

/** The page is to be executed: in the range, or elsewhere in it. Either way instruction by instruction. */
function enter(exit: NestedPageFaultExit): bool {
  if (!exit.isExecute || (exit.address & ~(PAGE_BYTES - 1)) != page) return false;
  give(Right.All);
  log();
  step(exit.vs, stepped);
  return true;
}

/** An instruction is done. Outside of the page the next one runs at full speed, until the page is entered again. */
function stepped(): void {
  if (translateGuest(guest.rip & ~(PAGE_BYTES - 1), ACCESS_EXECUTE) != page) {
    give(Right.Read | Right.Write);
    return;
  }
  log();
  step(guest.vs, stepped);
}

/** Logs the instruction at RIP, if it is in the range. */
function log(): void {
  if (guest.rip - start >= RANGE_BYTES) return;
  steps++;
  line(Level.Info).text("RIP ").hex(guest.rip).text(", RAX ").hex(guest.rax).end();
}
