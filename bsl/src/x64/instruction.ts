// A decoded x86-64 instruction: its length, what it does, and its operands
//
//     const place = changetype<DecodedInstruction>(memory.data(INSTRUCTION_BYTES, 8));
//     if (decode(place, bytes, 15, MODE_64) == DECODED && place.operation == Operation.Mov && place.hasMemory) …
//
// Registers have the numbers of their encoding: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15 (APM volume 3, table
// 1-10), segments too: ES, CS, SS, DS, FS, GS.

import { ACCUMULATOR, DESTINATION, OPCODE_REGISTER, READ, SOURCE, WRITE } from "./forms";
import { Operation } from "./operation";

/** No instruction is longer (APM volume 3, 1.1). */
export const INSTRUCTION_MAX_BYTES: u32 = 15;
/** Bytes that a DecodedInstruction takes in linear memory, aligned to 8. */
export const INSTRUCTION_BYTES: i32 = 128;

/** The size that operands have without prefixes, with the size of code in 64-bit mode for the third. */
export const MODE_16: u32 = 2;
export const MODE_32: u32 = 4;
export const MODE_64: u32 = 8;
/** Added to MODE_64: near branches ignore the prefix 66, as on Intel's processors (SDM volume 2, JMP). */
export const INTEL_BRANCHES: u32 = 16;

/** What decode() says. */
export const DECODED: u32 = 0;
/** More bytes would be needed. */
export const DECODE_INCOMPLETE: u32 = 1;
/** More than 15 bytes: #GP. */
export const DECODE_TOO_LONG: u32 = 2;
/** No instruction: #UD. */
export const DECODE_UNDEFINED: u32 = 3;

/** In place of a register. */
export const NO_REGISTER: u32 = 0xff;
/** The base of an address relative to the next instruction. */
export const REGISTER_RIP: u32 = 16;

export const SEGMENT_ES: u32 = 0;
export const SEGMENT_CS: u32 = 1;
export const SEGMENT_SS: u32 = 2;
export const SEGMENT_DS: u32 = 3;
export const SEGMENT_FS: u32 = 4;
export const SEGMENT_GS: u32 = 5;

/** How the opcode is written. */
export const ENCODING_LEGACY: u32 = 0;
export const ENCODING_VEX: u32 = 1;
export const ENCODING_EVEX: u32 = 2;
export const ENCODING_XOP: u32 = 3;

/** Bits of `rex`, whichever prefix they come from (APM volume 3, 1.2.7 and 1.6). */
export const REX_B: u32 = 1;
export const REX_X: u32 = 2;
export const REX_R: u32 = 4;
export const REX_W: u32 = 8;

/** Values of `repeat`. */
export const REPEAT_NONE: u32 = 0;
/** F2: REPNE. */
export const REPEAT_NOT_EQUAL: u32 = 2;
/** F3: REP, REPE. */
export const REPEAT: u32 = 3;

/** What decode() fills. It points to the bytes it was made of, which may go away. */
@unmanaged
export class DecodedInstruction {
  /** Where its bytes are, and how many can be read. */
  bytes: usize = 0;
  available: u32 = 0;
  /** DECODED, or why not. */
  status: u32 = 0;
  /** Bytes, prefixes included. */
  length: u32 = 0;
  /** MODE_*: 2, 4 or 8 bytes. */
  mode: u32 = 0;
  operation: Operation = Operation.Other;
  /** What the opcode map says. */
  form: u32 = 0;

  /** Whether 66, 67 and F0 are among the prefixes, and a REX prefix that counts. */
  hasOperandSize: bool = false;
  hasAddressSize: bool = false;
  isLocked: bool = false;
  hasRex: bool = false;
  /** REPEAT_*. With other than string instructions it may be part of the opcode. */
  repeat: u32 = 0;
  /** SEGMENT_* of the prefix that counts, or NO_REGISTER. */
  segmentPrefix: u32 = 0;
  rex: u32 = 0;
  /** ENCODING_*. */
  encoding: u32 = 0;
  /** 0: one-byte opcodes, 1: 0F, 2: 0F 38, 3: 0F 3A; others are those of EVEX and XOP. */
  map: u32 = 0;
  /** The opcode's last byte. */
  opcode: u32 = 0;
  /** The ModRM byte, if there is one. */
  modrm: u32 = 0;

  /** Size of the operands: 1, 2, 4 or 8. An instruction that extends one has this as the size of its result. */
  operandBytes: u32 = 0;
  /** Size of addresses: 2, 4 or 8. Base and index count up to this size, and so does their sum. */
  addressBytes: u32 = 0;
  /** The register operand: ModRM's, the opcode's, or rAX; NO_REGISTER where there is none. */
  register: u32 = 0;
  /** The other register operand, where the manual has r/m, if that is no memory; or NO_REGISTER. */
  rm: u32 = 0;

  /** Whether an operand is memory: at segment:[base + index * scale + displacement]. */
  hasMemory: bool = false;
  /** The index is a vector register (VSIB). */
  hasVectorIndex: bool = false;
  /** EVEX: the displacement is in units of the memory operand (SDM volume 2, 2.7.5). */
  isDisplacementScaled: bool = false;
  segment: u32 = 0;
  /** A register, REGISTER_RIP for the address behind the instruction, or NO_REGISTER. */
  base: u32 = 0;
  index: u32 = 0;
  /** 1, 2, 4 or 8. */
  scale: u32 = 0;
  displacement: i64 = 0;
  /** Bytes of the memory operand, 0 where it is not one of a general instruction. */
  accessBytes: u32 = 0;

  /** Size of the immediate, distance or far offset: 0, 1, 2, 4 or 8. */
  immediateBytes: u32 = 0;
  /** Sign-extended. */
  immediate: i64 = 0;
  /** The second one, of ENTER and EXTRQ, or a far pointer's selector. */
  immediate2: u32 = 0;

  /** Whether operand r/m, or the memory of a string instruction, is read. */
  get reads(): bool {
    return (this.form & READ) !== 0;
  }
  /** Whether it is written. When it is not, the register operand is what is written, if anything. */
  get writes(): bool {
    return (this.form & WRITE) !== 0;
  }
  /** Reads memory at rSI, as the memory operand says: MOVS, CMPS, LODS, OUTS. */
  get hasStringSource(): bool {
    return (this.form & SOURCE) !== 0;
  }
  /** Works on memory at ES:rDI, which is the memory operand if there is no source at rSI. */
  get hasStringDestination(): bool {
    return (this.form & DESTINATION) !== 0;
  }
  /** The register operand is not named by ModRM. */
  get hasFixedRegister(): bool {
    return (this.form & (ACCUMULATOR | OPCODE_REGISTER)) !== 0;
  }
  /** ModRM's register field, which extends the opcode of some. */
  get opcodeExtension(): u32 {
    return (this.modrm >> 3) & 7;
  }
  /** The control or debug register of MOV. LOCK is how AMD reaches CR8 outside of 64-bit mode (APM volume 3, MOV CRn). */
  get controlRegister(): u32 {
    const lock: u32 = this.isLocked ? 8 : 0;
    return this.opcodeExtension | ((this.rex & REX_R) << 1) | lock;
  }

  /** Whether a register's number means AH, CH, DH or BH when the operand is a byte: bits 15:8 of number - 4. */
  isHighByte(number: u32): bool {
    return !this.hasRex && this.encoding === ENCODING_LEGACY && number >= 4 && number < 8;
  }
}
