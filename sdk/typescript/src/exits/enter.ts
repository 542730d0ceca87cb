// What the start file calls for each exit: the handlers, and what is done around them

import { useDispatcher } from "../calls/syscall";
import { isManaged } from "../life/flavour";
import { Next } from "../life/next";
import { collectIfNeeded } from "../memory/collector";
import { dispatch } from "./dispatch";

/** A vmexit callback. */
type Entry = (vsid: u32, reason: u64) => Next;

/** Whether another function than handle() is called: that calls it then. */
let isWrapped: bool = false;

/** Makes the handlers those of all exits. */
export function useHandlers(): void {
  if (isWrapped) return;
  // Here and not at the top level: an extension that registers nothing shall not carry the dispatcher with it
  const entry: Entry = isManaged ? handle : dispatch;
  useDispatcher(entry.index);
}

/** Has a function called for all exits that does something before it calls handle(). */
export function wrapHandlers(entry: Entry): void {
  isWrapped = true;
  useDispatcher(entry.index);
}

/** What is done before the handlers of an extension in C, C++ or Rust, if anything. */
export let arrivals: (() => void) | null = null;

/** Has a function called before the handlers of each exit: sdk/c/exports/handlers.ts does. */
export function beforeHandlers(call: () => void): void {
  arrivals = call;
}

/** Calls the handlers of an exit. */
export function handle(vsid: u32, reason: u64): Next {
  const next = dispatch(vsid, reason);
  collectIfNeeded();
  return next;
}
