// Shows one page to reading and another one to executing: two sets of nested page tables, and a switch between them
//
//     outside:  all of memory as it is, but the hooked page cannot be executed    executing it ──▶ inside
//     inside:   the patched copy is there, and nothing else can be executed       leaving it   ──▶ outside
//
// Nested page tables of AMD know no page that can be executed but not read, so code in the hooked page reads the copy.

import {
  ACCESS_EXECUTE,
  allocatePage,
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
  ownMemory,
  PAGE_BYTES,
  poke32,
  Right,
  readGuestPhysical,
  startRoot,
  translateGuest,
  Vs,
} from "@bareflank/sdk";

/**
 * Leaf that hooks the function at the virtual address in ECX, of the form MOV EAX, n; RET. EAX: 1 when it is done. The
 * address is sign-extended: Linux's modules lie in the upper 2 GiB.
 */
const LEAF_HOOK: u32 = 0x4000_0030;
/** What it returns instead of n. */
const PATCHED_RESULT: u32 = 2;
/** Where n stands in the instruction. */
const IMMEDIATE: u64 = 1;

const VISIBLE_GIBIBYTES: u32 = 512;
const NOTHING: u64 = 0xffff_ffff_ffff_ffff;

let outside: NestedTables | null = null;
let inside: NestedTables | null = null;
let hooked: u64 = NOTHING; // guest physical address of the page
let executions: u64 = 0;

/** Called on each processor when it starts: the operating system becomes its root VS, with nested paging. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  outside = NestedTables.identity(VISIBLE_GIBIBYTES);
  inside = NestedTables.identityForRoot(VISIBLE_GIBIBYTES, Right.Read | Right.Write);
  if (inside === null || !change(root, outside)) return Next.Fail;
  onCpuid(answer);
  onNestedPageFault(cross);
  onLeave(() => {
    logNumber("executions of the hooked page: ", executions);
  });
  return Next.Run;
}

/** Makes a VS see memory by these tables. */
function change(vs: Vs, tables: NestedTables | null): bool {
  if (tables === null) return false;
  tables.use(vs);
  return true;
}

function answer(exit: CpuidExit): bool {
  if (exit.leaf != LEAF_HOOK || guest.privilege != 0) return false;
  exit.answer(hook(<i64>(<i32>exit.subleaf)) ? 1 : 0, 0, 0, 0);
  return true;
}

/** Makes the patched copy, and takes the right to execute the page. One page at a time. */
function hook(address: u64): bool {
  const out = outside;
  const in_ = inside;
  const physical = translateGuest(address, ACCESS_EXECUTE);
  if (out === null || in_ === null || physical == NOT_MAPPED || hooked != NOTHING) return false;
  const page = physical & ~(PAGE_BYTES - 1);
  const copy = allocatePage();
  if (copy == 0 || !readGuestPhysical(ownMemory(copy), page, PAGE_BYTES)) return false;
  poke32(ownMemory(copy) + (physical - page) + IMMEDIATE, PATCHED_RESULT);
  if (!in_.map(page, copy, Right.Read | Right.Execute)) return false;
  if (!out.protect(page, PAGE_BYTES, Right.Read | Right.Write)) return false;
  hooked = page;
  guest.vs.flushTranslations();
  line(Level.Info).text("hooked ").hex(page).end();
  return true;
}

/** Code has entered the hooked page, or left it; or somebody writes to it from inside, which nobody does here. */
function cross(exit: NestedPageFaultExit): bool {
  if (!exit.isExecute) return false;
  const enters = (exit.address & ~(PAGE_BYTES - 1)) == hooked;
  if (enters) executions++;
  return change(exit.vs, enters ? inside : outside);
}
