// A hypervisor that an operating system boots in: firmware and operating system start processors, and all stay inside

import {
  hideVirtualization,
  InitSipi,
  MsrMap,
  NestedPageFaultExit,
  NestedTables,
  Next,
  Own,
  onNestedPageFault,
  Right,
  startRoot,
} from "@bareflank/sdk";

const GIBIBYTE: u64 = 1 << 30;
/** Physical memory that the root VM sees from the beginning, in GiB. */
const BEGINNING: u32 = 512;

/** What this processor sees. */
let tables: NestedTables | null = null;

/** Called on each processor when it starts: whatever runs there becomes its root VM. */
export function bootstrap(ppid: u32): Next {
  const seen = NestedTables.identity(BEGINNING);
  if (seen === null) return Next.Fail;
  tables = seen;
  InitSipi.virtualize(startRoot(ppid), seen, MsrMap.create());
  hideVirtualization();
  onNestedPageFault(showMore);
  return Next.Run;
}

/** Devices lie beyond, in some machines: each GiB is shown when something is first looked for there. */
function showMore(exit: NestedPageFaultExit): bool {
  const seen = tables;
  if (seen === null || exit.isPresent) return false;
  return seen.showIdentity(exit.address & ~(GIBIBYTE - 1), GIBIBYTE, Right.All, Own.Blank);
}
