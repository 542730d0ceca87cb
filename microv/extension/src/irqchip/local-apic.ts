// A local APIC: registers, and which interrupt comes next (SDM volume 3, chapter 11; APM volume 2, chapter 16)
//
//     apic-page.ts  where everything lies    apic-timer.ts   the timer
//     vectors.ts    sets of vectors          posted.ts       what others have for it
//     messages.ts   which of a VM's local APICs a message is for
//
// No errors are detected, and there are no entries for thermal interrupts and counters that anything would raise.

import { copyMemory, fillMemory, peek32, poke32, poke64 } from "../../../../bsl/src/memory";
import {
  APIC_ARBITRATION_PRIORITY,
  APIC_COMMAND,
  APIC_COMMAND_HIGH,
  APIC_CURRENT_COUNT,
  APIC_DESTINATION_FORMAT,
  APIC_DIVIDE,
  APIC_EOI,
  APIC_ERROR,
  APIC_EXTERNAL,
  APIC_ID,
  APIC_IN_SERVICE,
  APIC_INITIAL_COUNT,
  APIC_KHZ,
  APIC_LOGICAL_DESTINATION,
  APIC_LVT_COUNTERS,
  APIC_LVT_ERROR,
  APIC_LVT_LINT0,
  APIC_LVT_LINT1,
  APIC_LVT_THERMAL,
  APIC_LVT_TIMER,
  APIC_MODE,
  APIC_NUMBER,
  APIC_PROCESSOR_PRIORITY,
  APIC_REGISTERS_END,
  APIC_REMOTE_READ,
  APIC_REQUESTED,
  APIC_SELF_IPI,
  APIC_SPURIOUS,
  APIC_TASK_PRIORITY,
  APIC_TRIGGER_MODE,
  APIC_VERSION,
  MODE_DISABLED,
  MODE_X2APIC,
  MODE_XAPIC,
  modeOf,
  numberOf,
  register,
  setRegister,
} from "./apic-page";
import { currentCount, LVT_MASKED, restoreCount, setDivide, setTimerEntry, startCount, stopTimer } from "./apic-timer";
import { addVector, hasVector, highestVector, NO_VECTOR, removeVector } from "./vectors";

/** What a write has to be followed by. */
export const APIC_NOTHING: u32 = 0;
/** The register takes no such value, or cannot be written: #GP in x2APIC mode. */
export const APIC_REFUSES: u32 = 1;
/** The command is to be sent. */
export const APIC_SENDS: u32 = 2;
/** Something that was requested may be next now. */
export const APIC_OFFERS: u32 = 4;
/** The timer has another deadline. */
export const APIC_TIMES: u32 = 8;
/** An interrupt was ended: endInterrupt() says which. */
export const APIC_ENDS: u32 = 16;

/** Version 14h, six entries in the local vector table. */
const VERSION: u32 = 0x0005_0014;
const SPURIOUS_RESET: u32 = 0xff;
const SPURIOUS_ENABLED: u32 = 1 << 8;
const SPURIOUS_BITS: u32 = 0x3ff;
const FORMAT_BITS: u32 = 0xf000_0000;
const FORMAT_RESET: u32 = 0xffff_ffff;
const LOGICAL_BITS: u32 = 0xff00_0000;
const COMMAND_PENDING: u32 = 1 << 12;
const DIVIDE_BITS: u32 = 0xb;
const PRIORITY_CLASS: u32 = 0xf0;
const BYTE: u32 = 0xff;

/** Bits of entries that can be written. */
const TIMER_BITS: u32 = 0x0007_00ff;
const OTHER_BITS: u32 = 0x0001_07ff;
const LINT_BITS: u32 = 0x0001_a7ff;
const ERROR_BITS: u32 = 0x0001_00ff;
/** Delivery status and remote IRR, which are written with any value. */
const ENTRY_READ_ONLY: u32 = 0x5000;
/** LINT0 takes the 8259 pair's interrupts. */
const DELIVERY: u32 = 7 << 8;
const DELIVERY_EXTERNAL: u32 = 7 << 8;
const ENTRY_STRIDE: u32 = 0x10;

