// Events that a VM finds when it runs next: exceptions, interrupts, and the wish to be told when one can come
//
// EVENTINJ (APM volume 2, 15.20):
//
//     63        32 31 30    12 11 10   8 7      0
//     ┌───────────┬──┬────────┬──┬──────┬────────┐
//     │ error code│V │        │EV│ type │ vector │   V: valid, EV: error code valid
//     └───────────┴──┴────────┴──┴──────┴────────┘
//
// Virtual interrupt control, offset 60h of the VMCB (15.21.4): bit 8 V_IRQ, bits 19:16 its priority, bit 20 V_IGN_TPR.

import {
  AMD_REG_EVENTINJ,
  AMD_REG_EXITINTINFO,
  AMD_REG_VIRTUAL_INTERRUPT_A,
} from "../../../abi/generated/bare/registers-amd";
import { Instruction } from "./exits";
import { hasErrorCode, Vector } from "./vectors";
import { Vs } from "./vs";

const VALID: u64 = 1 << 31;
const WITH_CODE: u64 = 1 << 11;
const TYPE_INTERRUPT: u64 = 0 << 8;
const TYPE_NMI: u64 = 2 << 8;
const TYPE_EXCEPTION: u64 = 3 << 8;

const V_IRQ: u64 = 1 << 8;
const V_PRIORITY_HIGHEST: u64 = 15 << 16;
const V_IGNORE_TPR: u64 = 1 << 20;
const WINDOW: u64 = V_IRQ | V_PRIORITY_HIGHEST | V_IGNORE_TPR;

/** Raises an exception; the error code counts for those that have one. */
export function injectException(vs: Vs, vector: Vector, errorCode: u32): void {
  const code = hasErrorCode(vector) ? ((<u64>errorCode) << 32) | WITH_CODE : 0;
  vs.write(AMD_REG_EVENTINJ, code | VALID | TYPE_EXCEPTION | <u64>vector);
}

/** Delivers an external interrupt. */
export function injectInterrupt(vs: Vs, vector: u32): void {
  vs.write(AMD_REG_EVENTINJ, VALID | TYPE_INTERRUPT | (vector & 0xff));
}

/** Delivers a non-maskable interrupt. */
export function injectNmi(vs: Vs): void {
  vs.write(AMD_REG_EVENTINJ, VALID | TYPE_NMI | <u64>Vector.NonMaskable);
}

/** Asks for an exit as soon as the VM can take an interrupt. */
export function requestInterruptWindow(vs: Vs): void {
  vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) | WINDOW);
  vs.intercept(Instruction.InterruptWindow);
}

/** Takes the wish back. */
export function closeInterruptWindow(vs: Vs): void {
  vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) & ~WINDOW);
  vs.release(Instruction.InterruptWindow);
}

/**
 * Delivers again what was being delivered when the VM exited (EXITINTINFO, 15.7.2), unless something else is to be
 * delivered: for exits after which the same instruction runs again.
 */
export function redeliver(vs: Vs): void {
  const event = vs.read(AMD_REG_EXITINTINFO);
  if ((event & VALID) == 0 || (vs.read(AMD_REG_EVENTINJ) & VALID) != 0) return;
  vs.write(AMD_REG_EVENTINJ, event);
}
