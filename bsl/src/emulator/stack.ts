// The stack, and branches: PUSH, POP, ENTER, LEAVE, CALL, JMP and RET (APM volume 3)

import {
  EMULATION_MODE,
  EMULATION_NEXT_RIP,
  EMULATION_SEGMENT_LIMIT,
  EMULATION_UNKNOWN,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke64 } from "../memory";
import {
  IMMEDIATE_FAR,
  IMMEDIATE_MASK,
  IMMEDIATE_SHIFT,
  MEMORY_ANY,
  MODRM,
  OPCODE_REGISTER,
  STACK,
} from "../x64/forms";
import { DecodedInstruction, MODE_64, SEGMENT_CS, SEGMENT_SS } from "../x64/instruction";
import { general, maskOf, OK, protectionFault, RBP, RSP, setGeneral } from "./context";
import { callFar, jumpFar, returnFar } from "./far";
import { readAt, readRm, register, setRegister, setValue, value, writeRm } from "./operands";
import { popSegment, pushSegment } from "./segment-moves";
import { isCanonical } from "./segments";
import { addToStack, popValue, pushValue, stackBytes } from "./stack-values";

/** ENTER: how many procedures are around. */
const NESTING: u32 = 31;

export function push(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.immediateBytes !== 0) return pushValue(c, bytes, i.immediate);
  if ((i.form & OPCODE_REGISTER) !== 0) return pushValue(c, bytes, register(c, i, i.register, bytes));
  if ((i.form & MODRM) === 0) return pushSegment(c, i);
  const status = readRm(c, i, bytes);
  return status === OK ? pushValue(c, bytes, value(c)) : status;
}

/** An operand whose address has rSP in it means what that is behind the instruction. */
export function pop(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const isRegister = (i.form & OPCODE_REGISTER) !== 0;
  if (!isRegister && (i.form & MODRM) === 0) return popSegment(c, i);
  const before = general(c, RSP);
  let status = popValue(c, bytes);
  if (status !== OK) return status;
  const content = value(c);
  if (isRegister) {
    setRegister(c, i, i.register, bytes, content);
    return OK;
  }
  status = writeRm(c, i, bytes, content);
  if (status !== OK) setGeneral(c, RSP, 8, before);
  return status;
}

/** ENTER of a procedure that is in no other one. */
export function enter(c: u64, i: DecodedInstruction): u32 {
  if ((i.immediate2 & NESTING) !== 0) return EMULATION_UNKNOWN;
  const status = pushValue(c, i.operandBytes, register(c, i, RBP, i.operandBytes));
  if (status !== OK) return status;
  setGeneral(c, RBP, stackBytes(c), general(c, RSP));
  addToStack(c, -(<u64>i.immediate & 0xffff));
  return OK;
}

export function leave(c: u64, i: DecodedInstruction): u32 {
  const size = stackBytes(c);
  const top = general(c, RBP) & maskOf(size);
  const status = readAt(c, SEGMENT_SS, top, i.operandBytes);
  if (status !== OK) return status;
  setGeneral(c, RSP, size, top + i.operandBytes);
  setGeneral(c, RBP, i.operandBytes, value(c));
  return OK;
}

export function jump(c: u64, i: DecodedInstruction): u32 {
  if (isFar(i)) return jumpFar(c, i);
  const status = findTarget(c, i);
  return status === OK ? branch(c, i, value(c)) : status;
}

export function call(c: u64, i: DecodedInstruction): u32 {
  if (isFar(i)) return callFar(c, i);
  let status = findTarget(c, i);
  if (status !== OK) return status;
  const target = value(c);
  const behind = peek64(c + EMULATION_NEXT_RIP);
  status = branch(c, i, target);
  return status === OK ? pushValue(c, i.operandBytes, behind) : status;
}

export function ret(c: u64, i: DecodedInstruction): u32 {
  if ((i.form & STACK) === 0) return returnFar(c, i);
  const before = general(c, RSP);
  let status = popValue(c, i.operandBytes);
  if (status !== OK) return status;
  status = branch(c, i, value(c));
  if (status !== OK) setGeneral(c, RSP, 8, before);
  else addToStack(c, <u64>i.immediate & 0xffff);
  return status;
}

/** By a selector and an offset. */
function isFar(i: DecodedInstruction): bool {
  return (i.form & MEMORY_ANY) !== 0 || ((i.form >> IMMEDIATE_SHIFT) & IMMEDIATE_MASK) === IMMEDIATE_FAR;
}

/** Where a near branch goes, into Emulation.value. */
function findTarget(c: u64, i: DecodedInstruction): u32 {
  // Short ones touch no memory
  if ((i.form & STACK) === 0) return EMULATION_UNKNOWN;
  if ((i.form & MODRM) !== 0) return readRm(c, i, i.operandBytes);
  setValue(c, peek64(c + EMULATION_NEXT_RIP) + i.immediate);
  return OK;
}

/** RIP behind the instruction, unless it cannot be there. */
function branch(c: u64, i: DecodedInstruction, target: u64): u32 {
  const rip = target & maskOf(i.operandBytes);
  const isLong = peek32(c + EMULATION_MODE) === MODE_64;
  const limit = <u64>peek32(c + EMULATION_SEGMENT_LIMIT + SEGMENT_CS * 4);
  if (isLong ? !isCanonical(c, rip) : rip > limit) return protectionFault(c, false);
  poke64(c + EMULATION_NEXT_RIP, rip);
  return OK;
}
