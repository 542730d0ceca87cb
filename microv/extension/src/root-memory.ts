// What the root VM sees: all of the machine's memory but the hypervisor's, of which it reads zeros; and pages that it shares
// with MicroV
//
// One set of tables for all processors.

import { NestedTables, Next, nestedPageFault, Own, PAGE_BYTES, Right, Vector, Vs } from "@bareflank/sdk";
import { lockObjects, unlockObjects } from "./lock";

const GIBIBYTE: u64 = 1 << 30;
/** What it sees from the beginning; the rest when it is touched. In GiB. */
const BEGINNING: u32 = 512;
/** Where each GiB takes a page of tables. */
const BEGINNING_SMALL: u32 = 4;

let tables: NestedTables | null = null;

/** Has a processor's root VS see it; false: there is no memory. The first processor is alone. */
export function showToRoot(root: Vs): bool {
  let seen = tables;
  if (seen === null) seen = NestedTables.identity(NestedTables.hasGibibytePages ? BEGINNING : BEGINNING_SMALL);
  if (seen === null) return false;
  // bf-allow shared-variable: the first processor is alone
  tables = seen;
  seen.use(root);
  return true;
}

/** Shows it a page of the extension's own, and hides it again; false: there is no memory. Behind the lock. */
export function shareWithRoot(page: u64): bool {
  const seen = tables;
  return seen !== null && seen.map(page, page, Right.Read | Right.Write);
}
export function hideFromRoot(page: u64): bool {
  const seen = tables;
  return seen !== null && seen.showIdentity(page, PAGE_BYTES, Right.All, Own.Blank);
}

/** Whether no other processor can see any more what was hidden. Behind the lock. */
export function hasRootForgotten(): bool {
  const seen = tables;
  return seen !== null && seen.unflushedProcessors == 0;
}

/** It touched what it does not see: a device beyond the beginning, which it sees from now on, or the hypervisor. */
export function showMore(vs: Vs): Next {
  const seen = tables;
  if (seen === null || nestedPageFault.isPresent) return vs.raiseWithCode(Vector.GeneralProtection, 0);
  lockObjects();
  const isShown = seen.showIdentity(nestedPageFault.address & ~(GIBIBYTE - 1), GIBIBYTE, Right.All, Own.Blank);
  unlockObjects();
  return isShown ? Next.Run : vs.raiseWithCode(Vector.GeneralProtection, 0);
}
