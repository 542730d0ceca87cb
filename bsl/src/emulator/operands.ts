// Operands of an instruction: registers, and the memory that ModRM or an address in the instruction names

import {
  EMULATION_FLAG_KNOWN,
  EMULATION_FLAG_KNOWN_WRITE,
  EMULATION_FLAGS,
  EMULATION_KNOWN_ADDRESS,
  EMULATION_LINEAR,
  EMULATION_RIP,
  EMULATION_SPAN_FIRST,
  EMULATION_VALUE,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke64 } from "../memory";
import { MEMORY_BYTE, MEMORY_DOUBLE, MEMORY_WORD } from "../x64/forms";
import { DecodedInstruction, NO_REGISTER, REGISTER_RIP } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { ACCESS_READ, ACCESS_WRITE } from "../x64/paging";
import { general, maskOf, OK, setGeneral } from "./context";
import { locate } from "./segments";
import { openSpan, readSpan, writeSpan } from "./span";

const PAGE_MASK: u64 = 0xfff;

/** Bytes of operand r/m. An instruction that extends it has more in its other operand. */
export function bytesOfRm(i: DecodedInstruction): u32 {
  const own = i.form & MEMORY_DOUBLE;
  return own === MEMORY_DOUBLE ? 4 : own === MEMORY_WORD ? 2 : own === MEMORY_BYTE ? 1 : i.operandBytes;
}

/** A register operand of some bytes; AH, CH, DH and BH included. */
export function register(c: u64, i: DecodedInstruction, number: u32, bytes: u32): u64 {
  if (bytes === 1 && i.isHighByte(number)) return (general(c, number - 4) >> 8) & 0xff;
  return general(c, number) & maskOf(bytes);
}

export function setRegister(c: u64, i: DecodedInstruction, number: u32, bytes: u32, value: u64): void {
  if (bytes !== 1 || !i.isHighByte(number)) {
    setGeneral(c, number, bytes, value);
    return;
  }
  const whole = number - 4;
  setGeneral(c, whole, 2, (general(c, whole) & 0xff) | ((value & 0xff) << 8));
}

/** Finds the memory operand, `distance` bytes from where the instruction says. */
export function locateOperand(c: u64, i: DecodedInstruction, distance: u64, bytes: u32, isWrite: bool): u32 {
  return locate(c, i.segment, offsetOf(c, i, distance), bytes, isWrite);
}

/** Reads operand r/m into Emulation.value. If the instruction writes it, too, then it may be written. */
export function readRm(c: u64, i: DecodedInstruction, bytes: u32): u32 {
  return readRmAt(c, i, 0, bytes);
}

export function readRmAt(c: u64, i: DecodedInstruction, distance: u64, bytes: u32): u32 {
  if (!i.hasMemory) {
    setValue(c, register(c, i, i.rm, bytes));
    return OK;
  }
  const isWrite = i.writes;
  let status = locateOperand(c, i, distance, bytes, isWrite);
  if (status === OK) status = openRm(c, i, bytes, isWrite);
  return status === OK ? readSpan(c, linearAddress(c), bytes) : status;
}

/** Writes operand r/m. If the instruction reads it, too, then that has been done, and nothing else since. */
export function writeRm(c: u64, i: DecodedInstruction, bytes: u32, content: u64): u32 {
  if (!i.hasMemory) {
    setRegister(c, i, i.rm, bytes, content);
    return OK;
  }
  let status = OK;
  if (!i.reads) {
    status = locateOperand(c, i, 0, bytes, true);
    if (status === OK) status = openRm(c, i, bytes, true);
  }
  if (status !== OK) return status;
  setValue(c, content);
  return writeSpan(c, linearAddress(c), bytes);
}

/** Reads memory at an offset in a segment into Emulation.value. */
export function readAt(c: u64, segment: u32, offset: u64, bytes: u32): u32 {
  let status = locate(c, segment, offset, bytes, false);
  if (status === OK) status = openSpan(c, linearAddress(c), bytes, ACCESS_READ);
  return status === OK ? readSpan(c, linearAddress(c), bytes) : status;
}

/** Writes memory at an offset in a segment. */
export function writeAt(c: u64, segment: u32, offset: u64, bytes: u32, content: u64): u32 {
  let status = locate(c, segment, offset, bytes, true);
  if (status === OK) status = openSpan(c, linearAddress(c), bytes, ACCESS_WRITE);
  if (status !== OK) return status;
  setValue(c, content);
  return writeSpan(c, linearAddress(c), bytes);
}

/** The operand that is not r/m: an immediate, or the register. */
export function source(c: u64, i: DecodedInstruction, bytes: u32): u64 {
  return i.immediateBytes !== 0 ? <u64>i.immediate & maskOf(bytes) : register(c, i, i.register, bytes);
}

/** What was read last. */
export function value(c: u64): u64 {
  return peek64(c + EMULATION_VALUE);
}

export function setValue(c: u64, content: u64): void {
  poke64(c + EMULATION_VALUE, content);
}

/** Where the operand lies that was located last. */
export function linearAddress(c: u64): u64 {
  return peek64(c + EMULATION_LINEAR);
}

/** Finds the pages of operand r/m, which was located; the processor may have found its page already. */
function openRm(c: u64, i: DecodedInstruction, bytes: u32, isWrite: bool): u32 {
  const linear = linearAddress(c);
  if (!isKnown(c, i, linear, bytes, isWrite)) return openSpan(c, linear, bytes, isWrite ? ACCESS_WRITE : ACCESS_READ);
  poke64(c + EMULATION_SPAN_FIRST, peek64(c + EMULATION_KNOWN_ADDRESS));
  return OK;
}

/** Whether the address that the processor has reported is that of operand r/m, and not that of the stack, or of a second page. */
function isKnown(c: u64, i: DecodedInstruction, linear: u64, bytes: u32, isWrite: bool): bool {
  const flags = peek32(c + EMULATION_FLAGS);
  if ((flags & (isWrite ? EMULATION_FLAG_KNOWN_WRITE : EMULATION_FLAG_KNOWN)) === 0) return false;
  if (i.operation === Operation.Push || i.operation === Operation.Pop || i.operation === Operation.Call) return false;
  const offset = linear & PAGE_MASK;
  return offset === (peek64(c + EMULATION_KNOWN_ADDRESS) & PAGE_MASK) && offset + bytes <= PAGE_MASK + 1;
}

function offsetOf(c: u64, i: DecodedInstruction, distance: u64): u64 {
  let offset: u64 = <u64>i.displacement + distance;
  if (i.base === REGISTER_RIP) offset += peek64(c + EMULATION_RIP) + i.length;
  else if (i.base !== NO_REGISTER) offset += general(c, i.base);
  if (i.index !== NO_REGISTER) offset += general(c, i.index) * i.scale;
  return offset & maskOf(i.addressBytes);
}
