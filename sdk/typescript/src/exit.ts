// What all exits have in common

import { AMD_REG_EXITCODE, AMD_REG_EXITINFO1, AMD_REG_EXITINFO2 } from "../../../abi/generated/bare/registers-amd";
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

  /** Why: EXIT_*. */
  get reason(): u64 {
    return this.vs.read(AMD_REG_EXITCODE);
  }

  /** EXITINFO1 and EXITINFO2; what they hold depends on the reason (APM volume 2, 15.9 to 15.14). */
  get information1(): u64 {
    return this.vs.read(AMD_REG_EXITINFO1);
  }
  get information2(): u64 {
    return this.vs.read(AMD_REG_EXITINFO2);
  }

  /** Ends the exit with an exception in the VM, whose instruction has not happened then. Returns true: handled. */
  raise(vector: Vector, errorCode: u32): bool {
    next = this.vs.raiseWithCode(vector, errorCode);
    return true;
  }
}
