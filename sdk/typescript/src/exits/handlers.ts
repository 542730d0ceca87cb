// The handlers of exits: for each kind a list of functions, the newest first
//
// One list per processor, as every module's memory is: an extension with one instance for all has none.

import { SINGLETON } from "../calls/handle";
import { requireOwnInstance } from "../life/instance";

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
  Kick,
  Other,
}

/** What every handler is to the dispatcher: exits have no state of their own, so that any reference will do. */
type Function_ = (exit: usize) => bool;

/** A handler, the older one of its kind, and the one that was registered before it for whatever kind. */
class Handler {
  constructor(
    readonly handle: Function_,
    readonly older: Handler | null,
    readonly previous: Handler | null,
  ) {}
}

/** References to the newest handler of each kind. The collector does not know this memory. */
const heads: usize = memory.data(4 * 13, 4);
/** What it does know: from here a way leads to all. */
let last: Handler | null = null;

/** Puts a function in front of those of its kind. */
export function addHandler(kind: Kind, function_: usize): void {
  requireOwnInstance();
  const handler = new Handler(changetype<Function_>(function_), newest(kind), last);
  last = handler;
  store<usize>(heads + <usize>kind * 4, changetype<usize>(handler));
}

/** Whether there is a handler of a kind. */
export function hasHandlers(kind: Kind): bool {
  return newest(kind) !== null;
}

/** Calls the handlers of a kind, until one says that it has handled the exit: true then. */
export function callHandlers(kind: Kind): bool {
  let handler = newest(kind);
  while (handler !== null) {
    if (handler.handle(SINGLETON)) return true;
    handler = handler.older;
  }
  return false;
}

function newest(kind: Kind): Handler | null {
  return changetype<Handler | null>(load<usize>(heads + <usize>kind * 4));
}
