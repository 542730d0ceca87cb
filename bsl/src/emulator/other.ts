// Instructions that the decoder has no name for: SHLD and SHRD, BSF and BSR, ENTER and LEAVE, far pointers, flushes of cache
// lines, and vectors

import { EMULATION_UNKNOWN } from "../../../abi/generated/bare/emulation";
import { DecodedInstruction, ENCODING_LEGACY, REPEAT } from "../x64/instruction";
import { ACCESS_READ } from "../x64/paging";
import { FLAG_ZF, general, OK, RCX, setFlags } from "./context";
import { linearAddress, locateOperand, readRm, register, setRegister, value, writeRm } from "./operands";
import { loadPointer } from "./segment-moves";
import { shiftDouble } from "./shifts";
import { openSpan } from "./span";
import { enter, leave } from "./stack";
import { moveVector } from "./vector";

/** Opcodes of one byte (APM volume 3, table A-1): pointers to ES and DS. */
const LES: u32 = 0xc4;
const LDS: u32 = 0xc5;
const ENTER: u32 = 0xc8;
const LEAVE: u32 = 0xc9;
/** Opcodes behind 0F (table A-3). */
const SHLD: u32 = 0xa4;
const SHLD_CL: u32 = 0xa5;
const SHRD: u32 = 0xac;
const SHRD_CL: u32 = 0xad;
const GROUP_15: u32 = 0xae;
const LSS: u32 = 0xb2;
const LFS: u32 = 0xb4;
const LGS: u32 = 0xb5;
const BSF: u32 = 0xbc;
const BSR: u32 = 0xbd;

/** Group 15's extensions with memory: CLFLUSH, and with the prefix 66 CLWB and CLFLUSHOPT. */
const CLWB: u32 = 6;
const CLFLUSH: u32 = 7;

export function executeOther(c: u64, i: DecodedInstruction): u32 {
  if (i.encoding !== ENCODING_LEGACY || i.map > 1) return EMULATION_UNKNOWN;
  return i.map === 0 ? executeOneByte(c, i) : executeTwoBytes(c, i);
}

function executeOneByte(c: u64, i: DecodedInstruction): u32 {
  switch (i.opcode) {
    case LES:
    case LDS:
      return loadPointer(c, i);
    case ENTER:
      return enter(c, i);
    case LEAVE:
      return leave(c, i);
    default:
      return EMULATION_UNKNOWN;
  }
}

function executeTwoBytes(c: u64, i: DecodedInstruction): u32 {
  switch (i.opcode) {
    case SHLD:
    case SHLD_CL:
    case SHRD:
    case SHRD_CL:
      return executeShiftDouble(c, i);
    case BSF:
    case BSR:
      return scan(c, i);
    case GROUP_15:
      return flush(c, i);
    case LSS:
    case LFS:
    case LGS:
      return loadPointer(c, i);
    default:
      return moveVector(c, i);
  }
}

/** By an immediate, or by CL. */
function executeShiftDouble(c: u64, i: DecodedInstruction): u32 {
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const count = <u32>(i.immediateBytes !== 0 ? <u64>i.immediate : general(c, RCX)) & 0xff;
  const other = register(c, i, i.register, bytes);
  return writeRm(c, i, bytes, shiftDouble(c, i.opcode < SHRD, value(c), other, count, bytes));
}

/** A register without a bit to find stays as it is (APM volume 3, BSF). With F3 they are TZCNT and LZCNT, or not. */
function scan(c: u64, i: DecodedInstruction): u32 {
  if (i.repeat === REPEAT) return EMULATION_UNKNOWN;
  const bytes = i.operandBytes;
  const status = readRm(c, i, bytes);
  if (status !== OK) return status;
  const content = value(c);
  setFlags(c, FLAG_ZF, content === 0 ? FLAG_ZF : 0);
  const bit = i.opcode === BSF ? ctz<u64>(content) : 63 - clz<u64>(content);
  if (content !== 0) setRegister(c, i, i.register, bytes, bit);
  return OK;
}

/** A device has no lines in a cache; but the operand must be one that may be read. */
function flush(c: u64, i: DecodedInstruction): u32 {
  const isFlush = i.opcodeExtension === CLFLUSH || (i.opcodeExtension === CLWB && i.hasOperandSize);
  if (!isFlush || !i.hasMemory || i.repeat !== 0) return EMULATION_UNKNOWN;
  const status = locateOperand(c, i, 0, 1, false);
  return status === OK ? openSpan(c, linearAddress(c), 1, ACCESS_READ) : status;
}
