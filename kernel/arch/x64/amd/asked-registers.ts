// Reads and writes of the registers in which the kernel has a say (asked.ts)

import {
  AMD_REG_CTLS1,
  AMD_REG_CTLS2,
  AMD_REG_GUEST_ASID,
  AMD_REG_INTERCEPT_EXCEPTION,
  AMD_REG_INTERCEPT_INSTRUCTION3,
  AMD_REG_IOPM_BASE_PA,
  AMD_REG_MSRPM_BASE_PA,
  AMD_REG_TLB_CONTROL,
  AMD_REG_VIRTUAL_INTERRUPT_A,
} from "../../../../abi/generated/bare/registers-amd";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { askTlbControl, readTlbControl, useSpace } from "./address-space";
import {
  ASKED_ASID,
  ASKED_CLEAN_BITS,
  ASKED_INTERCEPTS,
  ASKED_IOPM,
  ASKED_MASKING,
  ASKED_MSRPM,
  ASKED_NESTED_CONTROL,
  ASKED_TLB_CONTROL,
  ASKED_VIRTUAL_LBR,
  INTERRUPT_MASKING,
} from "./asked";
import { confine } from "./confinement";
import { VMCB_VIRTUAL_INTERRUPT } from "./vmcb";

function slotOf(register: u32): u32 {
  if (register >= AMD_REG_INTERCEPT_EXCEPTION && register <= AMD_REG_INTERCEPT_INSTRUCTION3) {
    return ASKED_INTERCEPTS + (register - AMD_REG_INTERCEPT_EXCEPTION);
  }
  switch (register) {
    case AMD_REG_IOPM_BASE_PA:
      return ASKED_IOPM;
    case AMD_REG_MSRPM_BASE_PA:
      return ASKED_MSRPM;
    case AMD_REG_GUEST_ASID:
      return ASKED_ASID;
    case AMD_REG_TLB_CONTROL:
      return ASKED_TLB_CONTROL;
    case AMD_REG_VIRTUAL_INTERRUPT_A:
      return ASKED_MASKING;
    case AMD_REG_CTLS1:
      return ASKED_NESTED_CONTROL;
    case AMD_REG_CTLS2:
      return ASKED_VIRTUAL_LBR;
    default:
      return ASKED_CLEAN_BITS;
  }
}

/** Reads such a register as its extension wrote it. */
export function readAsked(vs: Vs, register: u32): u64 {
  const slot = slotOf(register);
  if (slot == ASKED_TLB_CONTROL) return readTlbControl(vs);
  if (slot != ASKED_MASKING) return vs.asked(slot);
  return (
    (peek64(DIRECT_BASE + vs.controlBlock + VMCB_VIRTUAL_INTERRUPT) & ~INTERRUPT_MASKING) | vs.asked(ASKED_MASKING)
  );
}

/** Writes one. `value` has no more bits than the register. */
export function writeAsked(vs: Vs, register: u32, value: u64): void {
  const slot = slotOf(register);
  if (slot == ASKED_MASKING) {
    poke64(DIRECT_BASE + vs.controlBlock + VMCB_VIRTUAL_INTERRUPT, value);
    value &= INTERRUPT_MASKING;
  }
  if (slot == ASKED_TLB_CONTROL) {
    askTlbControl(vs, value);
    return;
  }
  vs.ask(slot, value);
  // Clean bits would keep what the kernel has changed meanwhile out of use: the VMCB's are never set (15.15)
  if (slot == ASKED_CLEAN_BITS) return;
  if (slot == ASKED_ASID) useSpace(vs);
  else confine(vs);
}
