// Moves between memory and XMM registers (APM volume 4, MOVAPD to MOVUPS): frame buffers are written with them; and MMX ones
//
// The registers are those of the caller's area, whose layout is that of FXSAVE; without one nobody knows them.
// The upper halves of YMM registers stay as they are, as SSE's instructions leave them.

import {
  EMULATION_CR0,
  EMULATION_CR4,
  EMULATION_FPU,
  EMULATION_UNKNOWN,
  EMULATION_VALUE,
} from "../../../abi/generated/bare/emulation";
import { peek64, poke16, poke64 } from "../memory";
import { DecodedInstruction, REPEAT, REPEAT_NOT_EQUAL, REX_R, REX_W } from "../x64/instruction";
import { ACCESS_READ, ACCESS_WRITE, CR0_EM, CR0_TS, CR4_OSFXSR } from "../x64/paging";
import { OK, protectionFault, raise, undefinedOpcode } from "./context";
import { enterMmx, hasPendingException, MMX_TAG, mmxRegister } from "./mmx";
import { linearAddress, locateOperand } from "./operands";
import { openSpan, readSpan, writeSpan } from "./span";

const NOT_AVAILABLE: u32 = 7;
const X87_FAULT: u32 = 16;
/** XMM0 in the area. */
const AREA_XMM: u32 = 160;
const REGISTER_BYTES: u32 = 16;
const ALIGNMENT: u64 = 16;

/** The prefix that is part of the opcode: none, 66, F3, F2. */
const NP: u32 = 0;
const P66: u32 = 1 << 8;
const F3: u32 = 2 << 8;
const F2: u32 = 3 << 8;

/** What moves: the bytes, and which way. */
const STORE: u32 = 1 << 16;
/** The operand lies at a multiple of 16. */
const ALIGNED: u32 = 1 << 17;
/** The register's upper half, and the lower one stays. */
const HIGH: u32 = 1 << 18;
/** Its lower half, and the upper one stays; otherwise a load clears what it does not fill. */
const LOW: u32 = 1 << 19;
/** 8 bytes with REX.W. */
const WIDE: u32 = 1 << 20;
/** The register is one of MMX. */
const MMX: u32 = 1 << 21;
const BYTES_SHIFT: u32 = 24;
const B4: u32 = 4 << BYTES_SHIFT;
const B8: u32 = 8 << BYTES_SHIFT;
const B16: u32 = 16 << BYTES_SHIFT;

/** Prefix and opcode behind 0F, and what it moves. */
// biome-ignore format: an instruction a line
const MOVES: usize = memory.data<u32>(
  [
    NP | 0x10 | B16, P66 | 0x10 | B16, F3 | 0x10 | B4, F2 | 0x10 | B8, // MOVUPS, MOVUPD, MOVSS, MOVSD
    NP | 0x11 | B16 | STORE, P66 | 0x11 | B16 | STORE, F3 | 0x11 | B4 | STORE, F2 | 0x11 | B8 | STORE,
    NP | 0x12 | B8 | LOW, P66 | 0x12 | B8 | LOW, NP | 0x13 | B8 | STORE, P66 | 0x13 | B8 | STORE, // MOVLPS, MOVLPD
    NP | 0x16 | B8 | HIGH, P66 | 0x16 | B8 | HIGH, // MOVHPS, MOVHPD
    NP | 0x17 | B8 | HIGH | STORE, P66 | 0x17 | B8 | HIGH | STORE,
    NP | 0x28 | B16 | ALIGNED, P66 | 0x28 | B16 | ALIGNED, // MOVAPS, MOVAPD
    NP | 0x29 | B16 | ALIGNED | STORE, P66 | 0x29 | B16 | ALIGNED | STORE,
    NP | 0x2b | B16 | ALIGNED | STORE, P66 | 0x2b | B16 | ALIGNED | STORE, // MOVNTPS, MOVNTPD
    P66 | 0x6e | B4 | WIDE, P66 | 0x7e | B4 | WIDE | STORE, // MOVD, MOVQ
    P66 | 0x6f | B16 | ALIGNED, P66 | 0x7f | B16 | ALIGNED | STORE, // MOVDQA
    F3 | 0x6f | B16, F3 | 0x7f | B16 | STORE, // MOVDQU
    F3 | 0x7e | B8, P66 | 0xd6 | B8 | STORE, // MOVQ
    P66 | 0xe7 | B16 | ALIGNED | STORE, F2 | 0xf0 | B16, // MOVNTDQ, LDDQU
    NP | 0x6e | B4 | WIDE | MMX, NP | 0x7e | B4 | WIDE | MMX | STORE, // MOVD, MOVQ
    NP | 0x6f | B8 | MMX, NP | 0x7f | B8 | MMX | STORE, NP | 0xe7 | B8 | MMX | STORE, // MOVQ, MOVNTQ
    0xffff_ffff,
  ],
  4,
);

