// IN, OUT, INS and OUTS (APM volume 3). That the guest may use the port has been seen by its processor
//
// A string goes in blocks, by the caller's buffer: elements that lie one behind the other in a page of memory. Where there is
// no such block (a device in place of memory, the direction flag, no buffer), it goes element by element.

import {
  EMULATION_ACCESS_BYTES,
  EMULATION_ADDRESS,
  EMULATION_BUFFER,
  EMULATION_BUFFER_BYTES,
  EMULATION_DATA,
  EMULATION_ELEMENT_COUNT,
  EMULATION_FAILED,
  EMULATION_IN,
  EMULATION_OWNER,
  EMULATION_PORT_ANSWER,
  EMULATION_PORT_PENDING,
  EMULATION_SPAN_FIRST,
  EMULATION_UNKNOWN,
  GUEST_DEVICE,
  GUEST_DONE,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke32, poke64 } from "../memory";
import { DecodedInstruction, SEGMENT_ES } from "../x64/instruction";
import { Operation } from "../x64/operation";
import { ACCESS_READ, ACCESS_WRITE } from "../x64/paging";
import { FLAG_DF, general, maskOf, OK, PART, RAX, RDX, rflags, setGeneral } from "./context";
import { readGuest, writeGuest } from "./guest";
import { linearAddress, readAt, value, writeAt } from "./operands";
import { locate } from "./segments";
import { forgetAnswers, hasPiece, openSpan } from "./span";
import { destinationOffset, isInterrupted, moveOn, repetitions, sourceOffset } from "./string";

const PAGE_BYTES: u64 = 0x1000;

export function executePort(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  if (i.operation === Operation.Out) {
    poke64(c + EMULATION_DATA, general(c, RAX) & maskOf(bytes));
    writePort(c, i, 1);
    return OK;
  }
  if (peek32(c + EMULATION_PORT_ANSWER) === 0) return readPort(c, i, 1);
  poke32(c + EMULATION_PORT_ANSWER, 0);
  setGeneral(c, RAX, bytes, peek64(c + EMULATION_DATA));
  return OK;
}

/** OK: all repetitions are done. PART: elements are on their way, or somebody waits. */
export function executePortString(c: u64, i: DecodedInstruction): u32 {
  while (repetitions(c, i) !== 0) {
    const status = i.operation === Operation.Outs ? writeElements(c, i) : readElements(c, i);
    if (status !== OK) return status;
    forgetAnswers(c);
    if (i.repeat === 0 || repetitions(c, i) === 0) return OK;
    if (peek32(c + EMULATION_PORT_PENDING) !== 0 || hasPiece(c) || isInterrupted(c)) return PART;
  }
  return OK;
}

function writeElements(c: u64, i: DecodedInstruction): u32 {
  const offset = sourceOffset(c, i);
  let count = findBlock(c, i, i.segment, offset, ACCESS_READ);
  if (count === 0) {
    const status = readAt(c, i.segment, offset, i.operandBytes);
    if (status !== OK) return status;
    poke64(c + EMULATION_DATA, value(c));
    count = 1;
  }
  moveOn(c, i, count);
  writePort(c, i, count);
  return OK;
}

/** The memory is looked for before the port is read: what a device has given can be read only once. */
function readElements(c: u64, i: DecodedInstruction): u32 {
  const offset = destinationOffset(c, i);
  const bytes = i.operandBytes;
  const answered = peek32(c + EMULATION_PORT_ANSWER);
  if (answered === 0) {
    const count = findBlock(c, i, SEGMENT_ES, offset, ACCESS_WRITE);
    if (count !== 0) return readPort(c, i, count);
    const status = openAt(c, SEGMENT_ES, offset, bytes, ACCESS_WRITE);
    return status === OK ? readPort(c, i, 1) : status;
  }
  const count = elementsTaken(c, i, offset, answered);
  const first = answered === 1 ? c + EMULATION_DATA : peek64(c + EMULATION_BUFFER);
  const status =
    count === 1 ? writeAt(c, SEGMENT_ES, offset, bytes, peek64(first)) : writeBlock(c, offset, count * bytes);
  if (status === OK) {
    poke32(c + EMULATION_PORT_ANSWER, 0);
    moveOn(c, i, count);
  }
  return status;
}

