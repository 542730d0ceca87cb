// The timer of a local APIC: one-shot, periodic, or at a value of the time stamp counter (SDM volume 3, 11.5.4)
//
// Whatever the mode, there is one deadline by the processor's own time stamp counter. The counter's clock is 1 GHz, as KVM has it.
// A period that was missed comes as soon as the one before it has been taken, so that none is lost; what is older than a
// second is.

import { peek32, peek64, poke64 } from "../../../../bsl/src/memory";
import {
  APIC_DEADLINE,
  APIC_DIVIDE,
  APIC_INITIAL_COUNT,
  APIC_KHZ,
  APIC_LVT_TIMER,
  APIC_PERIOD,
  APIC_REQUESTED,
  APIC_TSC_DEADLINE,
  register,
  setRegister,
} from "./apic-page";
import { addVector, hasVector } from "./vectors";

export const TIMER_MODE: u32 = 3 << 17;
const TIMER_PERIODIC: u32 = 1 << 17;
export const TIMER_DEADLINE: u32 = 2 << 17;
export const LVT_MASKED: u32 = 1 << 16;
const VECTOR: u32 = 0xff;
const FIRST_VECTOR: u32 = 16;
const NANOSECONDS: u64 = 1_000_000;
const MILLISECONDS: u64 = 1000;

/** The initial count was written: counting begins. */
export function startCount(apic: u64, count: u32, now: u64): void {
  setRegister(apic, APIC_INITIAL_COUNT, count);
  const mode = timerMode(apic);
  const ticks = count == 0 || mode == TIMER_DEADLINE ? 0 : ticksOf(apic, (<u64>count) << divideShift(apic));
  poke64(apic + APIC_DEADLINE, ticks == 0 ? 0 : now + ticks);
  poke64(apic + APIC_PERIOD, mode == TIMER_PERIODIC ? ticks : 0);
}

/** Goes on with what is left of a count, by the registers as they are; TSC_DEADLINE is written by itself. */
export function restoreCount(apic: u64, left: u32, now: u64): void {
  startCount(apic, register(apic, APIC_INITIAL_COUNT), now);
  if (peek64(apic + APIC_DEADLINE) == 0) return;
  // One-shot, and over
  const isOver = left == 0 && timerMode(apic) != TIMER_PERIODIC;
  poke64(apic + APIC_DEADLINE, isOver ? 0 : now + ticksOf(apic, (<u64>left) << divideShift(apic)));
}

/** TSC_DEADLINE was written; `offset`: what the guest's time stamp counter has more than the processor's. Nothing in other modes. */
export function setTscDeadline(apic: u64, value: u64, offset: u64): void {
  if (timerMode(apic) != TIMER_DEADLINE) return;
  poke64(apic + APIC_TSC_DEADLINE, value);
  // The one moment that means never
  poke64(apic + APIC_DEADLINE, value == 0 ? 0 : max(value - offset, 1));
  poke64(apic + APIC_PERIOD, 0);
}

/** TSC_DEADLINE: 0 when it has come, and in other modes. */
export function tscDeadline(apic: u64): u64 {
  return timerMode(apic) == TIMER_DEADLINE ? peek64(apic + APIC_TSC_DEADLINE) : 0;
}

/** The timer does not count any more. */
export function stopTimer(apic: u64): void {
  poke64(apic + APIC_DEADLINE, 0);
  poke64(apic + APIC_PERIOD, 0);
  poke64(apic + APIC_TSC_DEADLINE, 0);
  setRegister(apic, APIC_INITIAL_COUNT, 0);
}

/** The entry of the local vector table was written. A timer of another kind stops (SDM volume 3, 11.5.4.1). */
export function setTimerEntry(apic: u64, entry: u32, now: u64): void {
  // What is due comes by the entry as it was
  runTimer(apic, now);
  const before = timerMode(apic);
  setRegister(apic, APIC_LVT_TIMER, entry);
  const mode = entry & TIMER_MODE;
  if (mode == before) return;
  if (mode == TIMER_DEADLINE || before == TIMER_DEADLINE) stopTimer(apic);
  else poke64(apic + APIC_PERIOD, mode == TIMER_PERIODIC ? periodOf(apic) : 0);
}

