// Moves of segment registers: MOV, PUSH, POP, LDS and its like, LLDT, LTR, SLDT, STR (APM volume 3)

import {
  EMULATION_CR4,
  EMULATION_SHADOW,
  EMULATION_UNKNOWN,
  EMULATION_VALUE,
} from "../../../abi/generated/bare/emulation";
import { peek16, peek64, poke32 } from "../memory";
import {
  DecodedInstruction,
  REX_R,
  SEGMENT_DS,
  SEGMENT_ES,
  SEGMENT_FS,
  SEGMENT_GS,
  SEGMENT_SS,
} from "../x64/instruction";
import { Operation } from "../x64/operation";
import { general, maskOf, OK, protectionFault, RSP, setGeneral, undefinedOpcode } from "./context";
import { SEGMENT_LDTR, SEGMENT_TR, selectorOf } from "./descriptor";
import { hasDescriptors, knowsSegments, loadLocalTable, loadSegment, loadTask, privilege } from "./load-segment";
import { readRm, setRegister, value, writeRm } from "./operands";
import { popValue, pushValue } from "./stack-values";

const CR4_UMIP: u64 = 1 << 11;

/** Memory gets 16 bits; a register as many as it has, with zeros above. */
export function moveFromSegment(c: u64, i: DecodedInstruction): u32 {
  return knowsSegments(c) ? storeSelector(c, i, i.register) : EMULATION_UNKNOWN;
}

export function moveToSegment(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const status = readRm(c, i, 2);
  return status === OK ? loadWithShadow(c, i.register, selectorIn(c)) : status;
}

export function pushSegment(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  return pushValue(c, i.operandBytes, selectorOf(c, segmentOf(i)));
}

export function popSegment(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const before = general(c, RSP);
  let status = popValue(c, i.operandBytes);
  if (status !== OK) return status;
  status = loadWithShadow(c, segmentOf(i), selectorIn(c));
  if (status !== OK) setGeneral(c, RSP, 8, before);
  return status;
}

/** LES, LDS, LSS, LFS, LGS: an offset for a register, and a selector behind it. */
export function loadPointer(c: u64, i: DecodedInstruction): u32 {
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const bytes = i.operandBytes;
  let status = readRm(c, i, bytes + 2);
  if (status !== OK) return status;
  const offset = value(c) & maskOf(bytes);
  status = loadSegment(c, pointerSegment(i), peek16(c + EMULATION_VALUE + bytes));
  if (status !== OK) return status;
  setRegister(c, i, i.opcodeExtension | ((i.rex & REX_R) !== 0 ? 8 : 0), bytes, offset);
  return OK;
}

/** LLDT and LTR. */
export function loadSystemSegment(c: u64, i: DecodedInstruction): u32 {
  if (!hasDescriptors(c)) return undefinedOpcode(c);
  if (privilege(c) !== 0) return protectionFault(c, false);
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  const status = readRm(c, i, 2);
  if (status !== OK) return status;
  const selector = selectorIn(c);
  return i.operation === Operation.Ltr ? loadTask(c, selector) : loadLocalTable(c, selector);
}

/** SLDT and STR. */
export function storeSystemSegment(c: u64, i: DecodedInstruction): u32 {
  if (!hasDescriptors(c)) return undefinedOpcode(c);
  if (privilege(c) !== 0 && (peek64(c + EMULATION_CR4) & CR4_UMIP) !== 0) return protectionFault(c, false);
  if (!knowsSegments(c)) return EMULATION_UNKNOWN;
  return storeSelector(c, i, i.operation === Operation.Str ? SEGMENT_TR : SEGMENT_LDTR);
}

function storeSelector(c: u64, i: DecodedInstruction, segment: u32): u32 {
  return writeRm(c, i, i.hasMemory ? 2 : i.operandBytes, selectorOf(c, segment));
}

/** Behind a move to SS nothing comes between: the next instruction is to set RSP. */
function loadWithShadow(c: u64, segment: u32, selector: u32): u32 {
  const status = loadSegment(c, segment, selector);
  if (status === OK && segment === SEGMENT_SS) poke32(c + EMULATION_SHADOW, 1);
  return status;
}

function selectorIn(c: u64): u32 {
  return <u32>value(c) & 0xffff;
}

/** The segment in the opcode of PUSH and POP. */
function segmentOf(i: DecodedInstruction): u32 {
  return i.map === 0 ? (i.opcode >> 3) & 3 : SEGMENT_FS | ((i.opcode >> 3) & 1);
}

/** C4 and C5; 0F B2, B4 and B5. */
function pointerSegment(i: DecodedInstruction): u32 {
  if (i.map === 0) return i.opcode === 0xc4 ? SEGMENT_ES : SEGMENT_DS;
  return i.opcode === 0xb2 ? SEGMENT_SS : i.opcode === 0xb4 ? SEGMENT_FS : SEGMENT_GS;
}
