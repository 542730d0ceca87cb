// Instructions that read, compare and replace: XCHG, XADD, CMPXCHG, CMPXCHG8B and 16B, and the bit tests

import { EMULATION_VALUE } from "../../../abi/generated/bare/emulation";
import { peek64, poke64 } from "../memory";
import { DecodedInstruction, NO_REGISTER } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { add, subtract } from "./arithmetic";
import {
  FLAG_CF,
  FLAG_ZF,
  general,
  maskOf,
  OK,
  protectionFault,
  RAX,
  RBX,
  RCX,
  RDX,
  setFlags,
  setGeneral,
  signExtended,
} from "./context";
import { linearAddress, readRm, readRmAt, register, setRegister, value, writeRm } from "./operands";

const PAIR_ALIGNMENT: u64 = 16;

export function exchange(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const own = register(c, i, i.register, bytes);
  if (!i.hasMemory && i.rm === NO_REGISTER) {
    setGeneral(c, i.register, bytes, general(c, RAX));
    setGeneral(c, RAX, bytes, own);
    return OK;
  }
  let status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const other = value(c);
  status = writeRm(c, i, bytes, own);
  if (status === OK) setRegister(c, i, i.register, bytes, other);
  return status;
}

export function exchangeAndAdd(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const other = value(c);
  const sum = add(c, other, register(c, i, i.register, bytes), 0, bytes);
  setRegister(c, i, i.register, bytes, other);
  return writeRm(c, i, bytes, sum);
}

/** The operand is written in any case: with what it was when the comparison fails. */
export function compareAndExchange(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const present = value(c);
  const isEqual = subtract(c, general(c, RAX) & maskOf(bytes), present, 0, bytes) === 0;
  if (isEqual) return writeRm(c, i, bytes, register(c, i, i.register, bytes));
  setGeneral(c, RAX, bytes, present);
  return writeRm(c, i, bytes, present);
}

export function compareAndExchangePair(c: u64, i: DecodedInstruction): u32 {
  const half = i.accessBytes / 2;
  const status = readRm(c, i, i.accessBytes);
  if (half === 8 && (linearAddress(c) & (PAIR_ALIGNMENT - 1)) !== 0) return protectionFault(c, false);
  if (status !== OK) return status;
  const low = value(c) & maskOf(half);
  const high = half === 8 ? peek64(c + EMULATION_VALUE + 8) : value(c) >> 32;
  const isEqual = low === (general(c, RAX) & maskOf(half)) && high === (general(c, RDX) & maskOf(half));
  setFlags(c, FLAG_ZF, isEqual ? FLAG_ZF : 0);
  if (isEqual) return writePair(c, i, half, general(c, RBX), general(c, RCX));
  setGeneral(c, RAX, half, low);
  setGeneral(c, RDX, half, high);
  return writePair(c, i, half, low, high);
}

function writePair(c: u64, i: DecodedInstruction, half: u32, low: u64, high: u64): u32 {
  if (half === 4) return writeRm(c, i, 8, (low & maskOf(4)) | (high << 32));
  poke64(c + EMULATION_VALUE + 8, high);
  return writeRm(c, i, 16, low);
}

/** BT, BTS, BTR, BTC. A bit in a register may lie anywhere in memory around the operand (APM volume 3, BT). */
export function testBit(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const isImmediate = i.immediateBytes !== 0;
  const number = isImmediate ? <u64>i.immediate : signExtended(register(c, i, i.register, bytes), bytes);
  const units = isImmediate ? 0 : <i64>number >> (ctz<u32>(bytes) + 3);
  const status = readRmAt(c, i, <u64>units * bytes, bytes);
  if (status !== OK) return status;
  const bit = (<u64>1) << (number & (bytes * 8 - 1));
  const present = value(c);
  setFlags(c, FLAG_CF, (present & bit) !== 0 ? FLAG_CF : 0);
  if (i.operation === Operation.Bt) return OK;
  return writeRm(c, i, bytes, withBit(i.operation, present, bit));
}

function withBit(operation: Operation, present: u64, bit: u64): u64 {
  if (operation === Operation.Bts) return present | bit;
  return operation === Operation.Btr ? present & ~bit : present ^ bit;
}
