// Intercepted exceptions: the VM's own handler has not seen them yet
//
// AMD: the vector is in the exit code, error code and address in EXITINFO1 and 2 (APM volume 2, 15.12). Intel: exit
// interruption information, and the qualification (SDM volume 3, 28.2.1 and 28.2.2).

import { AMD_EXIT_EXCEPTION } from "../../../../abi/generated/bare/callbacks";
import { Register } from "../../../../abi/generated/bare/enumerations";
import {
  INTEL_REG_VMEXIT_INTERRUPTION_ERROR_CODE,
  INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION,
} from "../../../../abi/generated/bare/registers-intel";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import { Exit } from "./exit";
import { information1, information2 } from "./told";

const VECTOR: u64 = 0xff;
/** Bits of DR6 that the qualification of #DB has: B0 to B3, BD, BS (table 28-1). */
const DEBUG_CAUSES: u64 = 0x600f;
const DEBUG_HITS: u64 = 0xf;

/** An exception is raised in the VM. Next is Run; without a handler the VM gets it. */
@unmanaged
export class ExceptionExit extends Exit {
  get vector(): Vector {
    if (isIntel()) return <Vector>(this.vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION) & VECTOR);
    return <Vector>(this.reason - AMD_EXIT_EXCEPTION);
  }
  /** The error code, of exceptions that have one. */
  get errorCode(): u32 {
    return <u32>(isIntel() ? this.vs.read(INTEL_REG_VMEXIT_INTERRUPTION_ERROR_CODE) : information1());
  }
  /** The address that a page fault is about. */
  get address(): u64 {
    return isIntel() ? information1() : information2();
  }

  /** Gives it to the VM, as if it had not been intercepted. */
  passThrough(): void {
    const vector = this.vector;
    // What is written when the exception is delivered: CR2, on Intel DR6; and RIP points at INT3 itself
    if (vector == Vector.PageFault) guest.cr2 = this.address;
    if (vector == Vector.Debug && isIntel()) this.writeDr6();
    if (vector == Vector.Breakpoint || vector == Vector.Overflow) guest.rip = guest.rip + 1;
    this.raise(vector, this.errorCode);
    this.next = Next.Run;
  }

  private writeDr6(): void {
    const kept = this.vs.get(Register.Dr6) & ~DEBUG_HITS;
    this.vs.set(Register.Dr6, kept | (information1() & DEBUG_CAUSES));
  }
}
