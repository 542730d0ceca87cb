// An operand in guest memory: up to 16 bytes, in one page or two, of which each may be memory or a device
//
// A device is not touched here. What is to be read of it is asked for, and the instruction begins again when there is an
// answer: then what was read before is taken from the list of answers. What is to be written waits in the list of pieces.

import {
  EMULATION_ACCESS_BYTES,
  EMULATION_ADDRESS,
  EMULATION_ANSWER_ADDRESS,
  EMULATION_ANSWER_BYTES,
  EMULATION_ANSWER_COUNT,
  EMULATION_ANSWER_DATA,
  EMULATION_ANSWER_NEXT,
  EMULATION_DATA,
  EMULATION_FAILED,
  EMULATION_MODE,
  EMULATION_OWNER,
  EMULATION_PIECE_ADDRESS,
  EMULATION_PIECE_BYTES,
  EMULATION_PIECE_COUNT,
  EMULATION_PIECE_DATA,
  EMULATION_PIECE_NEXT,
  EMULATION_READ,
  EMULATION_SPAN_FIRST,
  EMULATION_SPAN_SECOND,
  EMULATION_UNKNOWN,
  EMULATION_VALUE,
  EMULATION_WRITE,
  GUEST_DEVICE,
  GUEST_DONE,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke8, poke32, poke64 } from "../memory";
import { MODE_64 } from "../x64/instruction";
import { maskOf, OK, userAccess } from "./context";
import { readGuest, writeGuest } from "./guest";
import { translate } from "./page-walk";

const PAGE_MASK: u64 = 0xfff;
const PAGE_BYTES: u64 = 0x1000;
/** A device is read and written in pieces of at most so many bytes. */
const PIECE_MOST_BYTES: u32 = 8;
/** Entries of the lists of answers and of pieces. */
const LIST_ENTRIES: u32 = 4;

/** Finds the page or the two pages that an operand lies in. Nothing is read or written before both are there. */
export function openSpan(c: u64, linear: u64, bytes: u32, access: u32): u32 {
  return openPages(c, linear, bytes, access | userAccess(c));
}

/** The same where the processor looks for itself, whatever the privilege: descriptors. */
export function openSystemSpan(c: u64, linear: u64, bytes: u32, access: u32): u32 {
  return openPages(c, linear, bytes, access);
}

function openPages(c: u64, linear: u64, bytes: u32, rights: u32): u32 {
  const status = translate(c, linear, rights, EMULATION_SPAN_FIRST);
  const first = inPage(linear);
  if (status !== OK || first >= bytes) return status;
  const next = linear + first;
  // Outside of 64-bit mode the address space ends at 4 GiB, and begins again
  const second = peek32(c + EMULATION_MODE) === MODE_64 ? next : next & maskOf(4);
  return translate(c, second, rights, EMULATION_SPAN_SECOND);
}

/** Reads an open span into Emulation.value. */
export function readSpan(c: u64, linear: u64, bytes: u32): u32 {
  const owner = peek64(c + EMULATION_OWNER);
  poke64(c + EMULATION_VALUE, 0);
  poke64(c + EMULATION_VALUE + 8, 0);
  for (let offset: u32 = 0; offset < bytes; ) {
    const part = partBytes(linear, bytes, offset);
    const address = partAddress(c, linear, offset);
    const to = c + EMULATION_VALUE + offset;
    const found = readGuest(owner, address, to, part);
    const status =
      found === GUEST_DEVICE ? readDevice(c, address, to, part) : found === GUEST_DONE ? OK : EMULATION_FAILED;
    if (status !== OK) return status;
    offset += part;
  }
  return OK;
}

/** Writes Emulation.value into an open span; what is a device's waits in the list of pieces. */
export function writeSpan(c: u64, linear: u64, bytes: u32): u32 {
  const owner = peek64(c + EMULATION_OWNER);
  for (let offset: u32 = 0; offset < bytes; ) {
    const part = partBytes(linear, bytes, offset);
    const address = partAddress(c, linear, offset);
    const from = c + EMULATION_VALUE + offset;
    const found = writeGuest(owner, address, from, part);
    const status =
      found === GUEST_DEVICE ? addPiece(c, address, from, part) : found === GUEST_DONE ? OK : EMULATION_FAILED;
    if (status !== OK) return status;
    offset += part;
  }
  return OK;
}

/** Whether writes of devices wait. */
export function hasPiece(c: u64): bool {
  return peek32(c + EMULATION_PIECE_NEXT) < peek32(c + EMULATION_PIECE_COUNT);
}

