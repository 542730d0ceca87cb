// Segment registers for the emulator: those that a mode needs, or all of them, and back

import * as em from "../../../abi/generated/bare/emulation";
import { MV_REG_ES_SELECTOR, MV_REG_GDTR_BASE, MV_REG_GDTR_LIMIT } from "../../../abi/generated/bare/hypercalls";
import { peek16, peek32, peek64, poke16, poke32, poke64 } from "../../../bsl/src/memory";
import { append, beginList, getList, setList, valueAt } from "./list";

/** ES, CS, SS, DS, FS, GS; with LDTR and TR. Of each there are selector, attributes, limit and base, by numbers that follow one another. */
const SEGMENT_COUNT: u32 = 6;
const ALL_COUNT: u32 = 8;
const PARTS: u32 = 4;
const SEGMENT_CS: u32 = 1;
const SEGMENT_FS: u32 = 4;

/** 64-bit code has no segments but FS and GS, whose bases are behind a place of the list. */
export function setLongSegments(vcpu: u64, context: u64, code: u64, stack: u64, basePlace: u32): void {
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++) {
    const isFsOrGs = i >= SEGMENT_FS;
    poke16(context + em.EMULATION_SEGMENT_ATTRIBUTES + i * 2, <u16>(i == SEGMENT_CS ? code : stack));
    poke32(context + em.EMULATION_SEGMENT_LIMIT + i * 4, 0xffff_ffff);
    poke64(context + em.EMULATION_SEGMENT_BASE + i * 8, isFsOrGs ? valueAt(vcpu, basePlace + i - SEGMENT_FS) : 0);
  }
}

/** Those that instructions name, but for selectors. */
export function readSegments(vcpu: u64, context: u64): bool {
  beginList(vcpu);
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++) {
    for (let part: u32 = 1; part < PARTS; part++) append(vcpu, MV_REG_ES_SELECTOR + i * PARTS + part, 0);
  }
  if (!getList(vcpu)) return false;
  for (let i: u32 = 0; i < SEGMENT_COUNT; i++) setParts(vcpu, context, i, i * (PARTS - 1));
  return true;
}

/** All, and where their descriptors are: for instructions that load and store them. */
export function showSegments(vcpu: u64, context: u64): bool {
  beginList(vcpu);
  for (let i: u32 = 0; i < ALL_COUNT * PARTS; i++) append(vcpu, MV_REG_ES_SELECTOR + i, 0);
  append(vcpu, MV_REG_GDTR_BASE, 0);
  append(vcpu, MV_REG_GDTR_LIMIT, 0);
  if (!getList(vcpu)) return false;
  for (let i: u32 = 0; i < ALL_COUNT; i++) {
    poke16(context + em.EMULATION_SEGMENT_SELECTOR + i * 2, <u16>valueAt(vcpu, i * PARTS));
    setParts(vcpu, context, i, i * PARTS + 1);
  }
  poke64(context + em.EMULATION_GDT_BASE, valueAt(vcpu, ALL_COUNT * PARTS));
  poke32(context + em.EMULATION_GDT_LIMIT, <u32>valueAt(vcpu, ALL_COUNT * PARTS + 1));
  poke32(context + em.EMULATION_FLAGS, peek32(context + em.EMULATION_FLAGS) | em.EMULATION_FLAG_SEGMENTS);
  return true;
}

/** Gives the guest those that the instruction has changed. */
export function writeSegments(vcpu: u64, context: u64): bool {
  const changed = peek32(context + em.EMULATION_CHANGED_SEGMENTS);
  if (changed == 0) return true;
  beginList(vcpu);
  for (let i: u32 = 0; i < ALL_COUNT; i++) {
    if (((changed >> i) & 1) == 0) continue;
    const first = MV_REG_ES_SELECTOR + i * PARTS;
    append(vcpu, first, peek16(context + em.EMULATION_SEGMENT_SELECTOR + i * 2));
    append(vcpu, first + 1, peek16(context + em.EMULATION_SEGMENT_ATTRIBUTES + i * 2));
    append(vcpu, first + 2, peek32(context + em.EMULATION_SEGMENT_LIMIT + i * 4));
    append(vcpu, first + 3, peek64(context + em.EMULATION_SEGMENT_BASE + i * 8));
  }
  return setList(vcpu);
}

/** Attributes, limit and base, from a place of the list on. */
function setParts(vcpu: u64, context: u64, segment: u32, place: u32): void {
  poke16(context + em.EMULATION_SEGMENT_ATTRIBUTES + segment * 2, <u16>valueAt(vcpu, place));
  poke32(context + em.EMULATION_SEGMENT_LIMIT + segment * 4, <u32>valueAt(vcpu, place + 1));
  poke64(context + em.EMULATION_SEGMENT_BASE + segment * 8, valueAt(vcpu, place + 2));
}
