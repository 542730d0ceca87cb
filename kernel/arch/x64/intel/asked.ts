// Fields of the VMCS in which the kernel has a say: what an extension wrote is kept for reading back, and the VMCS holds what
// confinement.ts makes of it, or an identifier of the kernel's
//
// The primary processor-based controls are kept apart, in the VS: see nmi.ts.

import { Vs } from "../../../src/vs";
import { confined } from "./confinement";
import { adjust } from "./controls";
import { VMCS_CR4_MASK, VMCS_EXCEPTION_BITMAP, VMCS_PIN_CONTROLS, VMCS_SECONDARY_CONTROLS, VMCS_VPID } from "./vmcs";

export const ASKED_PIN: u32 = 0;
export const ASKED_EXCEPTIONS: u32 = 1;
export const ASKED_SECONDARY: u32 = 2;
export const ASKED_VPID: u32 = 3;
export const ASKED_CR4_MASK: u32 = 4;
export const NOT_ASKED: u32 = 5;

/** Where what was asked for of a field is kept; NOT_ASKED when it holds just that. */
export function slotOf(field: u32): u32 {
  switch (field) {
    case VMCS_PIN_CONTROLS:
      return ASKED_PIN;
    case VMCS_EXCEPTION_BITMAP:
      return ASKED_EXCEPTIONS;
    case VMCS_SECONDARY_CONTROLS:
      return ASKED_SECONDARY;
    case VMCS_VPID:
      return ASKED_VPID;
    case VMCS_CR4_MASK:
      return ASKED_CR4_MASK;
    default:
      return NOT_ASKED;
  }
}

/**
 * What the VMCS holds of such a field. Virtual processor identifiers are the kernel's, one for each VS there can be, so that
 * no two owners have the same, whatever they wrote; 0 the processor refuses (SDM volume 3, 27.2.1.1).
 */
export function effective(vs: Vs, field: u32, asked: u64): u64 {
  if (field == VMCS_VPID) return asked == 0 ? 0 : vs.id + 1;
  return adjust(field, confined(vs, field, asked));
}