export function moveVector(c: u64, i: DecodedInstruction): u32 {
  const form = findMove(i);
  const area = peek64(c + EMULATION_FPU);
  if (form === 0 || area === 0) return EMULATION_UNKNOWN;
  const cr0 = peek64(c + EMULATION_CR0);
  const isMmx = (form & MMX) !== 0;
  if ((cr0 & CR0_EM) !== 0 || (!isMmx && (peek64(c + EMULATION_CR4) & CR4_OSFXSR) === 0)) return undefinedOpcode(c);
  if ((cr0 & CR0_TS) !== 0) return raise(c, NOT_AVAILABLE, 0);
  if (isMmx && hasPendingException(area)) return raise(c, X87_FAULT, 0);
  const bytes = (form & WIDE) !== 0 && (i.rex & REX_W) !== 0 ? 8 : form >> BYTES_SHIFT;
  const isStore = (form & STORE) !== 0;
  let status = locateOperand(c, i, 0, bytes, isStore);
  // Alignment comes before what the segment says
  if ((form & ALIGNED) !== 0 && (linearAddress(c) & (ALIGNMENT - 1)) !== 0) return protectionFault(c, false);
  if (status !== OK) return status;
  status = openSpan(c, linearAddress(c), bytes, isStore ? ACCESS_WRITE : ACCESS_READ);
  if (status !== OK) return status;
  if (isMmx) return moveMmx(c, i, area, bytes, isStore);
  const number = i.opcodeExtension | ((i.rex & REX_R) !== 0 ? 8 : 0);
  const half = area + AREA_XMM + number * REGISTER_BYTES + ((form & HIGH) !== 0 ? 8 : 0);
  return isStore ? storeVector(c, half, bytes) : loadVector(c, half, bytes, (form & (HIGH | LOW)) !== 0);
}

/** Either way the x87 registers are those of MMX then; one that is written has an exponent of ones (APM volume 5, 6.2). */
function moveMmx(c: u64, i: DecodedInstruction, area: u64, bytes: u32, isStore: bool): u32 {
  const place = mmxRegister(area, i.opcodeExtension);
  const status = isStore ? storeVector(c, place, bytes) : readSpan(c, linearAddress(c), bytes);
  if (status !== OK) return status;
  enterMmx(area);
  if (isStore) return OK;
  const written = mmxRegister(area, i.opcodeExtension);
  poke64(written, peek64(c + EMULATION_VALUE));
  poke16(written + 8, MMX_TAG);
  return OK;
}

function storeVector(c: u64, half: u64, bytes: u32): u32 {
  poke64(c + EMULATION_VALUE, peek64(half));
  if (bytes === 16) poke64(c + EMULATION_VALUE + 8, peek64(half + 8));
  return writeSpan(c, linearAddress(c), bytes);
}

function loadVector(c: u64, half: u64, bytes: u32, isHalf: bool): u32 {
  const status = readSpan(c, linearAddress(c), bytes);
  if (status !== OK) return status;
  poke64(half, peek64(c + EMULATION_VALUE));
  if (!isHalf) poke64(half + 8, peek64(c + EMULATION_VALUE + 8));
  return OK;
}

/** The entry of the table for an opcode behind 0F, or 0. */
function findMove(i: DecodedInstruction): u32 {
  if (!i.hasMemory) return 0;
  const prefix = i.repeat === REPEAT ? F3 : i.repeat === REPEAT_NOT_EQUAL ? F2 : i.hasOperandSize ? P66 : NP;
  for (let at = MOVES; load<u32>(at) !== 0xffff_ffff; at += 4) {
    if ((load<u32>(at) & 0xffff) === (prefix | i.opcode)) return load<u32>(at);
  }
  return 0;
}
