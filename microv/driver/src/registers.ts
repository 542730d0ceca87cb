// KVM_GET_REGS, KVM_GET_SREGS, KVM_GET_DEBUGREGS and KVM_GET_XCRS, and the same with SET

import { EMULATION_GENERAL, EMULATION_RIP } from "../../../abi/generated/bare/emulation";
import { EVENT_TYPE, EVENT_VALID } from "../../../abi/generated/bare/events";
import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { fillMemory, peek8, peek16, peek32, peek64, poke8, poke16, poke32, poke64 } from "../../../bsl/src/memory";
import { EINVAL, ENODEV } from "./errors";
import { PENDING_EMULATION, PENDING_NOTHING } from "./exit";
import { append, beginList, getList, setList, valueAt } from "./list";
import { setWord, VCPU_EMULATION, VCPU_PENDING, word } from "./objects";

/** MicroV's numbers of what KvmRegs has, in its order. */
const GENERAL: usize = memory.data<u32>([
  mv.MV_REG_RAX,
  mv.MV_REG_RBX,
  mv.MV_REG_RCX,
  mv.MV_REG_RDX,
  mv.MV_REG_RSI,
  mv.MV_REG_RDI,
  mv.MV_REG_RSP,
  mv.MV_REG_RBP,
  mv.MV_REG_R8,
  mv.MV_REG_R9,
  mv.MV_REG_R10,
  mv.MV_REG_R11,
  mv.MV_REG_R12,
  mv.MV_REG_R13,
  mv.MV_REG_R14,
  mv.MV_REG_R15,
  mv.MV_REG_RIP,
  mv.MV_REG_RFLAGS,
]);
const GENERAL_COUNT: u32 = 18;
/** Where the emulator's context has them: by their encodings, then RIP and RFLAGS. */
const ENCODED: usize = memory.data<u8>([0, 3, 1, 2, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);

/** The selectors of the segments in KvmSregs, in its order; attributes, limit and base are behind each. */
const SEGMENTS: usize = memory.data<u32>([
  mv.MV_REG_CS_SELECTOR,
  mv.MV_REG_DS_SELECTOR,
  mv.MV_REG_ES_SELECTOR,
  mv.MV_REG_FS_SELECTOR,
  mv.MV_REG_GS_SELECTOR,
  mv.MV_REG_SS_SELECTOR,
  mv.MV_REG_TR_SELECTOR,
  mv.MV_REG_LDTR_SELECTOR,
]);
const SEGMENT_COUNT: u32 = 8;
const SEGMENT_PARTS: u32 = 4;

/** What follows the segments, from KVM_SREGS_GDT on. */
const SYSTEM: usize = memory.data<u32>([
  mv.MV_REG_GDTR_BASE,
  mv.MV_REG_GDTR_LIMIT,
  mv.MV_REG_IDTR_BASE,
  mv.MV_REG_IDTR_LIMIT,
  mv.MV_REG_CR0,
  mv.MV_REG_CR2,
  mv.MV_REG_CR3,
  mv.MV_REG_CR4,
  mv.MV_REG_CR8,
  mv.MV_REG_EFER,
  mv.MV_REG_APIC_BASE,
]);
const SYSTEM_COUNT: u32 = 11;
const FIRST_SYSTEM: u32 = SEGMENT_COUNT * SEGMENT_PARTS;
const EVENT: u32 = FIRST_SYSTEM + SYSTEM_COUNT;

const DEBUG: usize = memory.data<u32>([
  mv.MV_REG_DR0,
  mv.MV_REG_DR1,
  mv.MV_REG_DR2,
  mv.MV_REG_DR3,
  mv.MV_REG_DR6,
  mv.MV_REG_DR7,
]);
const DEBUG_COUNT: u32 = 6;

const CR0_PE: u64 = 1;
const CR0_NW: u64 = 1 << 29;
const CR0_CD: u64 = 1 << 30;
const CR0_PG: u64 = 1 << 31;
const CR4_PAE: u64 = 1 << 5;
const EFER_LME: u64 = 1 << 8;
const EFER_LMA: u64 = 1 << 10;
const HIGH: u64 = 0xffff_ffff_0000_0000;
const MOST_CR8: u64 = 15;
/** The address, global enable, and whether it is the first processor's (SDM volume 3, 11.4.4); x2APIC is not there. */
const APIC_BASE_BITS: u64 = 0x000f_ffff_ffff_f900;
const RFLAGS_ONE: u64 = 2;

/** In the middle of an instruction those with which the rest of it will be done: behind what the user writes, before what it reads. */
export function getRegs(vcpu: u64, to: u64): i64 {
  if (waits(vcpu)) {
    for (let i: u32 = 0; i < GENERAL_COUNT; i++) poke64(to + i * 8, peek64(waitingPlace(vcpu, i)));
    return 0;
  }
  listAll(vcpu, GENERAL, GENERAL_COUNT);
  if (!getList(vcpu)) return ENODEV;
  for (let i: u32 = 0; i < GENERAL_COUNT; i++) poke64(to + i * 8, valueAt(vcpu, i));
  return 0;
}

/** The instruction that waits for its user is another one's affair when the guest goes on elsewhere, as after a reset. */
export function setRegs(vcpu: u64, from: u64): i64 {
  beginList(vcpu);
  for (let i: u32 = 0; i < GENERAL_COUNT; i++) append(vcpu, load<u32>(GENERAL + i * 4), generalAt(from, i));
  if (!setList(vcpu)) return ENODEV;
  if (!waits(vcpu)) return 0;
  if (peek64(from + kvm.KVM_REGS_RIP) != peek64(word(vcpu, VCPU_EMULATION) + EMULATION_RIP)) {
    setWord(vcpu, VCPU_PENDING, PENDING_NOTHING);
    return 0;
  }
  for (let i: u32 = 0; i < GENERAL_COUNT; i++) poke64(waitingPlace(vcpu, i), generalAt(from, i));
  return 0;
}

function generalAt(from: u64, index: u32): u64 {
  const value = peek64(from + index * 8);
  return index == GENERAL_COUNT - 1 ? value | RFLAGS_ONE : value;
}

/** Whether an instruction waits for its user. */
function waits(vcpu: u64): bool {
  return word(vcpu, VCPU_PENDING) == PENDING_EMULATION;
}

function waitingPlace(vcpu: u64, index: u32): u64 {
  return word(vcpu, VCPU_EMULATION) + EMULATION_GENERAL + <u64>load<u8>(ENCODED + index) * 8;
}

/** KvmSregs, or what KvmSregs2 has of it. */
export function getSregs(vcpu: u64, to: u64): i64 {
  beginList(vcpu);
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++) {
    for (let part: u32 = 0; part < SEGMENT_PARTS; part++) append(vcpu, load<u32>(SEGMENTS + i * 4) + part, 0);
  }
  for (let i: u32 = 0; i < SYSTEM_COUNT; i++) append(vcpu, load<u32>(SYSTEM + i * 4), 0);
  append(vcpu, mv.MV_REG_EVENT, 0);
  if (!getList(vcpu)) return ENODEV;
  fillMemory(to, 0, kvm.KVM_SREGS_BYTES);
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++)
    tellSegment(vcpu, i * SEGMENT_PARTS, to + <u64>i * kvm.KVM_SEGMENT_BYTES);
  for (let table: u32 = 0; table < 2; table++) {
    const place = to + kvm.KVM_SREGS_GDT + <u64>table * 16;
    poke64(place, valueAt(vcpu, FIRST_SYSTEM + table * 2));
    poke16(place + 8, <u16>valueAt(vcpu, FIRST_SYSTEM + table * 2 + 1));
  }
  for (let i: u32 = 4; i < SYSTEM_COUNT; i++)
    poke64(to + kvm.KVM_SREGS_CR0 + (i - 4) * 8, valueAt(vcpu, FIRST_SYSTEM + i));
  const event = valueAt(vcpu, EVENT);
  if ((event & (EVENT_VALID | EVENT_TYPE)) == EVENT_VALID) {
    const vector = event & 0xff;
    poke64(to + kvm.KVM_SREGS_INTERRUPT_BITMAP + (vector >> 6) * 8, (<u64>1) << (vector & 63));
  }
  return 0;
}

