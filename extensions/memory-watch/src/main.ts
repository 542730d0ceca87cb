// Logs who writes to the page with the interrupt descriptor table, and lets it happen

import {
  ACCESS_READ,
  guest,
  Level,
  line,
  logNumber,
  NestedPageFaultExit,
  NestedTables,
  Next,
  NOT_MAPPED,
  onLeave,
  onNestedPageFault,
  PAGE_BYTES,
  Register,
  Right,
  startRoot,
  step,
  translateGuest,
} from "@bareflank/sdk";

/** Physical memory that the VM sees. */
const GIBIBYTES: u32 = 512;

let tables: NestedTables | null = null;
let watched: u64 = 0; // guest physical address of the page
let writes: u64 = 0; // on this processor

/** Called on each processor when it starts: the operating system becomes its root VS, with nested paging. */
export function bootstrap(ppid: u32): Next {
  const root = startRoot(ppid);
  const table = translateGuest(root.get(Register.IdtrBase), ACCESS_READ);
  const made = NestedTables.identity(GIBIBYTES);
  if (made === null || table == NOT_MAPPED) return Next.Fail;
  tables = made;
  watched = table & ~(PAGE_BYTES - 1);
  if (!made.protect(watched, PAGE_BYTES, Right.Read)) return Next.Fail;
  made.use(root);
  onNestedPageFault(logWrite);
  onLeave(() => {
    logNumber("writes to the watched page: ", writes);
  });
  line(Level.Info).text("watching ").hex(watched).end();
  return Next.Run;
}

/** A write to the page: logged, and done by one instruction for which the page is writable. */
function logWrite(exit: NestedPageFaultExit): bool {
  if ((exit.address & ~(PAGE_BYTES - 1)) != watched) return false;
  writes++;
  line(Level.Info).text("write to ").hex(exit.address).text(" at RIP ").hex(guest.rip).end();
  give(Right.Read | Right.Write);
  step(exit.vs, () => {
    give(Right.Read);
  });
  return true;
}

/** Changes what this processor's VM may do with the page. */
function give(rights: Right): void {
  const map = tables;
  if (map === null) return;
  map.protect(watched, PAGE_BYTES, rights);
  guest.vs.flushTranslations();
}