/** As after a reset: `number` is how its VM knows it. */
export function createApic(apic: u64, number: u32, khz: u32): void {
  poke32(apic + APIC_NUMBER, number);
  poke64(apic + APIC_KHZ, khz);
  resetApic(apic);
  setMode(apic, MODE_XAPIC);
}

/** As behind INIT: it keeps its mode, and its ID. */
export function resetApic(apic: u64): void {
  const id = register(apic, APIC_ID);
  const logical = register(apic, APIC_LOGICAL_DESTINATION);
  stopTimer(apic);
  fillMemory(apic, 0, APIC_REGISTERS_END);
  poke32(apic + APIC_EXTERNAL, 0);
  setRegister(apic, APIC_ID, id);
  setRegister(apic, APIC_VERSION, VERSION);
  setRegister(apic, APIC_DESTINATION_FORMAT, FORMAT_RESET);
  setRegister(apic, APIC_SPURIOUS, SPURIOUS_RESET);
  maskEntries(apic);
  if (modeOf(apic) == MODE_X2APIC) setRegister(apic, APIC_LOGICAL_DESTINATION, logical);
}

/** The entry through which a boot processor gets the 8259 pair's interrupts before anybody sets it up, as KVM has it. */
export function openExternal(apic: u64): void {
  setRegister(apic, APIC_LVT_LINT0, DELIVERY_EXTERNAL);
}

/** APIC_BASE says another mode: its ID is the number then, in x2APIC mode all of the register (SDM volume 3, 11.12.5). */
export function setMode(apic: u64, mode: u32): void {
  if (mode == modeOf(apic)) return;
  poke32(apic + APIC_MODE, mode);
  if (mode == MODE_DISABLED) resetApic(apic);
  const number = numberOf(apic);
  setRegister(apic, APIC_ID, mode == MODE_X2APIC ? number : number << 24);
  if (mode != MODE_X2APIC) return;
  setRegister(apic, APIC_LOGICAL_DESTINATION, ((number >> 4) << 16) | ((<u32>1) << (number & 15)));
  setRegister(apic, APIC_COMMAND_HIGH, 0);
}

/** Copies its registers to where KVM has them: an ID in the upper byte, as in xAPIC mode. */
export function saveApic(apic: u64, to: u64, now: u64): void {
  copyMemory(to, apic, APIC_REGISTERS_END);
  poke32(to + APIC_PROCESSOR_PRIORITY, processorPriority(apic));
  poke32(to + APIC_CURRENT_COUNT, currentCount(apic, now));
  if (modeOf(apic) == MODE_X2APIC) poke32(to + APIC_ID, register(apic, APIC_ID) << 24);
}

/** Has registers that saveApic() has copied. What its mode says stays: ID, version and, in x2APIC mode, the logical ID. */
export function restoreApic(apic: u64, from: u64, now: u64): void {
  const id = register(apic, APIC_ID);
  const logical = register(apic, APIC_LOGICAL_DESTINATION);
  copyMemory(apic, from, APIC_REGISTERS_END);
  setRegister(apic, APIC_VERSION, VERSION);
  setRegister(apic, APIC_TASK_PRIORITY, register(apic, APIC_TASK_PRIORITY) & BYTE);
  if (modeOf(apic) == MODE_X2APIC) {
    setRegister(apic, APIC_ID, id);
    setRegister(apic, APIC_LOGICAL_DESTINATION, logical);
  }
  restoreCount(apic, peek32(from + APIC_CURRENT_COUNT), now);
}

/** Whether there is a register at an offset that can be read. */
export function isReadable(apic: u64, offset: u32): bool {
  if (offset - APIC_IN_SERVICE <= APIC_REQUESTED + 0x70 - APIC_IN_SERVICE) return true;
  switch (offset) {
    case APIC_ARBITRATION_PRIORITY:
    case APIC_REMOTE_READ:
    case APIC_DESTINATION_FORMAT:
    case APIC_COMMAND_HIGH:
      return modeOf(apic) != MODE_X2APIC;
    case APIC_ID:
    case APIC_VERSION:
    case APIC_TASK_PRIORITY:
    case APIC_PROCESSOR_PRIORITY:
    case APIC_LOGICAL_DESTINATION:
    case APIC_SPURIOUS:
    case APIC_ERROR:
    case APIC_COMMAND:
    case APIC_LVT_TIMER:
    case APIC_LVT_THERMAL:
    case APIC_LVT_COUNTERS:
    case APIC_LVT_LINT0:
    case APIC_LVT_LINT1:
    case APIC_LVT_ERROR:
    case APIC_INITIAL_COUNT:
    case APIC_CURRENT_COUNT:
    case APIC_DIVIDE:
      return true;
    default:
      return false;
  }
}

