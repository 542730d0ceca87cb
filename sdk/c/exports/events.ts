// Events of a VS, and what it exits for, in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import type { Instruction, Register } from "../../../abi/generated/bare/enumerations";
import { redeliver } from "../../typescript/src/events/redelivery";
import type { Vector } from "../../typescript/src/events/vectors";
import { trySet } from "../../typescript/src/guest/try-set";
import { type ReadableControl, Vs, type WritableControl } from "../../typescript/src/vs/vs";

export function bf_vs_try_set(vs: u32, reg: u32, value: u64): u32 {
  return trySet(Vs.of(vs), <Register>reg, value) ? 1 : 0;
}

export function bf_vs_redeliver(vs: u32): void {
  redeliver(Vs.of(vs));
}

export function bf_vs_raise(vs: u32, vector: u32, code: u32): u32 {
  return Vs.of(vs).raiseWithCode(<Vector>vector, code);
}

export function bf_vs_interrupt(vs: u32, vector: u32): void {
  Vs.of(vs).interrupt(vector);
}

export function bf_vs_non_maskable_interrupt(vs: u32): void {
  Vs.of(vs).nonMaskableInterrupt();
}

export function bf_vs_interrupt_shadow(vs: u32): u32 {
  return Vs.of(vs).interruptShadow ? 1 : 0;
}

export function bf_vs_set_interrupt_shadow(vs: u32, wanted: u32): void {
  Vs.of(vs).interruptShadow = wanted !== 0;
}

export function bf_vs_request_interrupt_window(vs: u32): void {
  Vs.of(vs).requestInterruptWindow();
}

export function bf_vs_close_interrupt_window(vs: u32): void {
  Vs.of(vs).closeInterruptWindow();
}

export function bf_vs_has_event(vs: u32): u32 {
  return Vs.of(vs).hasEvent ? 1 : 0;
}

export function bf_vs_event(vs: u32): u64 {
  return Vs.of(vs).event;
}

export function bf_vs_set_event(vs: u32, event: u64): void {
  Vs.of(vs).event = event;
}

export function bf_vs_release(vs: u32, intercept: u32): void {
  Vs.of(vs).release(<Instruction>intercept);
}

export function bf_vs_intercept_exception(vs: u32, vector: u32, wanted: u32): void {
  Vs.of(vs).interceptException(<Vector>vector, wanted !== 0);
}

export function bf_vs_intercept_control_read(vs: u32, number: u32, wanted: u32): void {
  Vs.of(vs).interceptControlRead(<ReadableControl>number, wanted !== 0);
}

export function bf_vs_intercept_control_write(vs: u32, number: u32, wanted: u32): void {
  Vs.of(vs).interceptControlWrite(<WritableControl>number, wanted !== 0);
}

export function bf_vs_offset_time_stamps(vs: u32, offset: u64): void {
  Vs.of(vs).offsetTimeStamps(offset);
}

export function bf_vs_deliver_accesses(vs: u32): void {
  Vs.of(vs).deliverAccesses();
}
