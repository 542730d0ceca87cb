// One instruction of a guest: the emulator's entry
//
//     status = emulate(context, place);
//
// See abi/src/emulation.ts for what is said, and when to call again. Nothing is kept in this module: a processor's state is
// in its context, and whatever reads the instruction uses `place`. Of what goes wrong in parts of an instruction (the second
// page of an operand, a device that is asked) nothing is seen: it begins anew, with the answers that there are.

import {
  EMULATION_ANSWER_NEXT,
  EMULATION_CHANGED_SEGMENTS,
  EMULATION_DONE,
  EMULATION_EFER,
  EMULATION_ELEMENT_COUNT,
  EMULATION_EXCEPTION,
  EMULATION_FLAG_HYPERCALL,
  EMULATION_FLAG_INTEL,
  EMULATION_FLAGS,
  EMULATION_IN,
  EMULATION_INSTRUCTION_BYTES,
  EMULATION_IS_COMPLETE,
  EMULATION_MODE,
  EMULATION_NEXT_RIP,
  EMULATION_OUT,
  EMULATION_PORT_ANSWER,
  EMULATION_PORT_PENDING,
  EMULATION_PROGRESS,
  EMULATION_READ,
  EMULATION_RESULT,
  EMULATION_RIP,
  EMULATION_SHADOW,
  EMULATION_TRAP,
} from "../../../abi/generated/bare/emulation";
import { peek32, peek64, poke32, poke64 } from "../memory";
import {
  DecodedInstruction,
  INSTRUCTION_BYTES,
  INTEL_BRANCHES,
  MODE_16,
  MODE_32,
  MODE_64,
  SEGMENT_CS,
} from "../x64/instruction";
import { EFER_LMA } from "../x64/paging";
import { AGAIN, FLAG_RF, FLAG_TF, maskOf, OK, PART, rflags, setFlags } from "./context";
import { execute } from "./execute";
import { readInstruction } from "./fetch";
import { replaceHypercall } from "./hypercall";
import { ATTRIBUTE_32, ATTRIBUTE_LONG, attributesOf } from "./segments";
import { forgetDevices, hasPiece, nextPiece, takeAnswer } from "./span";
import { isInterrupted } from "./string";

/**
 * Bytes of linear memory, at a multiple of 8, that a call needs for itself while it lasts: the decoder's classes are no
 * native memory. Calls at the same time need one each; nothing has to be in it, and nothing is looked for there later.
 */
export const EMULATION_PLACE_BYTES: i32 = INSTRUCTION_BYTES + 16;

/** Values of Emulation.progress: nothing begun; an answer is awaited; pieces are being written. */
const IDLE: u32 = 0;
const READING: u32 = 1;
const WRITING: u32 = 2;

/** Goes on with an instruction, or begins the one at RIP. Result: EMULATION_*. */
export function emulate(c: u64, place: usize): u32 {
  const result = advance(c, place);
  poke32(c + EMULATION_RESULT, result);
  return result;
}

function advance(c: u64, place: usize): u32 {
  const progress = peek32(c + EMULATION_PROGRESS);
  if (progress === READING) {
    if (peek32(c + EMULATION_RESULT) === EMULATION_READ) takeAnswer(c);
    else poke32(c + EMULATION_PORT_ANSWER, peek32(c + EMULATION_ELEMENT_COUNT));
  } else {
    if (progress === WRITING) {
      if (hasPiece(c)) return nextPiece(c);
      if (peek32(c + EMULATION_IS_COMPLETE) !== 0 || isInterrupted(c)) return end(c, EMULATION_DONE);
    }
    forgetDevices(c);
    poke32(c + EMULATION_PORT_ANSWER, 0);
  }
  poke32(c + EMULATION_ANSWER_NEXT, 0);
  poke32(c + EMULATION_TRAP, 0);
  poke32(c + EMULATION_CHANGED_SEGMENTS, 0);
  poke32(c + EMULATION_SHADOW, 0);
  const status = perform(c, changetype<DecodedInstruction>(place));
  if (status === OK || status === PART) return deliver(c);
  if (status !== EMULATION_READ && status !== EMULATION_IN) return end(c, status);
  poke32(c + EMULATION_PROGRESS, READING);
  return status;
}

/** Begins an instruction, or begins it again. OK: what it does is done, but for the pieces that wait. */
function perform(c: u64, i: DecodedInstruction): u32 {
  const mode = codeMode(c);
  poke32(c + EMULATION_MODE, mode);
  const flags = peek32(c + EMULATION_FLAGS);
  let status = readInstruction(c, i, (flags & EMULATION_FLAG_INTEL) !== 0 ? mode | INTEL_BRANCHES : mode);
  if (status !== OK) return status;
  if ((flags & EMULATION_FLAG_HYPERCALL) !== 0) return replaceHypercall(c, i);
  const behind = peek64(c + EMULATION_RIP) + i.length;
  poke64(c + EMULATION_NEXT_RIP, mode === MODE_64 ? behind : behind & maskOf(4));
  status = execute(c, i);
  if (status === OK) complete(c);
  else if (status === PART) rest(c);
  return status;
}

/** RIP goes on. */
function complete(c: u64): void {
  poke64(c + EMULATION_RIP, peek64(c + EMULATION_NEXT_RIP));
  setTrap(c);
  setFlags(c, FLAG_RF, 0);
  poke32(c + EMULATION_IS_COMPLETE, 1);
}

/** RIP stays, and a breakpoint there has been (APM volume 2, 13.1.3.1). */
function rest(c: u64): void {
  setTrap(c);
  setFlags(c, FLAG_RF, FLAG_RF);
  poke32(c + EMULATION_IS_COMPLETE, 0);
}

/** No step is seen behind a move to SS. */
function setTrap(c: u64): void {
  if ((rflags(c) & FLAG_TF) !== 0 && peek32(c + EMULATION_SHADOW) === 0) poke32(c + EMULATION_TRAP, 1);
}

/** The pieces, if there are any, and then the end. */
function deliver(c: u64): u32 {
  const isPort = peek32(c + EMULATION_PORT_PENDING) !== 0;
  if (!isPort && !hasPiece(c)) return end(c, EMULATION_DONE);
  poke32(c + EMULATION_PROGRESS, WRITING);
  poke32(c + EMULATION_PORT_PENDING, 0);
  return isPort ? EMULATION_OUT : nextPiece(c);
}

function end(c: u64, status: u32): u32 {
  poke32(c + EMULATION_PROGRESS, IDLE);
  poke32(c + EMULATION_IS_COMPLETE, 0);
  const result = status === AGAIN ? EMULATION_DONE : status;
  if (result === EMULATION_DONE || result === EMULATION_EXCEPTION) poke32(c + EMULATION_INSTRUCTION_BYTES, 0);
  return result;
}

function codeMode(c: u64): u32 {
  const attributes = attributesOf(c, SEGMENT_CS);
  if ((peek64(c + EMULATION_EFER) & EFER_LMA) !== 0 && (attributes & ATTRIBUTE_LONG) !== 0) return MODE_64;
  return (attributes & ATTRIBUTE_32) !== 0 ? MODE_32 : MODE_16;
}
