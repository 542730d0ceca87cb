// What each instruction does. Registers and flags change only when nothing can go wrong any more

import { EMULATION_UNKNOWN } from "../../../abi/generated/bare/emulation";
import { DecodedInstruction, NO_REGISTER } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { arithmetic, decrement, increment, subtract } from "./arithmetic";
import { maskOf, OK, undefinedOpcode } from "./context";
import { bytesOfRm, readRm, register, setRegister, value, writeRm } from "./operands";

/** Carries an instruction out, but for RIP; OK when it is complete. */
export function execute(c: u64, i: DecodedInstruction): u32 {
  switch (i.operation) {
    case Operation.Mov:
    case Operation.Movnti:
      return move(c, i);
    case Operation.Movzx:
      return extend(c, i, false);
    case Operation.Movsx:
      return extend(c, i, true);
    case Operation.Movbe:
      return moveSwapped(c, i);
    case Operation.Add:
    case Operation.Or:
    case Operation.Adc:
    case Operation.Sbb:
    case Operation.And:
    case Operation.Sub:
    case Operation.Xor:
    case Operation.Cmp:
    case Operation.Test:
      return calculate(c, i);
    case Operation.Inc:
    case Operation.Dec:
    case Operation.Not:
    case Operation.Neg:
      return calculateOne(c, i);
    case Operation.Undefined:
      return undefinedOpcode(c);
    default:
      return EMULATION_UNKNOWN;
  }
}

function move(c: u64, i: DecodedInstruction): u32 {
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

function extend(c: u64, i: DecodedInstruction, isSigned: bool): u32 {
  const bytes = bytesOfRm(i);
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  setRegister(c, i, i.register, i.operandBytes, isSigned ? signed(value(c), bytes) : value(c));
  return OK;
}

function moveSwapped(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.writes) return writeRm(c, i, bytes, swapped(register(c, i, i.register, bytes), bytes));
  const status = readRm(c, i, bytes);
  if (status === OK) setRegister(c, i, i.register, bytes, swapped(value(c), bytes));
  return status;
}

/** Two operands, of which r/m or rAX is the first; or the register, with the opcodes that load. */
function calculate(c: u64, i: DecodedInstruction): u32 {
  const operation = i.operation;
  const bytes = i.operandBytes;
  if (i.hasFixedRegister) {
    const result = arithmetic(c, operation, register(c, i, i.register, bytes), source(c, i, bytes), bytes);
    if (isKept(operation)) setRegister(c, i, i.register, bytes, result);
    return OK;
  }
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const other = source(c, i, bytes);
  if (!isLoad(i)) {
    const result = arithmetic(c, operation, value(c), other, bytes);
    return isKept(operation) ? writeRm(c, i, bytes, result) : OK;
  }
  const result = arithmetic(c, operation, other, value(c), bytes);
  if (isKept(operation)) setRegister(c, i, i.register, bytes, result);
  return OK;
}

/** Whether the register is the first operand: 02, 03, 0A, 0B, … 3B (APM volume 3, table A-1). */
function isLoad(i: DecodedInstruction): bool {
  return i.opcode < 0x40 && (i.opcode & 2) !== 0;
}

function isKept(operation: Operation): bool {
  return operation !== Operation.Cmp && operation !== Operation.Test;
}

function calculateOne(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.hasFixedRegister) {
    const operand = register(c, i, i.register, bytes);
    setRegister(c, i, i.register, bytes, resultOfOne(c, i.operation, operand, bytes));
    return OK;
  }
  const status = readRm(c, i, bytes);
  return status === OK ? writeRm(c, i, bytes, resultOfOne(c, i.operation, value(c), bytes)) : status;
}

function resultOfOne(c: u64, operation: Operation, operand: u64, bytes: u32): u64 {
  if (operation === Operation.Inc) return increment(c, operand, bytes);
  if (operation === Operation.Dec) return decrement(c, operand, bytes);
  return operation === Operation.Not ? ~operand : subtract(c, 0, operand, 0, bytes);
}

/** The operand that is not r/m: an immediate, or the register. */
function source(c: u64, i: DecodedInstruction, bytes: u32): u64 {
  return i.immediateBytes !== 0 ? <u64>i.immediate & maskOf(bytes) : register(c, i, i.register, bytes);
}

function signed(content: u64, bytes: u32): u64 {
  const unused: u64 = 64 - bytes * 8;
  return <u64>(<i64>(content << unused) >> unused);
}

function swapped(content: u64, bytes: u32): u64 {
  return bswap<u64>(content) >> (64 - bytes * 8);
}