/** What a register that is readable says. */
export function readApic(apic: u64, offset: u32, now: u64): u32 {
  if (offset == APIC_CURRENT_COUNT) return currentCount(apic, now);
  if (offset == APIC_PROCESSOR_PRIORITY) return processorPriority(apic);
  return register(apic, offset);
}

/** Writes a register: APIC_* says what has to follow. `now`: the processor's time stamp counter. */
export function writeApic(apic: u64, offset: u32, value: u32, now: u64): u32 {
  const isX2apic = modeOf(apic) == MODE_X2APIC;
  switch (offset) {
    case APIC_ID:
      return isX2apic ? APIC_REFUSES : masked(apic, offset, value, LOGICAL_BITS, APIC_NOTHING);
    case APIC_TASK_PRIORITY:
      return masked(apic, offset, value, BYTE, APIC_OFFERS);
    case APIC_EOI:
      return isX2apic && value != 0 ? APIC_REFUSES : APIC_ENDS | APIC_OFFERS;
    case APIC_LOGICAL_DESTINATION:
      return isX2apic ? APIC_REFUSES : masked(apic, offset, value, LOGICAL_BITS, APIC_NOTHING);
    case APIC_DESTINATION_FORMAT:
      if (isX2apic) return APIC_REFUSES;
      setRegister(apic, offset, value | ~FORMAT_BITS);
      return APIC_NOTHING;
    case APIC_SPURIOUS:
      return writeSpurious(apic, value);
    case APIC_ERROR:
      return isX2apic && value != 0 ? APIC_REFUSES : APIC_NOTHING;
    case APIC_COMMAND:
      // Other bits are kept, whatever the mode, as KVM does
      setRegister(apic, offset, value & ~COMMAND_PENDING);
      return APIC_SENDS;
    case APIC_COMMAND_HIGH:
      return isX2apic ? APIC_REFUSES : masked(apic, offset, value, LOGICAL_BITS, APIC_NOTHING);
    case APIC_LVT_TIMER:
      return writeTimerEntry(apic, value, now);
    case APIC_LVT_THERMAL:
    case APIC_LVT_COUNTERS:
      return writeEntry(apic, offset, value, OTHER_BITS);
    case APIC_LVT_LINT0:
    case APIC_LVT_LINT1:
      return writeEntry(apic, offset, value, LINT_BITS) | APIC_OFFERS;
    case APIC_LVT_ERROR:
      return writeEntry(apic, offset, value, ERROR_BITS);
    case APIC_INITIAL_COUNT:
      startCount(apic, value, now);
      return APIC_TIMES;
    case APIC_DIVIDE:
      if (isX2apic && (value & ~DIVIDE_BITS) != 0) return APIC_REFUSES;
      setDivide(apic, value & DIVIDE_BITS, now);
      return APIC_TIMES;
    case APIC_SELF_IPI:
      return isX2apic ? requestOwn(apic, value) : APIC_REFUSES;
    default:
      return APIC_REFUSES;
  }
}

/** An interrupt that the processor itself has for its own local APIC. */
export function requestOwn(apic: u64, vector: u32): u32 {
  if (vector > BYTE) return APIC_REFUSES;
  if (!isEnabled(apic) || vector < 16) return APIC_NOTHING;
  addVector(apic + APIC_REQUESTED, vector);
  removeVector(apic + APIC_TRIGGER_MODE, vector);
  return APIC_OFFERS;
}

/** Whether it takes interrupts: software has enabled it. */
export function isEnabled(apic: u64): bool {
  return modeOf(apic) != MODE_DISABLED && (register(apic, APIC_SPURIOUS) & SPURIOUS_ENABLED) != 0;
}

