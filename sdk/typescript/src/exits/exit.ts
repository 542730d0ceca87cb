// What all exits have in common

import { EXIT_KICK } from "../../../../abi/generated/bare/callbacks";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { codeMode } from "../guest/instruction";
import { Next } from "../life/next";
import { Vs } from "../vs/vs";
import { exitReason, setNext, takeNext } from "./current";
import { EXIT_CPUID } from "./reasons";
import { toldMode, toldRflags, toldRip } from "./told";

/** CPUID's exits are not told of, and a kick is none. */
function isTold(): bool {
  return exitReason() != EXIT_CPUID && exitReason() != EXIT_KICK;
}

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

  /** RIP at the exit: a load, but for CPUID's. What a handler writes to guest.rip since does not change it. */
  get rip(): u64 {
    return isTold() ? toldRip() : guest.rip;
  }

  /** RFLAGS at the exit, likewise. */
  get rflags(): u64 {
    return isTold() ? toldRflags() : guest.rflags;
  }

  /** MODE_16, MODE_32 or MODE_64, of the code that exited, likewise. */
  get mode(): u32 {
    return isTold() ? toldMode() : codeMode();
  }

  /** Ends the exit with an exception in the VM, whose instruction has not happened then. Returns true: handled. */
  raise(vector: Vector, errorCode: u32): bool {
    setNext(this.vs.raiseWithCode(vector, errorCode));
    return true;
  }
}
