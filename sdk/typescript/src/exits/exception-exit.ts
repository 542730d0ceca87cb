// Intercepted exceptions: the VM's own handler has not seen them yet
//
// AMD: the vector is in the exit code, error code and address in EXITINFO1 and 2 (APM volume 2, 15.12). Intel: exit
// interruption information, and the qualification (SDM volume 3, 28.2.1 and 28.2.2).

import { AMD_EXIT_EXCEPTION } from "../../../../abi/generated/bare/callbacks";
import { EVENT_TYPE } from "../../../../abi/generated/bare/events";
import {
  INTEL_REG_VMEXIT_INSTRUCTION_LENGTH,
  INTEL_REG_VMEXIT_INTERRUPTION_ERROR_CODE,
  INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION,
} from "../../../../abi/generated/bare/registers-intel";
import { Vector } from "../events/vectors";
import { guest } from "../guest/guest";
import { Next } from "../life/next";
import { isIntel } from "../vendor/vendor";
import { deliverDebug } from "./debug-delivery";
import { Exit } from "./exit";
import { information1, information2 } from "./told";

const VECTOR: u64 = 0xff;
/** Of EVENT_TYPE: INT1 (SDM volume 3, table 25-17). */
const TYPE_PRIVILEGED: u64 = 0x500;
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
    // What is written when the exception is delivered: CR2, on Intel debug registers; and RIP points at INT3 itself
    if (vector == Vector.PageFault) guest.cr2 = this.address;
    if (this.isOfInstruction(vector)) this.skip();
    if (vector == Vector.Debug && isIntel()) deliverDebug(this.vs, information1());
    this.raise(vector, this.errorCode);
    this.next = Next.Run;
  }

  /** Whether RIP is at an instruction that is behind it when the exception is delivered: INT3, INTO, on Intel INT1. */
  private isOfInstruction(vector: Vector): bool {
    if (vector == Vector.Breakpoint || vector == Vector.Overflow) return true;
    if (vector != Vector.Debug || !isIntel()) return false;
    return (this.vs.read(INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION) & EVENT_TYPE) == TYPE_PRIVILEGED;
  }

  /** Prefixes count on Intel, whose processors tell the length (SDM volume 3, 28.2.5). */
  private skip(): void {
    const bytes: u64 = isIntel() ? this.vs.read(INTEL_REG_VMEXIT_INSTRUCTION_LENGTH) : 1;
    guest.rip = guest.rip + bytes;
    if (this.vs.interruptShadow) this.vs.interruptShadow = false;
  }
}
