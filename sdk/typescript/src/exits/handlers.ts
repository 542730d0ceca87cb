// The handlers of exits: for each kind a list of functions, the newest first
//
// One list for each instance. With one instance for all processors each of them registers what it needs, the same functions: the
// first time counts. Others may be at an exit meanwhile: a list is only added to, by one store.

/// <reference path="../calls/defines.d.ts" />

import { TCB_ACTIVE_VS } from "../../../../abi/generated/bare/tls";
import { storeRelease32 } from "../../../../bsl/src/atomic";
import { nativeAddress } from "../../../../bsl/src/memory";
import { SINGLETON } from "../calls/handle";
import { tcbLoad32 } from "../calls/tcb";
import { isShared, lockInstance, unlockInstance } from "../life/instance";
import { addNativeHandler, callNativeHandlers, hasNativeHandlers } from "./native-handlers";

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
  if (isDefined(OTHER_LANGUAGE)) addNativeHandler(kind, function_);
  else addOwn(kind, function_);
}

function addOwn(kind: Kind, function_: usize): void {
  lockInstance();
  if (isShared() == 0 || !has(kind, function_)) {
    const handler = new Handler(changetype<Function_>(function_), newest(kind), last);
    last = handler;
    storeRelease32(nativeAddress(<u32>(heads + <usize>kind * 4)), <u32>changetype<usize>(handler));
  }
  unlockInstance();
}

/** Whether a function is registered already. */
function has(kind: Kind, function_: usize): bool {
  let each = newest(kind);
  while (each !== null) {
    if (changetype<usize>(each.handle) == function_) return true;
    each = each.older;
  }
  return false;
}

/** Whether there is a handler of a kind. */
export function hasHandlers(kind: Kind): bool {
  if (isDefined(OTHER_LANGUAGE)) return hasNativeHandlers(kind);
  return newest(kind) !== null;
}

/** Calls the handlers of a kind, until one says that it has handled the exit: true then. */
export function callHandlers(kind: Kind): bool {
  if (isDefined(OTHER_LANGUAGE)) return callNativeHandlers(kind, tcbLoad32(TCB_ACTIVE_VS));
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