export function setSregs(vcpu: u64, from: u64, hasBitmap: bool): i64 {
  if (!isMachine(from)) return EINVAL;
  beginList(vcpu);
  // It may have bits that the guest's CPUID has not: then nothing is changed
  append(vcpu, mv.MV_REG_CR4, peek64(from + kvm.KVM_SREGS_CR4));
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++) {
    listSegment(vcpu, load<u32>(SEGMENTS + i * 4), from + <u64>i * kvm.KVM_SEGMENT_BYTES);
  }
  for (let table: u32 = 0; table < 2; table++) {
    const place = from + kvm.KVM_SREGS_GDT + <u64>table * 16;
    append(vcpu, load<u32>(SYSTEM + table * 8), peek64(place));
    append(vcpu, load<u32>(SYSTEM + table * 8, 4), peek16(place + 8));
  }
  for (let i: u32 = 4; i < SYSTEM_COUNT; i++)
    append(vcpu, load<u32>(SYSTEM + i * 4), peek64(from + kvm.KVM_SREGS_CR0 + (i - 4) * 8));
  if (hasBitmap) {
    for (let i: u64 = 0; i < 4; i++) {
      const bits = peek64(from + kvm.KVM_SREGS_INTERRUPT_BITMAP + i * 8);
      if (bits == 0) continue;
      append(vcpu, mv.MV_REG_EVENT, EVENT_VALID | (i * 64 + ctz(bits)));
      break;
    }
  }
  return setList(vcpu) ? 0 : EINVAL;
}

