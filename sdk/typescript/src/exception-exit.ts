// Intercepted exceptions (APM volume 2, 15.12): the VM's own handler has not seen them yet

import { Exit } from "./exit";
import { EXIT_EXCEPTION } from "./exits";
import { guest } from "./guest";
import { Next } from "./next";
import { Vector } from "./vectors";

/** An exception is raised in the VM. Next is Run; without a handler the VM gets it. */
@unmanaged
export class ExceptionExit extends Exit {
  get vector(): Vector {
    return <Vector>(this.reason - EXIT_EXCEPTION);
  }
  /** The error code, of exceptions that have one. */
  get errorCode(): u32 {
    return <u32>this.information1;
  }
  /** The address that a page fault is about. */
  get address(): u64 {
    return this.information2;
  }

  /** Gives it to the VM, as if it had not been intercepted. */
  passThrough(): void {
    const vector = this.vector;
    // CR2 is written when the fault is delivered, and RIP points at INT3 itself
    if (vector == Vector.PageFault) guest.cr2 = this.address;
    if (vector == Vector.Breakpoint || vector == Vector.Overflow) guest.rip = guest.rip + 1;
    this.raise(vector, this.errorCode);
    this.next = Next.Run;
  }
}
