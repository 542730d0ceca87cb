// The stack, and near branches: PUSH, POP, CALL, JMP and RET (APM volume 3). What needs segments is left to others

import {
  EMULATION_MODE,
  EMULATION_NEXT_RIP,
  EMULATION_SEGMENT_LIMIT,
  EMULATION_UNKNOWN,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke64 } from "../memory";
import { MODRM, OPCODE_REGISTER, STACK } from "../x64/forms";
import { DecodedInstruction, MODE_64, SEGMENT_CS, SEGMENT_SS } from "../x64/instruction";
import { general, maskOf, OK, protectionFault, RSP, setGeneral } from "./context";
import { readAt, readRm, register, setRegister, setValue, value, writeAt, writeRm } from "./operands";
import { ATTRIBUTE_32, attributesOf, isCanonical } from "./segments";

export function push(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.immediateBytes !== 0) return pushValue(c, bytes, i.immediate);
  if ((i.form & OPCODE_REGISTER) !== 0) return pushValue(c, bytes, register(c, i, i.register, bytes));
  if ((i.form & MODRM) === 0) return EMULATION_UNKNOWN;
  const status = readRm(c, i, bytes);
  return status === OK ? pushValue(c, bytes, value(c)) : status;
}

/** An operand whose address has rSP in it means what that is behind the instruction. */
export function pop(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const isRegister = (i.form & OPCODE_REGISTER) !== 0;
  if (!isRegister && (i.form & MODRM) === 0) return EMULATION_UNKNOWN;
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

export function jump(c: u64, i: DecodedInstruction): u32 {
  const status = findTarget(c, i);
  return status === OK ? branch(c, i, value(c)) : status;
}

export function call(c: u64, i: DecodedInstruction): u32 {
  let status = findTarget(c, i);
  if (status !== OK) return status;
  const target = value(c);
  const behind = peek64(c + EMULATION_NEXT_RIP);
  status = branch(c, i, target);
  return status === OK ? pushValue(c, i.operandBytes, behind) : status;
}

export function ret(c: u64, i: DecodedInstruction): u32 {
  if ((i.form & STACK) === 0) return EMULATION_UNKNOWN;
  const before = general(c, RSP);
  let status = popValue(c, i.operandBytes);
  if (status !== OK) return status;
  status = branch(c, i, value(c));
  if (status !== OK) setGeneral(c, RSP, 8, before);
  else setGeneral(c, RSP, stackBytes(c), general(c, RSP) + (<u64>i.immediate & 0xffff));
  return status;
}

/** Where a near branch goes, into Emulation.value. */
function findTarget(c: u64, i: DecodedInstruction): u32 {
  // Far ones, and short ones, which touch no memory
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

function pushValue(c: u64, bytes: u32, content: u64): u32 {
  const size = stackBytes(c);
  const top = (general(c, RSP) - bytes) & maskOf(size);
  const status = writeAt(c, SEGMENT_SS, top, bytes, content);
  if (status === OK) setGeneral(c, RSP, size, top);
  return status;
}

function popValue(c: u64, bytes: u32): u32 {
  const size = stackBytes(c);
  const top = general(c, RSP) & maskOf(size);
  const status = readAt(c, SEGMENT_SS, top, bytes);
  if (status === OK) setGeneral(c, RSP, size, top + bytes);
  return status;
}

/** Bytes of rSP that count: the stack's segment decides, not that of the code (APM volume 2, 4.7.3). */
function stackBytes(c: u64): u32 {
  if (peek32(c + EMULATION_MODE) === MODE_64) return 8;
  return (attributesOf(c, SEGMENT_SS) & ATTRIBUTE_32) !== 0 ? 4 : 2;
}
