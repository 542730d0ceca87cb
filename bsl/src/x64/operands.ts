// Operands: their sizes, registers, memory and immediates (APM volume 3, 1.2.3, 1.4 and 1.5; SDM volume 2, 2.1 and 2.2.1)

import {
  ACCUMULATOR,
  BYTES,
  DESTINATION,
  IMMEDIATE_ADDRESS,
  IMMEDIATE_BYTE,
  IMMEDIATE_BYTES,
  IMMEDIATE_DOUBLE,
  IMMEDIATE_FAR,
  IMMEDIATE_MASK,
  IMMEDIATE_NONE,
  IMMEDIATE_SHIFT,
  IMMEDIATE_SHORT,
  IMMEDIATE_V,
  IMMEDIATE_WORD,
  IMMEDIATE_WORD_BYTE,
  MEMORY_ANY,
  MEMORY_BYTE,
  MEMORY_DOUBLE,
  MEMORY_WORD,
  NATURAL,
  ONLY_REGISTER,
  OPCODE_REGISTER,
  OTHER_REGISTER,
  PORT,
  SOURCE,
  STACK,
} from "./forms";
import {
  DecodedInstruction,
  ENCODING_EVEX,
  ENCODING_LEGACY,
  MODE_16,
  MODE_64,
  NO_REGISTER,
  REGISTER_RIP,
  REX_B,
  REX_R,
  REX_W,
  REX_X,
  SEGMENT_DS,
  SEGMENT_ES,
  SEGMENT_SS,
} from "./instruction";
import { next8, nextSigned } from "./instruction-bytes";
import { Operation } from "./operation";

const RAX: u32 = 0;
const RBX: u32 = 3;
const RSP: u32 = 4;
const RBP: u32 = 5;
const RSI: u32 = 6;
const RDI: u32 = 7;

/** Base and index of 16-bit addresses by ModRM's r/m field (APM volume 3, table A-15). */
const BASES_16: usize = memory.data<u8>([<u8>RBX, <u8>RBX, <u8>RBP, <u8>RBP, <u8>RSI, <u8>RDI, <u8>RBP, <u8>RBX]);
const INDICES_16: usize = memory.data<u8>([<u8>RSI, <u8>RDI, <u8>RSI, <u8>RDI, 0xff, 0xff, 0xff, 0xff]);

/** Sizes of operands and addresses, and the register operand that ModRM does not name. */
export function setSizes(into: DecodedInstruction, ignoresSizeOfBranches: bool): void {
  const form = into.form;
  into.operandBytes = operandBytes(into, ignoresSizeOfBranches);
  if (into.mode === MODE_64) into.addressBytes = into.hasAddressSize ? 4 : 8;
  else into.addressBytes = (into.mode === MODE_16) === into.hasAddressSize ? 4 : 2;

  if ((form & OPCODE_REGISTER) !== 0) into.register = (into.opcode & 7) | extension(into, REX_B);
  else if ((form & ACCUMULATOR) !== 0) into.register = RAX;
}

function operandBytes(into: DecodedInstruction, ignoresSizeOfBranches: bool): u32 {
  const form = into.form;
  const isLong = into.mode === MODE_64;
  if ((form & BYTES) !== 0) return 1;
  if ((form & NATURAL) !== 0) return isLong ? 8 : 4;
  if ((into.rex & REX_W) !== 0) return (form & PORT) !== 0 ? 4 : 8;
  if (into.operation === Operation.Movnti) return 4;
  if (isLong && ignoresSizeOfBranches && isNearBranch(into.operation, form)) return 8;
  if (into.hasOperandSize) return into.mode === MODE_16 ? 4 : 2;
  return isLong && (form & STACK) !== 0 ? 8 : into.mode === MODE_16 ? 2 : 4;
}

/** Far ones have memory of a size of its own; far RET is the one that is not of the stack. */
function isNearBranch(operation: Operation, form: u32): bool {
  if (operation < Operation.Call || operation > Operation.Ret || (form & MEMORY_ANY) !== 0) return false;
  return operation !== Operation.Ret || (form & STACK) !== 0;
}

/** What the byte ModRM says, and what follows it. */
export function setModrm(into: DecodedInstruction): void {
  const form = into.form;
  const modrm = into.modrm;
  if ((form & OTHER_REGISTER) === 0 || isSegmentMove(into.operation)) {
    into.register = ((modrm >> 3) & 7) | (isSegmentMove(into.operation) ? 0 : extension(into, REX_R));
  }
  if (modrm >= 0xc0 || (form & ONLY_REGISTER) !== 0) {
    into.rm = (modrm & 7) | extension(into, REX_B);
    return;
  }
  into.hasMemory = true;
  into.scale = 1;
  into.accessBytes = accessBytes(into);
  if (into.addressBytes === 2) setAddress16(into);
  else setAddress(into);
  into.segment = segmentOf(into, isStackAddress(into) ? SEGMENT_SS : SEGMENT_DS);
}

/** MOV from or to a segment register. */
export function isSegmentMove(operation: Operation): bool {
  return operation === Operation.MovFromSegment || operation === Operation.MovToSegment;
}

