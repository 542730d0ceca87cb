// Far branches: JMP, CALL and RET to code of the same privilege (APM volume 2, 4.11.2; volume 3). What changes the privilege, and
// gates and tasks, are left to others

import {
  EMULATION_NEXT_RIP,
  EMULATION_SEGMENT_LIMIT,
  EMULATION_UNKNOWN,
  EMULATION_VALUE,
} from "../../../abi/generated/bare/emulation";
import { peek16, peek32, peek64, poke64 } from "../memory";
import { DecodedInstruction, SEGMENT_CS } from "../x64/instruction";
import { general, maskOf, OK, protectionFault, RSP, setGeneral } from "./context";
import {
  DESCRIPTOR_32,
  DESCRIPTOR_ACCESSED,
  DESCRIPTOR_CODE,
  DESCRIPTOR_CONFORMING,
  DESCRIPTOR_LONG,
  DESCRIPTOR_PRESENT,
  DESCRIPTOR_USER,
  GENERAL_PROTECTION,
  isLongMode,
  isNull,
  markDescriptor,
  NOT_PRESENT,
  privilegeOf,
  readDescriptor,
  SELECTOR_RPL,
  selectorFault,
  selectorOf,
  setRealSegment,
  setSegment,
  typeOf,
} from "./descriptor";
import { hasDescriptors, knowsSegments, privilege } from "./load-segment";
import { readRm, setValue, value } from "./operands";
import { isCanonical } from "./segments";
import { addToStack, popValue, pushValue } from "./stack-values";

/** Gates and tasks among the system's types: bits by type (APM volume 2, tables 4-5 and 4-6). */
const GATES: u32 = (1 << 1) | (1 << 3) | (1 << 4) | (1 << 5) | (1 << 9) | (1 << 11) | (1 << 12);
const LONG_GATES: u32 = 1 << 12;

export function jumpFar(c: u64, i: DecodedInstruction): u32 {
  let status = findPointer(c, i);
  if (status !== OK) return status;
  const offset = value(c);
  const selector = selectorBehind(c);
  status = findCode(c, selector, offset, false);
  return status === OK ? enterCode(c, selector, offset) : status;
}

/** CS and the address behind the instruction are on the stack then, as large as the operand. */
export function callFar(c: u64, i: DecodedInstruction): u32 {
  let status = findPointer(c, i);
  if (status !== OK) return status;
  const offset = value(c);
  const selector = selectorBehind(c);
  status = findCode(c, selector, offset, false);
  if (status !== OK) return status;
  const descriptor = value(c);
  const before = general(c, RSP);
  status = pushValue(c, i.operandBytes, selectorOf(c, SEGMENT_CS));
  if (status === OK) status = pushValue(c, i.operandBytes, peek64(c + EMULATION_NEXT_RIP));
  setValue(c, descriptor);
  if (status === OK) status = enterCode(c, selector, offset);
  if (status !== OK) setGeneral(c, RSP, 8, before);
  return status;
}

/** With a number of bytes that were pushed before. */
export function returnFar(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const before = general(c, RSP);
  let status = popValue(c, i.operandBytes);
  const offset = value(c);
  if (status === OK) status = popValue(c, i.operandBytes);
  const selector = <u32>value(c) & 0xffff;
  if (status === OK) status = findCode(c, selector, offset, true);
  if (status === OK) status = enterCode(c, selector, offset);
  if (status !== OK) setGeneral(c, RSP, 8, before);
  else addToStack(c, <u64>i.immediate & 0xffff);
  return status;
}

/** Offset and selector, from the instruction or from memory, into the two words of Emulation.value. With REX.W as Intel's processors do. */
function findPointer(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const bytes = i.operandBytes;
  let offset: u64 = <u64>i.immediate;
  let selector: u64 = i.immediate2;
  if (i.hasMemory) {
    const status = readRm(c, i, bytes + 2);
    if (status !== OK) return status;
    offset = value(c);
    selector = peek16(c + EMULATION_VALUE + bytes);
  }
  setValue(c, offset & maskOf(bytes));
  poke64(c + EMULATION_VALUE + 8, selector);
  return OK;
}

function selectorBehind(c: u64): u32 {
  return <u32>peek64(c + EMULATION_VALUE + 8);
}

/** Reads the descriptor of the code that is wanted into Emulation.value, and checks it and the offset. */
function findCode(c: u64, selector: u32, offset: u64, isReturn: bool): u32 {
  if (!hasDescriptors(c)) return offset <= codeLimit(c) ? OK : protectionFault(c, false);
  if (isNull(selector)) return protectionFault(c, false);
  let status = readDescriptor(c, selector, 8);
  if (status !== OK) return status;
  const descriptor = value(c);
  if (isGate(c, descriptor, isReturn) || (isReturn && (selector & SELECTOR_RPL) > privilege(c)))
    return EMULATION_UNKNOWN;
  if (!isCodeFor(c, selector, descriptor, isReturn)) return selectorFault(c, GENERAL_PROTECTION, selector);
  if ((descriptor & DESCRIPTOR_PRESENT) === 0) return selectorFault(c, NOT_PRESENT, selector);
  const isLong = isLongMode(c) && (descriptor & DESCRIPTOR_LONG) !== 0;
  if (isLong ? !isCanonical(c, offset) : offset > limitOf(descriptor)) return protectionFault(c, false);
  status = markDescriptor(c, selector, descriptor, DESCRIPTOR_ACCESSED);
  setValue(c, descriptor | DESCRIPTOR_ACCESSED);
  return status;
}

/** The code in Emulation.value is CS, which has the privilege that there was. */
function enterCode(c: u64, selector: u32, offset: u64): u32 {
  if (!hasDescriptors(c)) setRealSegment(c, SEGMENT_CS, selector);
  else setSegment(c, SEGMENT_CS, (selector & ~SELECTOR_RPL) | privilege(c), value(c), 0);
  poke64(c + EMULATION_NEXT_RIP, offset);
  return OK;
}

function isGate(c: u64, descriptor: u64, isReturn: bool): bool {
  if (isReturn || (descriptor & DESCRIPTOR_USER) !== 0) return false;
  return (((isLongMode(c) ? LONG_GATES : GATES) >> typeOf(descriptor)) & 1) !== 0;
}

function isCodeFor(c: u64, selector: u32, descriptor: u64, isReturn: bool): bool {
  const kind = DESCRIPTOR_USER | DESCRIPTOR_CODE;
  if ((descriptor & kind) !== kind) return false;
  const bits = DESCRIPTOR_LONG | DESCRIPTOR_32;
  if (isLongMode(c) && (descriptor & bits) === bits) return false;
  const isConforming = (descriptor & DESCRIPTOR_CONFORMING) !== 0;
  const wanted = privilegeOf(descriptor);
  const cpl = privilege(c);
  const rpl = selector & SELECTOR_RPL;
  // What returns to more privilege is refused, and what returns to less was left to others
  if (isReturn && rpl < cpl) return false;
  return isConforming ? wanted <= cpl : rpl <= cpl && wanted === cpl;
}

function codeLimit(c: u64): u64 {
  return peek32(c + EMULATION_SEGMENT_LIMIT + SEGMENT_CS * 4);
}

function limitOf(descriptor: u64): u64 {
  const limit = (descriptor & 0xffff) | ((descriptor >> 32) & 0xf_0000);
  return ((descriptor >> 55) & 1) !== 0 ? (limit << 12) | 0xfff : limit;
}
