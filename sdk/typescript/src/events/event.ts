// Events that a VM finds when it runs next: exceptions and interrupts
//
// One word on both vendors, which abi/src/events.ts has.

import {
  EVENT_TYPE_EXCEPTION,
  EVENT_TYPE_INTERRUPT,
  EVENT_TYPE_NMI,
  EVENT_VALID,
  EVENT_WITH_CODE,
} from "../../../../abi/generated/bare/events";
import {
  AMD_REG_CR0,
  AMD_REG_EVENTINJ,
  AMD_REG_RFLAGS,
  AMD_REG_RIP,
} from "../../../../abi/generated/bare/registers-amd";
import {
  INTEL_REG_CR0,
  INTEL_REG_RFLAGS,
  INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE,
  INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD,
} from "../../../../abi/generated/bare/registers-intel";
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import { hasErrorCode, isFault, Vector } from "./vectors";

const RFLAGS_RF: u64 = 1 << 16;
const LOW: u64 = 0xffff_ffff;
const CR0_PE: u64 = 1;

/** Raises an exception; the error code counts for those that have one. The VM finds RIP as it is. */
export function injectException(vs: NativeVs, vector: Vector, errorCode: u32): void {
  // The instruction that faulted does not hit its breakpoint again when it is resumed
  if (isFault(vector)) {
    const flags = isIntel() ? INTEL_REG_RFLAGS : AMD_REG_RFLAGS;
    vs.write(flags, vs.read(flags) | RFLAGS_RF);
  }
  const code = pushesCode(vs, vector) ? ((<u64>errorCode) << 32) | EVENT_WITH_CODE : 0;
  if (!isIntel() && isTrap(vector)) {
    setOwnWord(Slot.TrapOf, <u64>vs.id + 1);
    setOwnWord(Slot.TrapRip, vs.read(AMD_REG_RIP));
  }
  inject(vs, code | EVENT_VALID | EVENT_TYPE_EXCEPTION | <u64>vector);
}

/** Delivers an external interrupt. */
export function injectInterrupt(vs: NativeVs, vector: u32): void {
  inject(vs, EVENT_VALID | EVENT_TYPE_INTERRUPT | (vector & 0xff));
}

/** Delivers a non-maskable interrupt. */
export function injectNmi(vs: NativeVs): void {
  inject(vs, EVENT_VALID | EVENT_TYPE_NMI | <u64>Vector.NonMaskable);
}

/** Whether something is to be delivered when the VM runs next. */
export function hasEvent(vs: NativeVs): bool {
  return (vs.read(isIntel() ? INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD : AMD_REG_EVENTINJ) & EVENT_VALID) != 0;
}

/** What is to be delivered when the VM runs next, in the word's format; 0: nothing. */
export function pendingEvent(vs: NativeVs): u64 {
  if (!hasEvent(vs)) return 0;
  if (!isIntel()) return vs.read(AMD_REG_EVENTINJ);
  const event = vs.read(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD);
  return (event & EVENT_WITH_CODE) == 0 ? event : event | (vs.read(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE) << 32);
}

/** Delivers an event in the word's format, or none. */
export function inject(vs: NativeVs, event: u64): void {
  if (!isIntel()) {
    vs.write(AMD_REG_EVENTINJ, event);
    return;
  }
  vs.write(INTEL_REG_VMENTRY_INTERRUPT_INFORMATION_FIELD, event & LOW);
  if ((event & EVENT_WITH_CODE) != 0) vs.write(INTEL_REG_VMENTRY_EXCEPTION_ERROR_CODE, event >> 32);
}

/** Whether INT3 or INTO raises an exception: RIP is behind the instruction when it is delivered. */
export function isTrap(vector: u32): bool {
  return vector == Vector.Breakpoint || vector == Vector.Overflow;
}

/** Whether such an exception, which a VS was getting at RIP, was the last that was injected here: on AMD RIP is behind the instruction then. */
export function wasInjected(vs: NativeVs, rip: u64): bool {
  return ownWord(Slot.TrapOf) == <u64>vs.id + 1 && ownWord(Slot.TrapRip) == rip;
}

/** In real mode no exception has an error code (APM 2, 8.2); Intel's processors refuse an entry with one (SDM 3, 27.2.1.3). */
function pushesCode(vs: NativeVs, vector: Vector): bool {
  return hasErrorCode(vector) && (vs.read(isIntel() ? INTEL_REG_CR0 : AMD_REG_CR0) & CR0_PE) != 0;
}