/** Elements of an answer that go to memory at once: fewer than were asked for, when the caller has changed registers meanwhile. */
function elementsTaken(c: u64, i: DecodedInstruction, offset: u64, answered: u32): u32 {
  if (answered === 1) return 1;
  const together = elementsTogether(c, i, SEGMENT_ES, offset, true);
  const count = together < answered ? together : answered;
  return count === 0 ? 1 : count;
}

/** Elements, of those that are left, that lie one behind the other in the page of the first one. */
function elementsTogether(c: u64, i: DecodedInstruction, segment: u32, offset: u64, isWrite: bool): u32 {
  if (i.repeat === 0 || (rflags(c) & FLAG_DF) !== 0) return 0;
  if (locate(c, segment, offset, i.operandBytes, isWrite) !== OK) return 0;
  const inPage = <u32>(PAGE_BYTES - (linearAddress(c) & (PAGE_BYTES - 1))) / i.operandBytes;
  const left = repetitions(c, i);
  return left < inPage ? <u32>left : inPage;
}

/** Elements that one copy moves between the buffer and a page, or 0. What is in memory is in the buffer then. */
function findBlock(c: u64, i: DecodedInstruction, segment: u32, offset: u64, access: u32): u32 {
  const bytes = i.operandBytes;
  const buffer = peek64(c + EMULATION_BUFFER);
  if (buffer === 0) return 0;
  const together = elementsTogether(c, i, segment, offset, access === ACCESS_WRITE);
  const room = peek32(c + EMULATION_BUFFER_BYTES) / bytes;
  const count = together < room ? together : room;
  if (count < 2 || openAt(c, segment, offset, count * bytes, access) !== OK) return 0;
  const physical = peek64(c + EMULATION_SPAN_FIRST);
  return readGuest(peek64(c + EMULATION_OWNER), physical, buffer, count * bytes) === GUEST_DONE ? count : 0;
}

function writeBlock(c: u64, offset: u64, bytes: u32): u32 {
  const status = openAt(c, SEGMENT_ES, offset, bytes, ACCESS_WRITE);
  if (status !== OK) return status;
  const physical = peek64(c + EMULATION_SPAN_FIRST);
  const found = writeGuest(peek64(c + EMULATION_OWNER), physical, peek64(c + EMULATION_BUFFER), bytes);
  // A block of read-only memory can be read, so it was found; what a device would make of it nobody knows
  return found === GUEST_DONE ? OK : found === GUEST_DEVICE ? EMULATION_UNKNOWN : EMULATION_FAILED;
}

function openAt(c: u64, segment: u32, offset: u64, bytes: u32, access: u32): u32 {
  const status = locate(c, segment, offset, bytes, access === ACCESS_WRITE);
  return status === OK ? openSpan(c, linearAddress(c), bytes, access) : status;
}

/** Asks for elements; the instruction begins again when they are there. */
function readPort(c: u64, i: DecodedInstruction, count: u32): u32 {
  namePort(c, i, count);
  return EMULATION_IN;
}

/** Hands elements to the caller, who gets them when the registers are those behind them. */
function writePort(c: u64, i: DecodedInstruction, count: u32): void {
  namePort(c, i, count);
  poke32(c + EMULATION_PORT_PENDING, 1);
}

function namePort(c: u64, i: DecodedInstruction, count: u32): void {
  const isImmediate = i.immediateBytes !== 0;
  poke64(c + EMULATION_ADDRESS, isImmediate ? <u64>i.immediate & 0xff : general(c, RDX) & 0xffff);
  poke32(c + EMULATION_ACCESS_BYTES, i.operandBytes);
  poke32(c + EMULATION_ELEMENT_COUNT, count);
}