function accessBytes(into: DecodedInstruction): u32 {
  const form = into.form;
  const own = form & MEMORY_DOUBLE;
  if ((form & MEMORY_ANY) !== 0)
    return into.operation >= Operation.Lgdt && into.operation <= Operation.Sidt ? tableBytes(into) : 0;
  if (own === MEMORY_DOUBLE) return 4;
  if (own === MEMORY_WORD) return 2;
  if (own === MEMORY_BYTE) return 1;
  if (into.operation === Operation.CmpxchgPair) return (into.rex & REX_W) !== 0 ? 16 : 8;
  return into.encoding === ENCODING_LEGACY ? into.operandBytes : 0;
}

/** A descriptor table's limit and base. */
function tableBytes(into: DecodedInstruction): u32 {
  return into.mode === MODE_64 ? 10 : 6;
}

function setAddress16(into: DecodedInstruction): void {
  const mod = into.modrm >> 6;
  const field = <usize>(into.modrm & 7);
  if (mod === 0 && field === 6) {
    into.displacement = nextSigned(into, 2);
    return;
  }
  into.base = load<u8>(BASES_16 + field);
  into.index = load<u8>(INDICES_16 + field);
  if (mod !== 0) into.displacement = nextSigned(into, mod);
}

function setAddress(into: DecodedInstruction): void {
  const mod = into.modrm >> 6;
  let base = into.modrm & 7;
  const hasIndex = base === RSP;
  if (hasIndex) {
    const sib = next8(into);
    base = sib & 7;
    into.hasVectorIndex = isGather(into);
    const index = ((sib >> 3) & 7) | extension(into, REX_X);
    into.scale = 1 << (sib >> 6);
    into.index = index === RSP && !into.hasVectorIndex ? NO_REGISTER : index;
  }
  if (mod === 0 && base === RBP) {
    if (!hasIndex && into.mode === MODE_64) into.base = REGISTER_RIP;
    into.displacement = nextSigned(into, 4);
    return;
  }
  into.base = base | extension(into, REX_B);
  if (mod === 0) return;
  into.displacement = nextSigned(into, mod === 1 ? 1 : 4);
  into.isDisplacementScaled = mod === 1 && into.encoding === ENCODING_EVEX;
}

/** Gathers and scatters, whose index is a vector (SDM volume 2, 2.3.12). */
function isGather(into: DecodedInstruction): bool {
  if (into.encoding === ENCODING_LEGACY || into.map !== 2) return false;
  const opcode = into.opcode;
  if (opcode >= 0x90 && opcode <= 0x93) return true;
  return into.encoding === ENCODING_EVEX && ((opcode >= 0xa0 && opcode <= 0xa3) || opcode === 0xc6 || opcode === 0xc7);
}

function isStackAddress(into: DecodedInstruction): bool {
  return into.base === RSP || into.base === RBP;
}

/** The segment of a prefix, or this one. */
function segmentOf(into: DecodedInstruction, otherwise: u32): u32 {
  return into.segmentPrefix === NO_REGISTER ? otherwise : into.segmentPrefix;
}

/** The upper bit of a register's number. */
function extension(into: DecodedInstruction, bit: u32): u32 {
  return (into.rex & bit) !== 0 ? 8 : 0;
}

/** Memory at rSI or, for instructions without it, ES:rDI, which has no other segment (APM volume 3, 1.2.4). */
export function setStringMemory(into: DecodedInstruction): void {
  const form = into.form;
  if ((form & (SOURCE | DESTINATION)) === 0) return;
  into.hasMemory = true;
  into.scale = 1;
  into.accessBytes = into.operandBytes;
  const isSource = (form & SOURCE) !== 0;
  into.base = isSource ? RSI : RDI;
  into.segment = isSource ? segmentOf(into, SEGMENT_DS) : SEGMENT_ES;
}

/** Immediates, distances of branches, far pointers, and addresses that stand in their place. */
export function setImmediate(into: DecodedInstruction): void {
  const kind = (into.form >> IMMEDIATE_SHIFT) & IMMEDIATE_MASK;
  if (kind === IMMEDIATE_NONE) return;
  if (kind === IMMEDIATE_ADDRESS) {
    setMoffset(into);
    return;
  }
  into.immediateBytes = immediateBytes(into, kind);
  into.immediate = nextSigned(into, into.immediateBytes);
  if (kind === IMMEDIATE_FAR) into.immediate2 = <u32>nextSigned(into, 2) & 0xffff;
  else if (kind === IMMEDIATE_WORD_BYTE || kind === IMMEDIATE_BYTES) into.immediate2 = next8(into);
}

function immediateBytes(into: DecodedInstruction, kind: u32): u32 {
  if (kind === IMMEDIATE_BYTE || kind === IMMEDIATE_SHORT || kind === IMMEDIATE_BYTES) return 1;
  if (kind === IMMEDIATE_WORD || kind === IMMEDIATE_WORD_BYTE) return 2;
  if (kind === IMMEDIATE_DOUBLE) return 4;
  if (kind === IMMEDIATE_V) return into.operandBytes;
  return into.operandBytes === 2 ? 2 : 4;
}

function setMoffset(into: DecodedInstruction): void {
  into.hasMemory = true;
  into.scale = 1;
  into.accessBytes = into.operandBytes;
  into.segment = segmentOf(into, SEGMENT_DS);
  into.displacement = nextSigned(into, into.addressBytes);
}
