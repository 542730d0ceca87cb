// MOVS, CMPS, STOS, LODS and SCAS, and what repeats them (APM volume 3, 1.2.6)

import { EMULATION_FLAG_STOP, EMULATION_FLAGS } from "../../../abi/generated/bare/emulation";
import { peek32 } from "../memory";
import { DecodedInstruction, REPEAT, SEGMENT_ES } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { subtract } from "./arithmetic";
import {
  FLAG_DF,
  FLAG_TF,
  FLAG_ZF,
  general,
  maskOf,
  OK,
  PART,
  RAX,
  RCX,
  RDI,
  RSI,
  rflags,
  setGeneral,
} from "./context";
import { readAt, setRegister, value, writeAt } from "./operands";
import { forgetAnswers, hasPiece } from "./span";

/** Repetitions in a call, while no device is written and nobody waits. */
const REPETITIONS_AT_ONCE: u32 = 256;

/** OK: all repetitions are done. PART: it may be interrupted here, and must be if something waits. */
export function executeString(c: u64, i: DecodedInstruction): u32 {
  for (let n: u32 = 0; n < REPETITIONS_AT_ONCE; n++) {
    if (repetitions(c, i) === 0) return OK;
    const status = executeElement(c, i);
    if (status !== OK) return status;
    moveOn(c, i, 1);
    if (isLast(c, i)) return OK;
    forgetAnswers(c);
    if (hasPiece(c) || isInterrupted(c)) return PART;
  }
  return PART;
}

/** Those that are left; 1 without a prefix. */
export function repetitions(c: u64, i: DecodedInstruction): u64 {
  return i.repeat === 0 ? 1 : general(c, RCX) & maskOf(i.addressBytes);
}

/** Lets the registers go on by some elements. */
export function moveOn(c: u64, i: DecodedInstruction, elements: u32): void {
  const bytes = <u64>i.operandBytes * elements;
  const distance = (rflags(c) & FLAG_DF) !== 0 ? 0 - bytes : bytes;
  if (i.hasStringSource) setGeneral(c, RSI, i.addressBytes, general(c, RSI) + distance);
  if (i.hasStringDestination) setGeneral(c, RDI, i.addressBytes, general(c, RDI) + distance);
  if (i.repeat !== 0) setGeneral(c, RCX, i.addressBytes, general(c, RCX) - elements);
}

/** Whether the next repetition is not to be begun: the caller wants its processor, or the guest a trap. */
export function isInterrupted(c: u64): bool {
  return (peek32(c + EMULATION_FLAGS) & EMULATION_FLAG_STOP) !== 0 || (rflags(c) & FLAG_TF) !== 0;
}

function isLast(c: u64, i: DecodedInstruction): bool {
  if (i.repeat === 0 || repetitions(c, i) === 0) return true;
  if (i.operation !== Operation.Cmps && i.operation !== Operation.Scas) return false;
  const isEqual = (rflags(c) & FLAG_ZF) !== 0;
  return isEqual !== (i.repeat === REPEAT);
}

function executeElement(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  switch (i.operation) {
    case Operation.Movs: {
      const status = readSource(c, i);
      return status === OK ? writeAt(c, SEGMENT_ES, destinationOffset(c, i), bytes, value(c)) : status;
    }
    case Operation.Stos:
      return writeAt(c, SEGMENT_ES, destinationOffset(c, i), bytes, general(c, RAX));
    case Operation.Lods: {
      const status = readSource(c, i);
      if (status === OK) setRegister(c, i, RAX, bytes, value(c));
      return status;
    }
    case Operation.Scas: {
      const status = readAt(c, SEGMENT_ES, destinationOffset(c, i), bytes);
      if (status === OK) subtract(c, general(c, RAX) & maskOf(bytes), value(c), 0, bytes);
      return status;
    }
    default:
      return compareElements(c, i);
  }
}

function compareElements(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  let status = readSource(c, i);
  if (status !== OK) return status;
  const source = value(c);
  status = readAt(c, SEGMENT_ES, destinationOffset(c, i), bytes);
  if (status === OK) subtract(c, source, value(c), 0, bytes);
  return status;
}

function readSource(c: u64, i: DecodedInstruction): u32 {
  return readAt(c, i.segment, sourceOffset(c, i), i.operandBytes);
}

export function sourceOffset(c: u64, i: DecodedInstruction): u64 {
  return general(c, RSI) & maskOf(i.addressBytes);
}

export function destinationOffset(c: u64, i: DecodedInstruction): u64 {
  return general(c, RDI) & maskOf(i.addressBytes);
}
