// Intel: a #DB that exited instead of being delivered, and is passed through

import { Register } from "../../../../abi/generated/bare/enumerations";
import { INTEL_REG_PENDING_DEBUG_EXCEPTIONS } from "../../../../abi/generated/bare/registers-intel";
import { debugControlDelivered, dr6Delivered, dr7Delivered } from "../../../../bsl/src/x64/debug-exception";
import { Vs } from "../vs/vs";

const RFLAGS_TF: u64 = 1 << 8;
const STEP: u64 = 1 << 14;

/** Writes the debug registers as the handler of a #DB with that qualification finds them. */
export function deliverDebug(vs: Vs, qualification: u64): void {
  vs.set(Register.Dr6, dr6Delivered(vs.get(Register.Dr6), qualification));
  vs.set(Register.Dr7, dr7Delivered(vs.get(Register.Dr7)));
  vs.set(Register.DebugControl, debugControlDelivered(vs.get(Register.DebugControl)));
  if (vs.interruptShadow) expectStep(vs);
}

/** In a shadow an entry wants the step pending that RFLAGS.TF asks for (27.3.1.5), and exits for #DB do not save it. */
function expectStep(vs: Vs): void {
  if ((vs.get(Register.Rflags) & RFLAGS_TF) == 0) return;
  vs.write(INTEL_REG_PENDING_DEBUG_EXCEPTIONS, vs.read(INTEL_REG_PENDING_DEBUG_EXCEPTIONS) | STEP);
}