export function getDebugregs(vcpu: u64, to: u64): i64 {
  listAll(vcpu, DEBUG, DEBUG_COUNT);
  if (!getList(vcpu)) return ENODEV;
  fillMemory(to, 0, kvm.KVM_DEBUGREGS_BYTES);
  for (let i: u32 = 0; i < DEBUG_COUNT; i++) poke64(to + i * 8, valueAt(vcpu, i));
  return 0;
}

export function setDebugregs(vcpu: u64, from: u64): i64 {
  if (peek64(from + kvm.KVM_DEBUGREGS_FLAGS) != 0) return EINVAL;
  if ((peek64(from + kvm.KVM_DEBUGREGS_DR6) & HIGH) != 0 || (peek64(from + kvm.KVM_DEBUGREGS_DR7) & HIGH) != 0)
    return EINVAL;
  beginList(vcpu);
  for (let i: u32 = 0; i < DEBUG_COUNT; i++) append(vcpu, load<u32>(DEBUG + i * 4), peek64(from + i * 8));
  return setList(vcpu) ? 0 : EINVAL;
}

/** XCR0 is the only one. */
export function getXcrs(vcpu: u64, to: u64): i64 {
  beginList(vcpu);
  append(vcpu, mv.MV_REG_XCR0, 0);
  if (!getList(vcpu)) return ENODEV;
  fillMemory(to, 0, kvm.KVM_XCRS_BYTES);
  poke32(to + kvm.KVM_XCRS_NR_XCRS, 1);
  poke64(to + kvm.KVM_XCRS_XCRS + kvm.KVM_XCR_VALUE, valueAt(vcpu, 0));
  return 0;
}

export function setXcrs(vcpu: u64, from: u64): i64 {
  const count = peek32(from + kvm.KVM_XCRS_NR_XCRS);
  if (count > 16 || peek32(from + kvm.KVM_XCRS_FLAGS) != 0) return EINVAL;
  for (let i: u32 = 0; i < count; i++) {
    const entry = from + kvm.KVM_XCRS_XCRS + <u64>i * kvm.KVM_XCR_BYTES;
    if (peek32(entry + kvm.KVM_XCR_XCR) != 0) continue;
    beginList(vcpu);
    append(vcpu, mv.MV_REG_XCR0, peek64(entry + kvm.KVM_XCR_VALUE));
    return setList(vcpu) ? 0 : EINVAL;
  }
  return 0;
}

