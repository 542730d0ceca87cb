// What all exits have in common

import { guest } from "./guest";
import { Next } from "./next";
import { Vector } from "./vectors";
import { Vs } from "./vs";

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

/** The exit that this processor is at. A handler gets the class of its reason; there is one instance of each. */
@unmanaged
export class Exit {
  /** What is to happen next. Each reason has a sensible value to begin with, which its class names. */
  get next(): Next {
    return next;
  }
  set next(value: Next) {
    next = value;
  }

  /** The VS that exited. */
  get vs(): Vs {
    return guest.vs;
  }

  /** Why, as this processor's vendor numbers it: EXIT_*, AMD_EXIT_*, INTEL_EXIT_*. */
  get reason(): u64 {
    return reason;
  }

  /** Ends the exit with an exception in the VM, whose instruction has not happened then. Returns true: handled. */
  raise(vector: Vector, errorCode: u32): bool {
    next = this.vs.raiseWithCode(vector, errorCode);
    return true;
  }
}
