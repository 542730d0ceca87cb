// From bytes to an instruction (APM volume 3, chapter 1; SDM volume 2, chapter 2)
//
//     prefixes  [REX | VEX | EVEX | XOP]  opcode  [ModRM [SIB] [displacement]]  [immediate]
//
// Every opcode that some processor knows has its length here. Undefined ones are refused where a table of the manual
// has a gap; an instruction of SSE or x87 that lacks only for its mandatory prefix or its operands is let through.

import {
  E,
  Ev,
  GROUP,
  Ib,
  IbIb,
  Id,
  M,
  MEMORY_DOUBLE,
  MODRM,
  NONE,
  NOT_64,
  ONLY_MEMORY,
  OTHER_REGISTER,
  READ,
  UNDEFINED,
  WRITE,
} from "./forms";
import {
  DECODE_UNDEFINED,
  DECODED,
  DecodedInstruction,
  ENCODING_EVEX,
  ENCODING_VEX,
  ENCODING_XOP,
  INSTRUCTION_BYTES,
  INTEL_BRANCHES,
  MODE_64,
  NO_REGISTER,
  REPEAT,
  REPEAT_NOT_EQUAL,
  REX_B,
  REX_W,
  SEGMENT_CS,
  SEGMENT_FS,
  SEGMENT_GS,
} from "./instruction";
import { next8, peek } from "./instruction-bytes";
import { ONE_BYTE_OPCODES } from "./one-byte-opcodes";
import { GROUP_7, GROUP_7_REGISTERS, OPCODE_GROUPS } from "./opcode-groups";
import { isSegmentMove, setImmediate, setModrm, setSizes, setStringMemory } from "./operands";
import { Operation } from "./operation";
import { TWO_BYTE_OPCODES } from "./two-byte-opcodes";

const OPERATION_MASK: u32 = 0xff;
const ESCAPE: u32 = 0x0f;

/** Decodes the instruction at `bytes` in linear memory, of which `available` can be read. Result: DECODED or why not. */
export function decode(into: DecodedInstruction, bytes: usize, available: u32, mode: u32): u32 {
  memory.fill(changetype<usize>(into), 0, INSTRUCTION_BYTES);
  into.bytes = bytes;
  into.available = available;
  into.mode = mode & ~INTEL_BRANCHES;
  into.segmentPrefix = NO_REGISTER;
  into.register = NO_REGISTER;
  into.rm = NO_REGISTER;
  into.base = NO_REGISTER;
  into.index = NO_REGISTER;

  const opcode = skipPrefixes(into);
  if (into.status !== DECODED) return into.status;
  let form = find(into, opcode);
  if (into.status === DECODED && (form & (GROUP | MODRM)) !== 0) {
    into.modrm = next8(into);
    form = refine(into, form);
  }
  if (into.status !== DECODED) return into.status;
  if (isUndefined(into, form)) {
    into.status = DECODE_UNDEFINED;
    return DECODE_UNDEFINED;
  }
  into.form = form;
  into.operation = form & OPERATION_MASK;
  setSizes(into, (mode & INTEL_BRANCHES) !== 0);
  if ((form & MODRM) !== 0) setModrm(into);
  setStringMemory(into);
  setImmediate(into);
  return into.status;
}

/** Result: the byte behind the prefixes. A REX prefix counts only right before the opcode. */
function skipPrefixes(into: DecodedInstruction): u32 {
  let byte = next8(into);
  while (true) {
    const isRex = into.mode === MODE_64 && (byte & 0xf0) === 0x40;
    if (!isRex && !takePrefix(into, byte)) break;
    into.hasRex = isRex;
    into.rex = isRex ? byte & 0xf : 0;
    byte = next8(into);
  }
  return byte;
}

/** Notes a legacy prefix (APM volume 3, table 1-1); false for any other byte. */
function takePrefix(into: DecodedInstruction, byte: u32): bool {
  if (byte === 0x66) into.hasOperandSize = true;
  else if (byte === 0x67) into.hasAddressSize = true;
  else if (byte === 0xf0) into.isLocked = true;
  else if (byte === 0xf2 || byte === 0xf3) into.repeat = byte & 3;
  else if (byte === 0x64 || byte === 0x65) into.segmentPrefix = SEGMENT_FS + (byte & 1);
  else if ((byte & 0xe7) !== 0x26) return false;
  else if (into.mode !== MODE_64) into.segmentPrefix = (byte >> 3) & 3;
  return true;
}

/** The entry of the opcode map that begins with a byte. */
function find(into: DecodedInstruction, byte: u32): u32 {
  into.opcode = byte;
  if (byte === ESCAPE) return findEscaped(into);
  if (beginsVector(into, byte)) return findVector(into, byte);
  if (byte === 0x63 && into.mode === MODE_64) return <u32>Operation.Movsx | Ev | MEMORY_DOUBLE | READ;
  if (byte === 0x90 && (into.rex & REX_B) === 0) {
    return into.repeat === REPEAT ? <u32>Operation.Pause : <u32>Operation.Nop;
  }
  return entry(ONE_BYTE_OPCODES, byte);
}

/** The maps behind 0F, 0F 38 and 0F 3A. The latter two have the same form throughout, but for a few. */
function findEscaped(into: DecodedInstruction): u32 {
  const second = next8(into);
  into.opcode = second;
  into.map = 1;
  if (second === 0x38) {
    into.map = 2;
    into.opcode = next8(into);
    return findThirdByte(into);
  }
  if (second === 0x3a) {
    into.map = 3;
    into.opcode = next8(into);
    return E | Ib;
  }
  if (isExtract(into, second)) return second === 0x78 ? E | IbIb : E;
  // POPCNT, or nothing
  if (second === 0xb8 && into.repeat !== REPEAT) return UNDEFINED;
  return entry(TWO_BYTE_OPCODES, second);
}

