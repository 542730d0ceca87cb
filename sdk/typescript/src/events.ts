// Events that a VM finds when it runs next: exceptions, interrupts, and the wish to be told when one can come
//
// One word on both vendors, that of EVENTINJ (APM volume 2, 15.20). Intel has bits 31:0 in the same order (SDM volume 3,
// 25.8.3), and the error code in a field of its own.
//
//     63        32 31 30    12 11 10   8 7      0
//     ┌───────────┬──┬────────┬──┬──────┬────────┐
//     │ error code│V │        │EV│ type │ vector │   V: valid, EV: error code valid
//     └───────────┴──┴────────┴──┴──────┴────────┘
//
// Virtual interrupt control, offset 60h of the VMCB (15.21.4): bit 8 V_IRQ, bits 19:16 its priority, bit 20 V_IGN_TPR.

import { Instruction } from "../../../abi/generated/bare/enumerations";
import {
  AMD_REG_EVENTINJ,
  AMD_REG_EXITINTINFO,
  AMD_REG_VIRTUAL_INTERRUPT_A,
} from "../../../abi/generated/bare/registers-amd";
import {
  INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../abi/generated/bare/registers-intel";
import { redeliverIntel } from "./intel-events";
import { hasErrorCode, Vector } from "./vectors";
import { isIntel } from "./vendor";
import { Vs } from "./vs";

const VALID: u64 = 1 << 31;
const WITH_CODE: u64 = 1 << 11;
const LOW: u64 = 0xffff_ffff;
const TYPE: u64 = 7 << 8;
const TYPE_INTERRUPT: u64 = 0 << 8;
const TYPE_NMI: u64 = 2 << 8;
const TYPE_EXCEPTION: u64 = 3 << 8;
const TYPE_SOFTWARE: u64 = 4 << 8;

const V_IRQ: u64 = 1 << 8;
const V_PRIORITY_HIGHEST: u64 = 15 << 16;
const V_IGNORE_TPR: u64 = 1 << 20;
const WINDOW: u64 = V_IRQ | V_PRIORITY_HIGHEST | V_IGNORE_TPR;

/** Raises an exception; the error code counts for those that have one. The VM finds RIP as it is. */
export function injectException(vs: Vs, vector: Vector, errorCode: u32): void {
  const code = hasErrorCode(vector) ? ((<u64>errorCode) << 32) | WITH_CODE : 0;
  inject(vs, code | VALID | TYPE_EXCEPTION | <u64>vector);
}

/** Delivers an external interrupt. */
export function injectInterrupt(vs: Vs, vector: u32): void {
  inject(vs, VALID | TYPE_INTERRUPT | (vector & 0xff));
}

/** Delivers a non-maskable interrupt. */
export function injectNmi(vs: Vs): void {
  inject(vs, VALID | TYPE_NMI | <u64>Vector.NonMaskable);
}

/** Asks for an exit as soon as the VM can take an interrupt. */
export function requestInterruptWindow(vs: Vs): void {
  if (!isIntel()) vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) | WINDOW);
  vs.intercept(Instruction.InterruptWindow);
}

/** Takes the wish back. */
export function closeInterruptWindow(vs: Vs): void {
  if (!isIntel()) vs.write(AMD_REG_VIRTUAL_INTERRUPT_A, vs.read(AMD_REG_VIRTUAL_INTERRUPT_A) & ~WINDOW);
  vs.release(Instruction.InterruptWindow);
}

/**
 * Delivers again what was being delivered when the VM exited (APM volume 2, 15.7.2; SDM volume 3, 25.9.3), unless
 * something else is to be delivered: for exits after which the same instruction runs again.
 */
export function redeliver(vs: Vs): void {
  if (isIntel()) {
    redeliverIntel(vs);
    return;
  }
  const event = vs.read(AMD_REG_EXITINTINFO);
  // The instruction INT is executed again, and delivers it itself
  if ((event & VALID) == 0 || (event & TYPE) == TYPE_SOFTWARE || hasEvent(vs)) return;
  vs.write(AMD_REG_EVENTINJ, event);
}

/** Whether something is to be delivered when the VM runs next. */
export function hasEvent(vs: Vs): bool {
  return (vs.read(isIntel() ? INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD : AMD_REG_EVENTINJ) & VALID) != 0;
}

function inject(vs: Vs, event: u64): void {
  if (!isIntel()) {
    vs.write(AMD_REG_EVENTINJ, event);
    return;
  }
  vs.write(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, event & LOW);
  if ((event & WITH_CODE) != 0) vs.write(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, event >> 32);
}
