// Exceptions that the kernel raises in a VM (APM volume 2, 15.20)

import {
  EVENT_TYPE,
  EVENT_TYPE_EXCEPTION,
  EVENT_TYPE_SOFTWARE,
  EVENT_VALID,
  EVENT_VECTOR,
  EVENT_WITH_CODE,
} from "../../../../abi/generated/bare/events";
import { DIRECT_BASE } from "../../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import { Vs } from "../../../src/vs";
import { VMCB_CR0, VMCB_EVENTINJ, VMCB_EXITINTINFO, VMCB_RFLAGS } from "./vmcb";

export const VECTOR_DB: u32 = 1;
export const VECTOR_UD: u32 = 6;
export const VECTOR_GP: u32 = 13;
export const VECTOR_AC: u32 = 17;

const VECTOR_BP: u64 = 3;
const VECTOR_OF: u64 = 4;

/** EVENTINJ: valid, an exception; with an error code, whose 32 bits lie above. */
const EXCEPTION: u64 = 0x8000_0300;
const CR0_PE: u64 = 1;
/** Pushed with a fault, so that its handler's IRET meets no breakpoint at the instruction again (APM volume 2, 3.1.6). */
const RFLAGS_RF: u64 = 1 << 16;

/** Raises a fault instead of the instruction that a VS exited for; #GP and #AC with error code 0, where there are any. */
export function raiseFault(vs: Vs, vector: u32): void {
  const rflags = DIRECT_BASE + vs.controlBlock + VMCB_RFLAGS;
  poke64(rflags, peek64(rflags) | RFLAGS_RF);
  raiseAgain(vs, vector);
}

/** Raises an exception that was intercepted: what goes with it is in the VMCB already (15.12). */
export function raiseAgain(vs: Vs, vector: u32): void {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  // In real mode no exception pushes one (APM volume 2, 8.2)
  const hasCode = (vector == VECTOR_GP || vector == VECTOR_AC) && (peek64(vmcb + VMCB_CR0) & CR0_PE) != 0;
  poke64(vmcb + VMCB_EVENTINJ, EXCEPTION | vector | (hasCode ? EVENT_WITH_CODE : 0));
}

/**
 * Delivers what was being delivered when a VS exited (15.7.2), before the same instruction runs again. INT, INT3 and INTO are
 * what runs again: RIP is still at them.
 */
export function redeliver(vs: Vs): void {
  const event = peek64(DIRECT_BASE + vs.controlBlock + VMCB_EXITINTINFO);
  const type = event & EVENT_TYPE;
  const vector = event & EVENT_VECTOR;
  if ((event & EVENT_VALID) == 0 || type == EVENT_TYPE_SOFTWARE) return;
  if (type == EVENT_TYPE_EXCEPTION && (vector == VECTOR_BP || vector == VECTOR_OF)) return;
  poke64(DIRECT_BASE + vs.controlBlock + VMCB_EVENTINJ, event);
}
