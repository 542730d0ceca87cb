// The exit that this processor is at

import { Next } from "../life/next";

/** What is to happen when the handlers are done. */
let next: Next = Next.AdvanceAndRun;

export function takeNext(): Next {
  return next;
}

export function setNext(value: Next): void {
  next = value;
}

/** Why the VM exited. */
let reason: u64 = 0;

export function exitReason(): u64 {
  return reason;
}

export function setExitReason(value: u64): void {
  reason = value;
}