/** Hands the next one to the caller. */
export function nextPiece(c: u64): u32 {
  const index = peek32(c + EMULATION_PIECE_NEXT);
  poke32(c + EMULATION_PIECE_NEXT, index + 1);
  poke64(c + EMULATION_ADDRESS, peek64(c + EMULATION_PIECE_ADDRESS + index * 8));
  poke64(c + EMULATION_DATA, peek64(c + EMULATION_PIECE_DATA + index * 8));
  poke32(c + EMULATION_ACCESS_BYTES, peek32(c + EMULATION_PIECE_BYTES + index * 4));
  return EMULATION_WRITE;
}

/** Takes what the caller read for the last question. */
export function takeAnswer(c: u64): void {
  const index = peek32(c + EMULATION_ANSWER_COUNT);
  poke64(c + EMULATION_ANSWER_DATA + index * 8, peek64(c + EMULATION_DATA));
  poke32(c + EMULATION_ANSWER_COUNT, index + 1);
}

/** Empties the list of answers, for the next repetition. */
export function forgetAnswers(c: u64): void {
  poke32(c + EMULATION_ANSWER_COUNT, 0);
  poke32(c + EMULATION_ANSWER_NEXT, 0);
}

/** Empties both lists. */
export function forgetDevices(c: u64): void {
  forgetAnswers(c);
  poke32(c + EMULATION_PIECE_COUNT, 0);
  poke32(c + EMULATION_PIECE_NEXT, 0);
}

/** Takes an answer, or asks for one. An answer to another question is none: the guest has changed its page tables. */
function readDevice(c: u64, address: u64, to: u64, bytes: u32): u32 {
  const index = peek32(c + EMULATION_ANSWER_NEXT);
  if (index >= LIST_ENTRIES) return EMULATION_UNKNOWN;
  if (index < peek32(c + EMULATION_ANSWER_COUNT) && answers(c, index, address, bytes)) {
    pokeBytes(to, peek64(c + EMULATION_ANSWER_DATA + index * 8), bytes);
    poke32(c + EMULATION_ANSWER_NEXT, index + 1);
    return OK;
  }
  poke32(c + EMULATION_ANSWER_COUNT, index);
  poke64(c + EMULATION_ANSWER_ADDRESS + index * 8, address);
  poke32(c + EMULATION_ANSWER_BYTES + index * 4, bytes);
  poke64(c + EMULATION_ADDRESS, address);
  poke32(c + EMULATION_ACCESS_BYTES, bytes);
  return EMULATION_READ;
}

function answers(c: u64, index: u32, address: u64, bytes: u32): bool {
  const isSameSize = peek32(c + EMULATION_ANSWER_BYTES + index * 4) === bytes;
  return isSameSize && peek64(c + EMULATION_ANSWER_ADDRESS + index * 8) === address;
}

function addPiece(c: u64, address: u64, from: u64, bytes: u32): u32 {
  const index = peek32(c + EMULATION_PIECE_COUNT);
  if (index >= LIST_ENTRIES) return EMULATION_UNKNOWN;
  poke64(c + EMULATION_PIECE_ADDRESS + index * 8, address);
  // Emulation.value is followed by a word of the emulator's own, so 8 bytes can be read from any part of it
  poke64(c + EMULATION_PIECE_DATA + index * 8, peek64(from) & maskOf(bytes));
  poke32(c + EMULATION_PIECE_BYTES + index * 4, bytes);
  poke32(c + EMULATION_PIECE_COUNT, index + 1);
  return OK;
}

function pokeBytes(to: u64, value: u64, bytes: u32): void {
  for (let i: u32 = 0; i < bytes; i++) poke8(to + i, <u8>(value >> (i * 8)));
}

/** Bytes from an address to the end of its page. */
function inPage(address: u64): u32 {
  return <u32>(PAGE_BYTES - (address & PAGE_MASK));
}

function partBytes(linear: u64, bytes: u32, offset: u32): u32 {
  const first = inPage(linear);
  const left = (offset < first && first < bytes ? first : bytes) - offset;
  return left < PIECE_MOST_BYTES ? left : PIECE_MOST_BYTES;
}

function partAddress(c: u64, linear: u64, offset: u32): u64 {
  const first = inPage(linear);
  return offset < first
    ? peek64(c + EMULATION_SPAN_FIRST) + offset
    : peek64(c + EMULATION_SPAN_SECOND) + offset - first;
}
