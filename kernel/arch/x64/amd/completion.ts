// Skipping the instruction that a VS exited for, on AMD; completion.ts above says what belongs to it

import { BOOT_ARGS_FEATURES, CPU_FEATURE_NRIP } from "../../../../abi/generated/bare/boot";
import { AMD_EXIT_EXCEPTION } from "../../../../abi/generated/bare/callbacks";
import { EVENT_VALID } from "../../../../abi/generated/bare/events";
import { PP_BLOCK_SCRATCH } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../../../abi/generated/bare/windows";
import { peek32, peek64, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { DEBUG_STEP, DEBUGCTL_BTF, RFLAGS_DEBUG, RFLAGS_RF, RFLAGS_TF } from "../completion";
import { tryRdmsr } from "../cpu";
import { ppLoad32 } from "../pparea";
import { askedVector, FIRST_VECTOR } from "./confinement";
import { nextRip } from "./instruction-length";
import { VIRTUAL_LBR } from "./lbr";
import { tellExit } from "./told";
import {
  VMCB_DBGCTL,
  VMCB_DR6,
  VMCB_DR7,
  VMCB_EVENTINJ,
  VMCB_EXITCODE,
  VMCB_EXITINFO1,
  VMCB_EXITINFO2,
  VMCB_EXITINTINFO,
  VMCB_INTERRUPT_SHADOW,
  VMCB_RFLAGS,
  VMCB_RIP,
  VMCB_VIRTUAL_LBR,
} from "./vmcb";

const MSR_DEBUGCTL: u32 = 0x1d9;
/** The exit of an intercepted #DB. */
const EXIT_DEBUG: u64 = AMD_EXIT_EXCEPTION + 1;
const INTERCEPT_DEBUG: u32 = 1 << 1;
/** DR7.GD, which the delivery of #DB clears (13.1.1.4). */
const DR7_GD: u64 = 1 << 13;
/** Valid, an exception, vector 1 (15.20). */
const INJECT_DEBUG: u64 = 0x8000_0301;

/** Whether skipping has to do with nothing but RIP and shadow; `vmcb` is in the direct map. */
export function isPlainSkip(vmcb: u64): bool {
  return (peek32(vmcb + VMCB_RFLAGS) & <u32>RFLAGS_DEBUG) == 0;
}

/** Moves a VS, by its VMCB in the direct map, behind the instruction, and out of an interrupt shadow that ends there. */
export function skipPlain(vmcb: u64): void {
  poke64(vmcb + VMCB_RIP, nextRip(vmcb, (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_NRIP) != 0));
  poke64(vmcb + VMCB_INTERRUPT_SHADOW, peek64(vmcb + VMCB_INTERRUPT_SHADOW) & ~1);
}

/** The same with RFLAGS.RF; whether the trap of a single step follows. */
export function skipInstruction(vs: Vs): bool {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  const before = peek64(vmcb + VMCB_RIP);
  skipPlain(vmcb);
  // An exit for no instruction skips none
  if (isPlainSkip(vmcb) || peek64(vmcb + VMCB_RIP) == before) return false;
  const flags = peek64(vmcb + VMCB_RFLAGS);
  poke64(vmcb + VMCB_RFLAGS, flags & ~RFLAGS_RF);
  return (flags & RFLAGS_TF) != 0 && (debugControl(vmcb) & DEBUGCTL_BTF) == 0;
}

/** DEBUGCTL is the processor's, unless last branch records are virtual (15.23). */
function debugControl(vmcb: u64): u64 {
  if ((peek64(vmcb + VMCB_VIRTUAL_LBR) & VIRTUAL_LBR) != 0) return peek64(vmcb + VMCB_DBGCTL);
  const value = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;
  return tryRdmsr(MSR_DEBUGCTL, value) != 0 ? peek64(value) : 0;
}

/**
 * Raises the trap of a single step: the reason of an exit when the extension asked for #DB, which events that are injected do not
 * heed (15.12.2 and 15.20); else 0, and the trap is what the VS finds when it runs.
 */
export function raiseStep(vs: Vs): u64 {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  if ((peek64(vmcb + VMCB_EVENTINJ) & EVENT_VALID) != 0) return 0;
  poke64(vmcb + VMCB_DR6, peek64(vmcb + VMCB_DR6) | DEBUG_STEP);
  poke64(vmcb + VMCB_DR7, peek64(vmcb + VMCB_DR7) & ~DR7_GD);
  if ((askedVector(vs, FIRST_VECTOR) & INTERCEPT_DEBUG) == 0) {
    poke64(vmcb + VMCB_EVENTINJ, INJECT_DEBUG);
    return 0;
  }
  poke64(vmcb + VMCB_EXITCODE, EXIT_DEBUG);
  poke64(vmcb + VMCB_EXITINFO1, 0);
  poke64(vmcb + VMCB_EXITINFO2, 0);
  poke64(vmcb + VMCB_EXITINTINFO, 0);
  tellExit(vmcb);
  return EXIT_DEBUG;
}
