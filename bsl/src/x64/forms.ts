// What follows an opcode, and what its operands are: the flags of an entry of the opcode map
//
//     31                                     8 7              0
//    ├────────────────────────────────────────┼────────────────┤
//    │ flags                                  │ operation      │
//    └────────────────────────────────────────┴────────────────┘
//
// Names of operands are the manual's (APM volume 3, appendix A.1; SDM volume 2, appendix A.2): E is the register or
// memory of ModRM, G its register, M memory, Z the register in the opcode; b, w and v are sizes of a byte, a word, and
// of the operand size.

/** A ModRM byte follows. */
export const MODRM: u32 = 1 << 8;
/** Operands are bytes. */
export const BYTES: u32 = 1 << 9;
/** Operand E, or the memory operand that is not in a ModRM byte, is read. */
export const READ: u32 = 1 << 10;
/** It is written. */
export const WRITE: u32 = 1 << 11;
export const UPDATE: u32 = READ | WRITE;
/** The memory operand is a word, whatever the operand size. */
export const MEMORY_WORD: u32 = 1 << 12;
/** The memory operand is a byte, whatever the operand size. */
export const MEMORY_BYTE: u32 = 1 << 13;
/** The memory operand is a double word, whatever the operand size. */
export const MEMORY_DOUBLE: u32 = MEMORY_WORD | MEMORY_BYTE;
/** The memory operand has a size of its own, or none that matters: accessBytes is 0. */
export const MEMORY_ANY: u32 = 1 << 14;
/** 64 bits is the operand size in 64-bit mode, without REX.W (APM volume 3, 1.2.7). */
export const STACK: u32 = 1 << 15;
/** Not in 64-bit mode. */
export const NOT_64: u32 = 1 << 16;
/** Its `operation` is the number of a group, and ModRM's register field picks the entry. */
export const GROUP: u32 = 1 << 17;
/** The register operand is rAX. */
export const ACCUMULATOR: u32 = 1 << 18;
/** The register operand is in the opcode's lowest three bits. */
export const OPCODE_REGISTER: u32 = 1 << 19;
/** Operand E must be memory. */
export const ONLY_MEMORY: u32 = 1 << 20;
/** Memory at rSI, with the segment that prefixes say. */
export const SOURCE: u32 = 1 << 21;
/** Memory at ES:rDI. */
export const DESTINATION: u32 = 1 << 22;
/** Without operands that matter. */
export const NONE: u32 = 0;
/** No instruction. */
export const UNDEFINED: u32 = 1 << 23;
/** The operand size is 32 bits even with REX.W: ports have no more. */
export const PORT: u32 = 1 << 24;
/** ModRM names registers whatever its mod field says. */
export const ONLY_REGISTER: u32 = 1 << 25;
/** G is no general register. */
export const OTHER_REGISTER: u32 = 1 << 26;
/** Operands have 64 bits in 64-bit mode and 32 bits elsewhere, whatever prefixes say. */
export const NATURAL: u32 = 1 << 27;

/** What kind of immediate follows, in the uppermost bits. */
export const IMMEDIATE_SHIFT: u32 = 28;
export const IMMEDIATE_MASK: u32 = 15;
export const IMMEDIATE_NONE: u32 = 0;
/** A byte, which is sign-extended. */
export const IMMEDIATE_BYTE: u32 = 1;
export const IMMEDIATE_WORD: u32 = 2;
/** A word or a double word, as the operand size says; sign-extended to 64 bits. */
export const IMMEDIATE_Z: u32 = 3;
/** As large as the operand. */
export const IMMEDIATE_V: u32 = 4;
/** An address in place of ModRM: the memory operand (MOV moffset). */
export const IMMEDIATE_ADDRESS: u32 = 5;
/** A far pointer: offset, then selector. */
export const IMMEDIATE_FAR: u32 = 6;
/** ENTER's word and byte. */
export const IMMEDIATE_WORD_BYTE: u32 = 7;
/** Distance of a branch: a byte. */
export const IMMEDIATE_SHORT: u32 = 8;
/** Distance of a branch: a word or a double word. */
export const IMMEDIATE_NEAR: u32 = 9;
/** A byte and a byte. */
export const IMMEDIATE_BYTES: u32 = 10;
/** A double word. */
export const IMMEDIATE_DOUBLE: u32 = 11;

const KIND: u32 = IMMEDIATE_SHIFT;

export const Ib: u32 = IMMEDIATE_BYTE << KIND;
export const Iw: u32 = IMMEDIATE_WORD << KIND;
export const Iz: u32 = IMMEDIATE_Z << KIND;
export const Iv: u32 = IMMEDIATE_V << KIND;
export const Ap: u32 = NOT_64 | (IMMEDIATE_FAR << KIND);
export const IwIb: u32 = IMMEDIATE_WORD_BYTE << KIND;
export const IbIb: u32 = IMMEDIATE_BYTES << KIND;
export const Id: u32 = IMMEDIATE_DOUBLE << KIND;
export const Jb: u32 = IMMEDIATE_SHORT << KIND;
export const Jz: u32 = STACK | (IMMEDIATE_NEAR << KIND);

export const Eb: u32 = MODRM | BYTES;
export const Ev: u32 = MODRM;
export const Ew: u32 = MODRM | MEMORY_WORD;
/** Also the register operand, where the entry does not say otherwise. */
export const Gb: u32 = Eb;
/** ModRM without anything to say about its operands. */
export const E: u32 = MODRM | MEMORY_ANY | OTHER_REGISTER;
export const M: u32 = E | ONLY_MEMORY;
export const Zv: u32 = OPCODE_REGISTER;
export const Zb: u32 = OPCODE_REGISTER | BYTES;
export const ALIb: u32 = ACCUMULATOR | BYTES | Ib;
export const AXIz: u32 = ACCUMULATOR | Iz;

/** IN and OUT: AL, or AX or EAX, and a port. */
export const PORT_AL: u32 = ACCUMULATOR | BYTES | PORT;
export const PORT_AX: u32 = ACCUMULATOR | PORT;
/** PUSH and POP of a segment register by an opcode of its own. */
export const SEGMENT: u32 = NOT_64 | STACK | OTHER_REGISTER;
/** MOV between rAX and an address in the instruction. */
export const MOFFSET: u32 = ACCUMULATOR | (IMMEDIATE_ADDRESS << KIND);
/** MOV between a general register and a control or debug register. */
export const CONTROL: u32 = MODRM | ONLY_REGISTER | OTHER_REGISTER | NATURAL;

/** Operands of the string instructions. */
export const MOVS: u32 = SOURCE | DESTINATION | UPDATE;
export const CMPS: u32 = SOURCE | DESTINATION | READ;
export const STOS: u32 = DESTINATION | WRITE | ACCUMULATOR;
export const LODS: u32 = SOURCE | READ | ACCUMULATOR;
export const SCAS: u32 = DESTINATION | READ | ACCUMULATOR;
export const INS: u32 = DESTINATION | WRITE | PORT;
export const OUTS: u32 = SOURCE | READ | PORT;
