// What all exits have in common

import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { Next } from "../life/next";
import { Vs } from "../vs/vs";
import { exitReason, setNext, takeNext } from "./current";

/** The exit that this processor is at. A handler gets the class of its reason; there is one instance of each. */
@unmanaged
export class Exit {
  /** What is to happen next. Each reason has a sensible value to begin with, which its class names. */
  get next(): Next {
    return takeNext();
  }
  set next(value: Next) {
    setNext(value);
  }

  /** The VS that exited. */
  get vs(): Vs {
    return guest.vs;
  }

  /** Why, as this processor's vendor numbers it: EXIT_*, AMD_EXIT_*, INTEL_EXIT_*. */
  get reason(): u64 {
    return exitReason();
  }

  /** Ends the exit with an exception in the VM, whose instruction has not happened then. Returns true: handled. */
  raise(vector: Vector, errorCode: u32): bool {
    setNext(this.vs.raiseWithCode(vector, errorCode));
    return true;
  }
}