/** EXTRQ and INSERTQ, which have the opcodes of VMREAD and VMWRITE (APM volume 4, EXTRQ). */
function isExtract(into: DecodedInstruction, second: u32): bool {
  if ((second & 0xfe) !== 0x78 || peek(into) < 0xc0) return false;
  return into.hasOperandSize || into.repeat === REPEAT_NOT_EQUAL;
}

/** What is not a vector instruction behind 0F 38 (APM volume 3, table A-10; SDM volume 2, table A-4). */
function findThirdByte(into: DecodedInstruction): u32 {
  const opcode = into.opcode;
  if (opcode === 0x80) return <u32>Operation.Invept | M | READ;
  if (opcode === 0x81) return <u32>Operation.Invvpid | M | READ;
  if (opcode === 0x82) return <u32>Operation.Invpcid | M | READ;
  if ((opcode & 0xfe) !== 0xf0 || into.repeat === REPEAT_NOT_EQUAL) return E;
  const isStore = (opcode & 1) !== 0;
  return <u32>Operation.Movbe | Ev | ONLY_MEMORY | (isStore ? WRITE : READ);
}

/** Whether C4, C5, 62 or 8F is a prefix of its own here, by the byte behind it (APM volume 3, 1.6 and 1.7). */
function beginsVector(into: DecodedInstruction, byte: u32): bool {
  if (byte === 0x8f) return (peek(into) & 0x1f) >= 8;
  if (byte !== 0xc4 && byte !== 0xc5 && byte !== 0x62) return false;
  return into.mode === MODE_64 || (peek(into) & 0xc0) === 0xc0;
}

/** VEX, EVEX and XOP carry REX and the map; their bits R, X and B are inverted. */
function findVector(into: DecodedInstruction, byte: u32): u32 {
  if (into.hasRex || into.isLocked || into.hasOperandSize || into.repeat !== 0) return UNDEFINED;
  const first = next8(into);
  let rex = ~(first >> 5) & 7;
  into.encoding = byte === 0x62 ? ENCODING_EVEX : byte === 0x8f ? ENCODING_XOP : ENCODING_VEX;
  into.map = first & (byte === 0x62 ? 0xf : 0x1f);
  if (byte === 0xc5) {
    rex &= 4;
    into.map = 1;
  } else {
    const second = next8(into);
    if ((second & 0x80) !== 0) rex |= REX_W;
    if (byte === 0x62) {
      if ((second & 4) === 0) return UNDEFINED;
      next8(into);
    }
  }
  into.rex = into.mode === MODE_64 ? rex : rex & REX_W;
  into.opcode = next8(into);
  return vectorForm(into);
}

/** The maps of vector instructions have the same form throughout, but for immediates in the first. */
function vectorForm(into: DecodedInstruction): u32 {
  const map = into.map;
  if (into.encoding === ENCODING_XOP) return map === 8 ? E | Ib : map === 9 ? E : map === 10 ? E | Id : UNDEFINED;
  if (map === 1)
    return into.encoding === ENCODING_VEX && into.opcode === 0x77 ? NONE : E | vectorImmediate(into.opcode);
  if (map === 2) return E;
  if (map === 3) return E | Ib;
  return into.encoding === ENCODING_EVEX && (map === 5 || map === 6) ? E : UNDEFINED;
}

function vectorImmediate(opcode: u32): u32 {
  const hasOne = (opcode >= 0x70 && opcode <= 0x73) || opcode === 0xc2 || (opcode >= 0xc4 && opcode <= 0xc6);
  return hasOne ? Ib : NONE;
}

/** The entry that ModRM makes of a group's. */
function refine(into: DecodedInstruction, form: u32): u32 {
  if ((form & GROUP) === 0) return form;
  const isRegister = into.modrm >= 0xc0;
  if (form === GROUP_7 && isRegister) return MODRM | entry(GROUP_7_REGISTERS, into.modrm & 0x3f);
  const group = form & OPERATION_MASK;
  const own =
    MODRM |
    OTHER_REGISTER |
    (form & ~(GROUP | OPERATION_MASK)) |
    entry(OPCODE_GROUPS, group * 8 + into.opcodeExtension);
  return into.map === 1 && into.opcode === 0xc7 && !isRegister ? own | vmxOperation(into) : own;
}

/** Group 9's pointers to VMCS (SDM volume 2, table A-6): told apart by mandatory prefixes. */
function vmxOperation(into: DecodedInstruction): u32 {
  if (into.opcodeExtension === 7) return Operation.Vmptrst;
  if (into.opcodeExtension !== 6) return Operation.Other;
  if (into.repeat === REPEAT) return Operation.Vmxon;
  return into.hasOperandSize ? Operation.Vmclear : Operation.Vmptrld;
}

function isUndefined(into: DecodedInstruction, form: u32): bool {
  if ((form & UNDEFINED) !== 0) return true;
  if ((form & ONLY_MEMORY) !== 0 && into.modrm >= 0xc0) return true;
  const operation: Operation = form & OPERATION_MASK;
  // There are six segment registers, and CS is none that MOV writes
  if (operation === Operation.MovToSegment && into.opcodeExtension === SEGMENT_CS) return true;
  if (isSegmentMove(operation) && into.opcodeExtension > SEGMENT_GS) return true;
  return (form & NOT_64) !== 0 && into.mode === MODE_64;
}

function entry(table: usize, index: u32): u32 {
  return load<u32>(table + <usize>(index << 2));
}
