// AMD: the IRET by which a handler of an NMI returns, when another NMI waits behind it
//
// RFLAGS.TF makes the guest exit behind the instruction (APM volume 2, 13.1.4): IRET loads the flags that it returns to, so
// nobody sees TF, unless IRET faults. Faults exit, too, and are the guest's again without it.

import { AMD_EXIT_EXCEPTION, AmdRegister, Register, Vector } from "@bareflank/sdk";
import { NMI_NOT_HANDLED, NMI_RETURNING, NMI_STEPPING, Vcpu } from "./vcpu";

const RFLAGS_TF: u64 = 1 << 8;
/** DR6: breakpoints that were hit, and a single step. */
const HITS: u64 = 0xf;
const STEP: u64 = 1 << 14;

/** #DB, and #TS, #NP, #SS, #GP, #PF, #AC, which IRET may raise (APM volume 3, IRET). */
const EXCEPTIONS: u64 =
  (1 << Vector.Debug) |
  (1 << Vector.InvalidTss) |
  (1 << Vector.SegmentNotPresent) |
  (1 << Vector.StackFault) |
  (1 << Vector.GeneralProtection) |
  (1 << Vector.PageFault) |
  (1 << Vector.AlignmentCheck);

/** The guest is at the IRET, and exits behind it. */
export function stepOverIret(vcpu: Vcpu): void {
  const vs = vcpu.vs;
  const flags = vs.get(Register.Rflags);
  vcpu.nmiFlags = <u32>(flags & RFLAGS_TF);
  vcpu.nmiConditions = vs.get(Register.Dr6);
  vcpu.nmiState = NMI_STEPPING;
  vs.set(Register.Rflags, flags | RFLAGS_TF);
  vs.amd.write(AmdRegister.InterceptException, vs.amd.read(AmdRegister.InterceptException) | EXCEPTIONS);
}

/** The guest has exited: true when it is behind the IRET, and the exit was for nothing else. */
export function endStep(vcpu: Vcpu, reason: u64): bool {
  const vs = vcpu.vs;
  vs.amd.write(AmdRegister.InterceptException, vs.amd.read(AmdRegister.InterceptException) & ~EXCEPTIONS);
  if (reason != AMD_EXIT_EXCEPTION + <u64>Vector.Debug) {
    // It is at the IRET still
    vcpu.nmiState = NMI_RETURNING;
    vs.set(Register.Rflags, (vs.get(Register.Rflags) & ~RFLAGS_TF) | vcpu.nmiFlags);
    return false;
  }
  vcpu.nmiState = NMI_NOT_HANDLED;
  const conditions = vs.get(Register.Dr6);
  if (vcpu.nmiFlags == 0 && (conditions & HITS) == 0) {
    vs.set(Register.Dr6, vcpu.nmiConditions);
    return true;
  }
  // The guest has asked for the exception, too
  if (vcpu.nmiFlags == 0) vs.set(Register.Dr6, conditions & ~STEP);
  vs.raise(Vector.Debug);
  return true;
}
