// MOV, and what moves by size, order of bytes, or condition (APM volume 3, CMOVcc to SETcc)

import { EMULATION_CR0 } from "../../../abi/generated/bare/emulation";
import { peek64 } from "../memory";
import { DecodedInstruction, NO_REGISTER } from "../x64/instruction";
import { FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF, OK, rflags, signExtended } from "./context";
import { bytesOfRm, readRm, register, setRegister, source, value, writeRm } from "./operands";

export function move(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.writes) return writeRm(c, i, bytes, source(c, i, bytes));
  if (!i.hasMemory && i.rm === NO_REGISTER) {
    setRegister(c, i, i.register, bytes, i.immediate);
    return OK;
  }
  const status = readRm(c, i, bytes);
  if (status === OK) setRegister(c, i, i.register, bytes, value(c));
  return status;
}

export function extend(c: u64, i: DecodedInstruction, isSigned: bool): u32 {
  const bytes = bytesOfRm(i);
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  setRegister(c, i, i.register, i.operandBytes, isSigned ? signExtended(value(c), bytes) : value(c));
  return OK;
}

export function moveSwapped(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.writes) return writeRm(c, i, bytes, swapped(register(c, i, i.register, bytes), bytes));
  const status = readRm(c, i, bytes);
  if (status === OK) setRegister(c, i, i.register, bytes, swapped(value(c), bytes));
  return status;
}

/** The operand is read, and 32 bits of a register are written, in any case (APM volume 3, CMOVcc). */
export function moveIf(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  setRegister(c, i, i.register, bytes, isMet(c, i) ? value(c) : register(c, i, i.register, bytes));
  return OK;
}

export function setIf(c: u64, i: DecodedInstruction): u32 {
  return writeRm(c, i, 1, isMet(c, i) ? 1 : 0);
}

/** SMSW: memory gets the lowest 16 bits of CR0, whatever the operand's size (APM volume 3). */
export function storeStatus(c: u64, i: DecodedInstruction): u32 {
  return writeRm(c, i, i.hasMemory ? 2 : i.operandBytes, peek64(c + EMULATION_CR0));
}

/** The condition in an opcode's lowest four bits. */
function isMet(c: u64, i: DecodedInstruction): bool {
  const flags = rflags(c);
  const isNegated = (i.opcode & 1) !== 0;
  const isLess = ((flags & FLAG_SF) !== 0) !== ((flags & FLAG_OF) !== 0);
  switch ((i.opcode >> 1) & 7) {
    case 0:
      return ((flags & FLAG_OF) !== 0) !== isNegated;
    case 1:
      return ((flags & FLAG_CF) !== 0) !== isNegated;
    case 2:
      return ((flags & FLAG_ZF) !== 0) !== isNegated;
    case 3:
      return ((flags & (FLAG_CF | FLAG_ZF)) !== 0) !== isNegated;
    case 4:
      return ((flags & FLAG_SF) !== 0) !== isNegated;
    case 5:
      return ((flags & FLAG_PF) !== 0) !== isNegated;
    case 6:
      return isLess !== isNegated;
    default:
      return (isLess || (flags & FLAG_ZF) !== 0) !== isNegated;
  }
}

function swapped(content: u64, bytes: u32): u64 {
  return bswap<u64>(content) >> (64 - bytes * 8);
}
