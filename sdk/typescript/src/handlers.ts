// The handlers of exits: for each kind a list of functions, the newest first
//
// One list per processor, as every module's memory is. Functions are kept by their numbers in the module's table.

import { assertionFailed } from "./syscall";

/** What handlers are registered for. */
export enum Kind {
  Cpuid,
  MsrRead,
  MsrWrite,
  Io,
  ControlRead,
  ControlWrite,
  NestedPageFault,
  Hypercall,
  Hlt,
  Exception,
  InterruptWindow,
  Other,
}

/** How many handlers an extension may register. */
export const MAX_HANDLERS: u32 = 64;

/** A handler in its list; 0 ends a list. */
@unmanaged
class Handler {
  function: u32 = 0;
  next: u32 = 0;
}

/** First handler of each kind. */
const heads: usize = memory.data(12 * 4, 4);
/** Place 0 stays empty. */
const handlers: usize = memory.data(65 * 8, 8);
let count: u32 = 0;

function at(index: u32): Handler {
  return changetype<Handler>(handlers + <usize>(index * 8));
}

/** Puts a function in front of those of its kind. */
export function addHandler(kind: Kind, function_: u32): void {
  if (count == MAX_HANDLERS) assertionFailed();
  count++;
  const head = heads + <usize>kind * 4;
  at(count).function = function_;
  at(count).next = load<u32>(head);
  store<u32>(head, count);
}

/** Whether there is a handler of a kind. */
export function hasHandlers(kind: Kind): bool {
  return load<u32>(heads + <usize>kind * 4) != 0;
}

/** Calls the handlers of a kind, until one says that it has handled the exit: true then. */
export function callHandlers(kind: Kind): bool {
  let index = load<u32>(heads + <usize>kind * 4);
  while (index != 0) {
    if (call_indirect<bool>(at(index).function, <usize>0)) return true;
    index = at(index).next;
  }
  return false;
}