/** The divisor was written: what counts goes on by it from now on. */
export function setDivide(apic: u64, value: u32, now: u64): void {
  const left = currentCount(apic, now);
  setRegister(apic, APIC_DIVIDE, value);
  if (left == 0) return;
  poke64(apic + APIC_DEADLINE, now + ticksOf(apic, (<u64>left) << divideShift(apic)));
  if (timerMode(apic) == TIMER_PERIODIC) poke64(apic + APIC_PERIOD, periodOf(apic));
}

/** What is left of the count. */
export function currentCount(apic: u64, now: u64): u32 {
  const deadline = peek64(apic + APIC_DEADLINE);
  if (deadline == 0 || timerMode(apic) == TIMER_DEADLINE) return 0;
  const period = peek64(apic + APIC_PERIOD);
  let left: u64 = deadline > now ? deadline - now : 0;
  if (left == 0 && period != 0) left = period - ((now - deadline) % period);
  const khz = peek64(apic + APIC_KHZ);
  const nanoseconds = (left / khz) * NANOSECONDS + ((left % khz) * NANOSECONDS) / khz;
  return <u32>min(nanoseconds >> divideShift(apic), <u64>register(apic, APIC_INITIAL_COUNT));
}

/** Has the interrupt requested when it is due. The one before it is taken first, when there is a period. */
export function runTimer(apic: u64, now: u64): void {
  const deadline = peek64(apic + APIC_DEADLINE);
  if (deadline == 0 || now < deadline) return;
  const isSilent = !interrupts(apic);
  if (!isSilent) {
    if (peek64(apic + APIC_PERIOD) != 0 && isRequested(apic)) return;
    addVector(apic + APIC_REQUESTED, vectorOf(apic));
  }
  poke64(apic + APIC_TSC_DEADLINE, 0);
  poke64(apic + APIC_DEADLINE, nextDeadline(apic, deadline, now, isSilent));
}

/** When somebody has to look at it again; 0: not by its clock. */
export function timerDeadline(apic: u64, now: u64): u64 {
  const deadline = peek64(apic + APIC_DEADLINE);
  // What is masked is looked at when somebody asks, and what waits for the one before it, when that is taken
  return interrupts(apic) && (deadline > now || !isRequested(apic)) ? deadline : 0;
}

/** Whether it gives an interrupt when it is due: with a vector below 16 there is none (SDM volume 3, 11.5.2). */
function interrupts(apic: u64): bool {
  return (register(apic, APIC_LVT_TIMER) & LVT_MASKED) == 0 && vectorOf(apic) >= FIRST_VECTOR;
}

function vectorOf(apic: u64): u32 {
  return register(apic, APIC_LVT_TIMER) & VECTOR;
}

function isRequested(apic: u64): bool {
  return hasVector(apic + APIC_REQUESTED, vectorOf(apic));
}

/** Nobody waits for those that give no interrupt: the next one that is to come. */
function nextDeadline(apic: u64, deadline: u64, now: u64, isSilent: bool): u64 {
  const period = peek64(apic + APIC_PERIOD);
  if (period == 0) return 0;
  const late = now - deadline;
  const most = isSilent ? 0 : peek64(apic + APIC_KHZ) * MILLISECONDS;
  return late > most ? now + period - (late % period) : deadline + period;
}

function periodOf(apic: u64): u64 {
  return ticksOf(apic, (<u64>register(apic, APIC_INITIAL_COUNT)) << divideShift(apic));
}

/** Nanoseconds as ticks of the time stamp counter: at least one. */
function ticksOf(apic: u64, nanoseconds: u64): u64 {
  const khz = peek64(apic + APIC_KHZ);
  return max((nanoseconds / NANOSECONDS) * khz + ((nanoseconds % NANOSECONDS) * khz) / NANOSECONDS, 1);
}

/** Bits 3, 1 and 0, and all of them are 1 (SDM volume 3, figure 11-10). */
function divideShift(apic: u64): u32 {
  const value = peek32(apic + APIC_DIVIDE);
  return (((value & 3) | ((value >> 1) & 4)) + 1) & 7;
}

function timerMode(apic: u64): u32 {
  return register(apic, APIC_LVT_TIMER) & TIMER_MODE;
}