/** Whether its processor takes the interrupts of the 8259 pair: by LINT0, or because there is no local APIC. */
export function takesExternal(apic: u64): bool {
  if (modeOf(apic) == MODE_DISABLED) return true;
  return (register(apic, APIC_LVT_LINT0) & (LVT_MASKED | DELIVERY)) == DELIVERY_EXTERNAL;
}

/** TPR, as CR8 has it; false: it has that already. */
export function setTaskPriority(apic: u64, cr8: u32): bool {
  if (register(apic, APIC_TASK_PRIORITY) >> 4 == cr8) return false;
  setRegister(apic, APIC_TASK_PRIORITY, cr8 << 4);
  return true;
}
export function taskPriority(apic: u64): u32 {
  return register(apic, APIC_TASK_PRIORITY) >> 4;
}

/** PPR (SDM volume 3, 11.8.3.1). */
export function processorPriority(apic: u64): u32 {
  const task = register(apic, APIC_TASK_PRIORITY) & BYTE;
  const highest = highestVector(apic + APIC_IN_SERVICE);
  const service: u32 = highest == NO_VECTOR ? 0 : <u32>highest & PRIORITY_CLASS;
  return (task & PRIORITY_CLASS) >= service ? task : service;
}

/** The vector that is next, although its priority may not be enough; or NO_VECTOR. */
export function requestedVector(apic: u64): i32 {
  return isEnabled(apic) ? highestVector(apic + APIC_REQUESTED) : NO_VECTOR;
}

/** Whether a vector may come now. */
export function isNext(apic: u64, vector: i32): bool {
  return (<u32>vector & PRIORITY_CLASS) > (processorPriority(apic) & PRIORITY_CLASS);
}

/** It is delivered. */
export function beginInterrupt(apic: u64, vector: u32): void {
  removeVector(apic + APIC_REQUESTED, vector);
  addVector(apic + APIC_IN_SERVICE, vector);
}

/** EOI: the vector that is done with, or NO_VECTOR. */
export function endInterrupt(apic: u64): i32 {
  const vector = highestVector(apic + APIC_IN_SERVICE);
  if (vector != NO_VECTOR) removeVector(apic + APIC_IN_SERVICE, <u32>vector);
  return vector;
}

/** Whether whoever has sent an interrupt is told of its end. */
export function isLevel(apic: u64, vector: u32): bool {
  return hasVector(apic + APIC_TRIGGER_MODE, vector);
}

/** A register gets those bits of a value that it has. In x2APIC mode it takes no others. */
function masked(apic: u64, offset: u32, value: u32, bits: u32, follows: u32): u32 {
  if (modeOf(apic) == MODE_X2APIC && (value & ~bits) != 0) return APIC_REFUSES;
  setRegister(apic, offset, value & bits);
  return follows;
}

/** Software disables it: all entries are masked (SDM volume 3, 11.4.7.2). */
function writeSpurious(apic: u64, value: u32): u32 {
  const follows = masked(apic, APIC_SPURIOUS, value, SPURIOUS_BITS, APIC_OFFERS);
  if (follows == APIC_OFFERS && (value & SPURIOUS_ENABLED) == 0) maskEntries(apic);
  return follows;
}

/** An entry of the local vector table: masked while software has the APIC disabled. */
function writeEntry(apic: u64, offset: u32, value: u32, bits: u32): u32 {
  const mask = isEnabled(apic) ? 0 : LVT_MASKED;
  return masked(apic, offset, (value & ~ENTRY_READ_ONLY) | mask, bits, APIC_NOTHING);
}

function writeTimerEntry(apic: u64, value: u32, now: u64): u32 {
  if (modeOf(apic) == MODE_X2APIC && (value & ~(TIMER_BITS | ENTRY_READ_ONLY)) != 0) return APIC_REFUSES;
  const mask = isEnabled(apic) ? 0 : LVT_MASKED;
  setTimerEntry(apic, (value & TIMER_BITS) | mask, now);
  return APIC_TIMES;
}

function maskEntries(apic: u64): void {
  for (let offset = APIC_LVT_TIMER; offset <= APIC_LVT_ERROR; offset += ENTRY_STRIDE) {
    setRegister(apic, offset, register(apic, offset) | LVT_MASKED);
  }
}
