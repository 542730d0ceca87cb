// Arithmetic on operands (APM volume 3): where they come from, and whether the result is kept

import { DecodedInstruction } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { arithmetic, decrement, increment, subtract } from "./arithmetic";
import { general, OK, RCX } from "./context";
import { divideAccumulator } from "./divide";
import { multiplyAccumulator, multiplySigned } from "./multiply";
import { readRm, register, setRegister, source, value, writeRm } from "./operands";
import { shift } from "./shifts";

/** Two operands, of which r/m or rAX is the first; or the register, with the opcodes that load. */
export function calculate(c: u64, i: DecodedInstruction): u32 {
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

export function calculateOne(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.hasFixedRegister) {
    const operand = register(c, i, i.register, bytes);
    setRegister(c, i, i.register, bytes, resultOfOne(c, i.operation, operand, bytes));
    return OK;
  }
  const status = readRm(c, i, bytes);
  return status === OK ? writeRm(c, i, bytes, resultOfOne(c, i.operation, value(c), bytes)) : status;
}

/** With an accumulator, a register, or a register and an immediate. */
export function multiply(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  if (i.map === 0 && i.immediateBytes === 0) {
    multiplyAccumulator(c, i.operation === Operation.Imul, value(c), bytes);
    return OK;
  }
  setRegister(c, i, i.register, bytes, multiplySigned(c, value(c), source(c, i, bytes), bytes));
  return OK;
}

export function divide(c: u64, i: DecodedInstruction): u32 {
  const status = readRm(c, i, i.operandBytes);
  return status === OK ? divideAccumulator(c, i.operation === Operation.Idiv, value(c), i.operandBytes) : status;
}

/** By an immediate, by one, or by CL. */
export function executeShift(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const isByRegister = (i.opcode & 2) !== 0;
  const count = i.immediateBytes !== 0 ? i.immediate : isByRegister ? general(c, RCX) : 1;
  return writeRm(c, i, bytes, shift(c, i.opcodeExtension, value(c), <u32>count & 0xff, bytes));
}

/** Whether the register is the first operand: 02, 03, 0A, 0B, … 3B (APM volume 3, table A-1). */
function isLoad(i: DecodedInstruction): bool {
  return i.opcode < 0x40 && (i.opcode & 2) !== 0;
}

function isKept(operation: Operation): bool {
  return operation !== Operation.Cmp && operation !== Operation.Test;
}

function resultOfOne(c: u64, operation: Operation, operand: u64, bytes: u32): u64 {
  if (operation === Operation.Inc) return increment(c, operand, bytes);
  if (operation === Operation.Dec) return decrement(c, operand, bytes);
  return operation === Operation.Not ? ~operand : subtract(c, 0, operand, 0, bytes);
}