/** What KVM itself refuses, modes that do not go together; and what MicroV would refuse when half is set. */
function isMachine(sregs: u64): bool {
  const cr0 = peek64(sregs + kvm.KVM_SREGS_CR0);
  const cr4 = peek64(sregs + kvm.KVM_SREGS_CR4);
  const efer = peek64(sregs + kvm.KVM_SREGS_EFER);
  if ((cr0 & HIGH) != 0 || ((cr0 & CR0_PG) != 0 && (cr0 & CR0_PE) == 0) || ((cr0 & CR0_NW) != 0 && (cr0 & CR0_CD) == 0))
    return false;
  if (peek64(sregs + kvm.KVM_SREGS_CR8) > MOST_CR8) return false;
  if ((peek64(sregs + kvm.KVM_SREGS_APIC_BASE) & ~APIC_BASE_BITS) != 0) return false;
  const isLong = (efer & EFER_LME) != 0 && (cr0 & CR0_PG) != 0;
  if (isLong) return (cr4 & CR4_PAE) != 0 && (efer & EFER_LMA) != 0;
  return (efer & EFER_LMA) == 0 && peek8(sregs + kvm.KVM_SREGS_CS + kvm.KVM_SEGMENT_L) == 0;
}

function listAll(vcpu: u64, numbers: usize, count: u32): void {
  beginList(vcpu);
  for (let i: u32 = 0; i < count; i++) append(vcpu, load<u32>(numbers + i * 4), 0);
}

/** KvmSegment of what the list has from a place on. Attributes are those of a VMCB (APM volume 2, 15.5.1). */
function tellSegment(vcpu: u64, place: u32, to: u64): void {
  const attributes = <u32>valueAt(vcpu, place + 1);
  poke16(to + kvm.KVM_SEGMENT_SELECTOR, <u16>valueAt(vcpu, place));
  poke32(to + kvm.KVM_SEGMENT_LIMIT, <u32>valueAt(vcpu, place + 2));
  poke64(to + kvm.KVM_SEGMENT_BASE, valueAt(vcpu, place + 3));
  poke8(to + kvm.KVM_SEGMENT_SEGMENT_TYPE, <u8>(attributes & 15));
  poke8(to + kvm.KVM_SEGMENT_S, <u8>((attributes >> 4) & 1));
  poke8(to + kvm.KVM_SEGMENT_DPL, <u8>((attributes >> 5) & 3));
  poke8(to + kvm.KVM_SEGMENT_PRESENT, <u8>((attributes >> 7) & 1));
  poke8(to + kvm.KVM_SEGMENT_AVL, <u8>((attributes >> 8) & 1));
  poke8(to + kvm.KVM_SEGMENT_L, <u8>((attributes >> 9) & 1));
  poke8(to + kvm.KVM_SEGMENT_DB, <u8>((attributes >> 10) & 1));
  poke8(to + kvm.KVM_SEGMENT_G, <u8>((attributes >> 11) & 1));
  poke8(to + kvm.KVM_SEGMENT_UNUSABLE, <u8>(1 - ((attributes >> 7) & 1)));
}

function listSegment(vcpu: u64, number: u32, from: u64): void {
  const isPresent: u32 = peek8(from + kvm.KVM_SEGMENT_UNUSABLE) != 0 ? 0 : peek8(from + kvm.KVM_SEGMENT_PRESENT) & 1;
  const attributes =
    (<u32>peek8(from + kvm.KVM_SEGMENT_SEGMENT_TYPE) & 15) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_S) & 1) << 4) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_DPL) & 3) << 5) |
    (isPresent << 7) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_AVL) & 1) << 8) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_L) & 1) << 9) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_DB) & 1) << 10) |
    ((<u32>peek8(from + kvm.KVM_SEGMENT_G) & 1) << 11);
  append(vcpu, number, peek16(from + kvm.KVM_SEGMENT_SELECTOR));
  append(vcpu, number + 1, attributes);
  append(vcpu, number + 2, peek32(from + kvm.KVM_SEGMENT_LIMIT));
  append(vcpu, number + 3, peek64(from + kvm.KVM_SEGMENT_BASE));
}
