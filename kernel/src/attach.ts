// Which nested page tables and permission maps a VS has
//
// What an object is taken from must not be used by any processor afterwards: its translations are flushed before a guest
// is entered again.

import { attachIoMap, attachMsrMap, attachNestedTables } from "#arch/objects";
import { takeOwnMsrs } from "#arch/own-msrs";
import { requestFlush } from "#arch/vendor";
import { MAP_MSR } from "../../abi/generated/bare/objects";
import { MAX_PPS } from "../../abi/generated/bare/syscalls";
import { requestGuestFlush } from "./kick";
import { Nested, nestedAt } from "./nested/nested";
import { mapAt, PermissionMap } from "./permission-map";
import { activeVs, ppid } from "./pp";
import { Vs } from "./vs";

/** Makes a VS see memory by nested page tables, instead of those that it had. */
export function useNested(vs: Vs, nested: Nested): void {
  nested.users++;
  nested.holders.add(vs.ppid);
  if (vs.nested != 0) leave(vs);
  vs.nested = nested.id + 1;
  if (vs.active != 0) nested.runners.add(vs.ppid);
  attachNestedTables(vs, nested.root, nested.tracked != 0);
  if (vs.ppid != ppid()) requestGuestFlush(vs.ppid);
}

/** Takes its nested page tables from a VS. */
export function dropNested(vs: Vs): void {
  if (vs.nested == 0) return;
  leave(vs);
  vs.nested = 0;
  attachNestedTables(vs, 0, false);
  // Another VS may get its address space identifier
  requestGuestFlush(vs.ppid);
}

function leave(vs: Vs): void {
  const nested = nestedAt(vs.nested - 1);
  nested.users--;
  if (vs.active != 0) nested.runners.remove(vs.ppid);
}

/** Makes a VS exit by a permission map, instead of the one of its kind that it had. */
export function useMap(vs: Vs, map: PermissionMap): void {
  map.users++;
  dropMap(vs, map.kind);
  if (map.kind == MAP_MSR) {
    vs.msrMap = map.id + 1;
    attachMsrMap(vs, map.physical);
    takeOwnMsrs(vs);
  } else {
    vs.ioMap = map.id + 1;
    attachIoMap(vs, map.physical);
  }
}

/** Takes a permission map from a VS. */
export function dropMap(vs: Vs, kind: u32): void {
  const present = kind == MAP_MSR ? vs.msrMap : vs.ioMap;
  if (present == 0) return;
  mapAt(present - 1).users--;
  if (kind == MAP_MSR) {
    vs.msrMap = 0;
    attachMsrMap(vs, 0);
  } else {
    vs.ioMap = 0;
    attachIoMap(vs, 0);
  }
}

/** A VS belongs to another processor now. */
export function followVs(vs: Vs): void {
  if (vs.nested == 0) return;
  nestedAt(vs.nested - 1).holders.add(vs.ppid);
  requestGuestFlush(vs.ppid);
}

/** Makes all processors flush that may hold translations of nested page tables, before they enter a guest again. */
export function flushNested(nested: Nested): void {
  for (let id = nested.holders.next(0); id < MAX_PPS; id = nested.holders.next(id + 1)) {
    if (id == ppid() && nested.users == 1) flushHere(nested);
    else requestGuestFlush(id);
  }
}

/** On this processor: most often its active VS is the only one to be flushed. */
function flushHere(nested: Nested): void {
  const vs = activeVs();
  if (vs !== null && vs.nested == nested.id + 1) requestFlush(vs);
  else requestGuestFlush(ppid());
}
