// Intel: what the delivery of #DB does beside, which an exit in its place leaves out, and so does injecting it (SDM volume 3,
// 28.1 and 27.6.1)
//
// AMD's processors have done it when they exit (APM volume 2, 15.12.2).

import { Register } from "../../../../abi/generated/bare/enumerations";
import { INTEL_REG_PENDING_DEBUG_EXCEPTIONS } from "../../../../abi/generated/bare/registers-intel";
import { Vs } from "../vs/vs";

/** Bits of DR6, at the same places in the qualification (SDM volume 3, table 28-1): B0 to B3, BD, BS. */
const HITS: u64 = 0xf;
const CAUSES: u64 = 0x600f;
/** Likewise, but clear in DR6 when they are meant: a bus lock; RTM, which each other #DB sets (18.2.3). */
const BUS_LOCK: u64 = 1 << 11;
const RTM: u64 = 1 << 16;

const DR7_GD: u64 = 1 << 13;
/** LBR and BTF of DEBUGCTL (18.4.1, 18.4.3). */
const DEBUGCTL_CLEARED: u64 = 3;
const RFLAGS_TF: u64 = 1 << 8;
const STEP: u64 = 1 << 14;

/** Writes the debug registers as the handler of a #DB with that qualification finds them. */
export function deliverDebug(vs: Vs, qualification: u64): void {
  const before = (vs.get(Register.Dr6) & ~HITS) | RTM;
  vs.set(Register.Dr6, (before | (qualification & CAUSES)) & ~(qualification & (BUS_LOCK | RTM)));
  vs.set(Register.Dr7, vs.get(Register.Dr7) & ~DR7_GD);
  vs.set(Register.DebugControl, vs.get(Register.DebugControl) & ~DEBUGCTL_CLEARED);
  if (vs.interruptShadow) expectStep(vs);
}

/** In a shadow an entry wants the step pending that RFLAGS.TF asks for (27.3.1.5), and exits for #DB do not save it. */
function expectStep(vs: Vs): void {
  if ((vs.get(Register.Rflags) & RFLAGS_TF) == 0) return;
  vs.write(INTEL_REG_PENDING_DEBUG_EXCEPTIONS, vs.read(INTEL_REG_PENDING_DEBUG_EXCEPTIONS) | STEP);
}
